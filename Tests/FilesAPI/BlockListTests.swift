import Blobs
import Testing

@testable import FilesAPI

/// Put Block List's body, as Azure's clients write it and as nobody should.
@Suite struct BlockListTests {
    private func list(_ xml: String) throws -> [BlockReference] { try BlockList(xml: Array(xml.utf8)).references }

    private static let one = BlockID("MDAx")!
    private static let two = BlockID("MDAy")!

    @Test(arguments: [
        "<?xml version='1.0' encoding='utf-8'?>\n<BlockList><Latest>MDAx</Latest><Committed>MDAy</Committed></BlockList>",
        "\u{FEFF}<?xml version=\"1.0\"?> <BlockList>\r\n\t<Latest>MDAx</Latest>\r\n\t<Committed>MDAy</Committed>\r\n</BlockList>\r\n",
        "<BlockList><Latest> MDAx\n</Latest><Committed >MDAy</Committed></BlockList>",
    ])
    func `The blocks stand in the order of the list`(_ xml: String) throws {
        #expect(try list(xml) == [.latest(Self.one), .committed(Self.two)])
    }

    @Test func `Each kind of entry says where its block is looked for`() throws {
        let xml =
            "<BlockList><Committed>MDAx</Committed><Uncommitted>MDAx</Uncommitted><Latest>MDAx</Latest></BlockList>"
        #expect(try list(xml) == [.committed(Self.one), .uncommitted(Self.one), .latest(Self.one)])
    }

    @Test(arguments: ["<BlockList/>", "<BlockList />", "<BlockList></BlockList>", "<BlockList > </BlockList >"])
    func `An empty list makes an empty blob`(_ xml: String) throws { #expect(try list(xml) == []) }

    @Test(arguments: [
        "", "  ", "<", "<?xml", "BlockList", "<Blocks></Blocks>", "<BlockList>", "<BlockList><Latest>MDAx</BlockList>",
        "<BlockList><Latest>MDAx</Committed></BlockList>", "<BlockList><Newest>MDAx</Newest></BlockList>",
        "<BlockList></BlockList><BlockList/>", "<BlockList><!-- c --></BlockList>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><BlockList><Latest>&e;</Latest></BlockList>",
    ])
    func `What is no list is refused, and nothing of it is followed`(_ xml: String) {
        let error = #expect(throws: BlobError.self) { try list(xml) }
        #expect(error?.status == 400 && error?.code == "InvalidXmlDocument")
    }

    @Test(arguments: ["", "not base64", "MDA", "&amp;"])
    func `An entry that names no block is refused`(_ id: String) {
        let error = #expect(throws: BlobError.self) { try list("<BlockList><Latest>\(id)</Latest></BlockList>") }
        #expect(error?.code == "InvalidBlockId")
    }
}
