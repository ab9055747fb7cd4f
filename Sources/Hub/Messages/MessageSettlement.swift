/// What a receiver says of a message.
public enum MessageSettlement: Sendable { case complete, reject, abandon }
