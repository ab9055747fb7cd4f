import JSON
import Vocabulary

/// What is known of a blob besides its bytes; kept as `properties.json` in the blob's folder, and naming the file that
/// holds the bytes, so that both change at once.
public struct BlobProperties: Sendable {
    public let name: BlobName
    /// The file in the blob's folder.
    let content: String
    /// Bytes.
    public let size: Int
    /// When this content was written; in the ETag too, and so never the same twice.
    public let modified: Timestamp
    /// When a blob of this name was first put; an overwritten one keeps it.
    public let created: Timestamp
    public let headers: ContentHeaders
    /// Of the whole content, where it is known.
    public let md5: [UInt8]?
    /// What the content was put together from; empty for one that came in one piece.
    let blocks: [Block]

    /// A run of the content that came as one block.
    struct Block: Sendable {
        let id: BlockID
        let size: Int
    }

    /// With quotes, in Azure's form: `"0x8DC…"`.
    public var etag: String { "\"0x\(String(modified.ticks, radix: 16, uppercase: true))\"" }
}

/// What a client says about its content, and gets back when it reads it.
public struct ContentHeaders: Sendable, Equatable {
    public var type: String?
    public var encoding: String?
    public var language: String?
    public var disposition: String?
    public var cacheControl: String?

    public init() {}
}

extension BlobProperties {
    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("name")
        json.value(name.text)
        json.key("content")
        json.value(content)
        json.key("size")
        json.value(size)
        json.key("modified")
        json.value(modified.description)
        json.key("created")
        json.value(created.description)
        for (key, value) in [
            ("contentType", headers.type), ("contentEncoding", headers.encoding),
            ("contentLanguage", headers.language), ("contentDisposition", headers.disposition),
            ("cacheControl", headers.cacheControl), ("contentMD5", md5.map { Base64.encode($0) }),
        ] where value != nil {
            json.key(key)
            json.value(value)
        }
        if !blocks.isEmpty {
            json.key("blocks")
            json.beginArray()
            for block in blocks {
                json.beginObject()
                json.key("id")
                json.value(block.id.base64)
                json.key("size")
                json.value(block.size)
                json.endObject()
            }
            json.endArray()
        }
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// Nil where the bytes are not a properties file.
    init?(json: [UInt8]) {
        guard let root = try? JSONDocument(parsing: json).root, let name = root["name"]?.string.flatMap(BlobName.init),
            let content = root["content"]?.string, let size = root["size"]?.counter,
            let modified = root["modified"]?.string.flatMap({ Timestamp($0) }),
            let created = root["created"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        var headers = ContentHeaders()
        headers.type = root["contentType"]?.string
        headers.encoding = root["contentEncoding"]?.string
        headers.language = root["contentLanguage"]?.string
        headers.disposition = root["contentDisposition"]?.string
        headers.cacheControl = root["cacheControl"]?.string
        var blocks: [Block] = []
        if let list = root["blocks"] {
            for element in list.elements {
                guard let id = element["id"]?.string.flatMap(BlockID.init), let size = element["size"]?.counter else {
                    return nil
                }
                blocks.append(Block(id: id, size: Int(size)))
            }
        }
        self.init(
            name: name, content: content, size: Int(size), modified: modified, created: created, headers: headers,
            md5: root["contentMD5"]?.string.flatMap { Base64.decode($0) }, blocks: blocks)
    }
}
