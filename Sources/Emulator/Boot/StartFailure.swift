/// Why the emulator cannot run, in a sentence for the person who started it.
public struct StartFailure: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
