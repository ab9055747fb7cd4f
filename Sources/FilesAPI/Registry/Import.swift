import Blobs
import Hub
import JSON
import Vocabulary

/// Takes in a blob of bulk import lines, and one of configurations (rest.md section 13). Lines go to the hub in portions, each with the number of the last of
/// them in one batch, so that whoever goes on after a crash does no line twice and leaves none out.
struct Import {
    /// Lines of one portion, unless modules follow their device.
    static let portionLines = 100
    static let maximumPortionLines = 200

    private let run: RegistryJobRun

    init(_ run: RegistryJobRun) { self.run = run }

    /// - Parameter configurations: the blob of those; nil where they are left out.
    func read(
        _ devices: BlobName, _ configurations: BlobName?, in input: any BlobContainer,
        errorsIn output: any BlobContainer
    ) throws(RegistryJobRun.Stop) {
        let taken = try run.goOn().lines
        try readDevices(try lines(of: devices, in: input), after: taken.devices)
        if let configurations {
            try readConfigurations(try lines(of: configurations, in: input), after: taken.configurations)
        }
        try writeErrors(to: output)
    }

    private func lines(
        of blob: BlobName, in input: any BlobContainer
    ) throws(RegistryJobRun.Stop) -> ImportLines {
        try RegistryJobRun.files { () throws(BlobFailure) in ImportLines(try input.open(blob)) }
    }

    private func readDevices(_ lines: ImportLines, after taken: Int) throws(RegistryJobRun.Stop) {
        var (lines, taken) = (lines, taken)
        var portion: [ImportLine] = []
        func take() throws(RegistryJobRun.Stop) {
            try run.goOn()
            try run.tell(.take(run.id, portion, after: taken))
            taken = portion.last?.number ?? taken
            portion = []
        }
        while let next = try RegistryJobRun.files({ () throws(BlobFailure) in try lines.next(after: taken) }) {
            let line = ImportLine(next.number, next.text)
            let mayFollow = line.id?.isModule ?? false && portion.count < Self.maximumPortionLines
            if portion.count >= Self.portionLines, !mayFollow { try take() }
            portion.append(line)
        }
        if !portion.isEmpty { try take() }
    }

    private func readConfigurations(_ lines: ImportLines, after taken: Int) throws(RegistryJobRun.Stop) {
        var (lines, taken) = (lines, taken)
        while let next = try RegistryJobRun.files({ () throws(BlobFailure) in try lines.next(after: taken) }) {
            try run.goOn()
            let line = ConfigurationLine(next.number, next.text)
            try run.tell(.takeConfigurations(run.id, [line], after: taken))
            taken = next.number
        }
    }

    /// Written for every import, as by the real hub: an empty log says that nothing was wrong.
    private func writeErrors(to output: any BlobContainer) throws(RegistryJobRun.Stop) {
        let job = try run.goOn()
        var json = JSONWriter()
        var text: [UInt8] = []
        for error in job.errors {
            error.write(to: &json)
            text += json.bytes + [UInt8(ascii: "\n")]
            json.removeAll()
        }
        if job.moreErrors > 0 {
            let code = ErrorCode.bulkRegistryOperationFailure.number
            let rest = #"{"errorCode":\#(code),"errorStatus":"\#(job.moreErrors) more lines were refused."}"#
            text += Array((rest + "\n").utf8)
        }
        guard let name = BlobName(RegistryJobDraft.errorsBlob) else { return }
        try RegistryJobRun.files { () throws(BlobFailure) in
            let writing = try output.write(name)
            do throws(BlobFailure) {
                try writing.append(text)
                try writing.publish()
            } catch {
                writing.discard()
                throw error
            }
        }
    }
}
