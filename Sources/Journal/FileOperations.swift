import Glibc

/// The two calls by which an append can fail.
struct FileOperations: Sendable {
    /// As `pwrite`.
    var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int
    /// As `fdatasync`.
    var sync: @Sendable (_ descriptor: Int32) -> Int32

    static let system = FileOperations(
        write: { pwrite($0, $1.baseAddress, $1.count, $2) },
        sync: { fdatasync($0) })
}
