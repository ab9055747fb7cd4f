/// A message to a module's input, as edge routing would hand it over (mqtt.md section 3.2). Not kept: it reaches a module
/// that listens, or nobody.
public struct InputMessage: Sendable {
    public let input: String
    public let content: MessageContent
    /// Takes the one answer, on any thread: whether the module has it.
    public let answer: @Sendable (Bool) -> Void

    public init(input: String, content: MessageContent, answer: @escaping @Sendable (Bool) -> Void) {
        self.input = input
        self.content = content
        self.answer = answer
    }
}
