/// What Content-Encoding says of a request's body (RFC 9110 section 8.4).
enum ContentCoding {
    /// Whether a field of this value makes the body gzip-coded, after others that may have said so `already`.
    static func isGzip(_ value: UnsafeRawBufferPointer, already: Bool) throws(HTTPFailure) -> Bool {
        if value.equalsIgnoringCase("gzip") || value.equalsIgnoringCase("x-gzip") {
            guard !already else { throw HTTPFailure(415, "A body is compressed once.") }
            return true
        }
        guard value.isEmpty || value.equalsIgnoringCase("identity") else {
            throw HTTPFailure(415, "Request bodies are plain or gzip.")
        }
        return already
    }
}
