/// What the reader of RTOS bodies takes before it gives up. How deep tables stand in one another needs no limit: the
/// schema has no table that holds itself.
enum MicroBodyLimits {
    /// Elements of all vectors together.
    static let elements = 16384
    /// Bytes of JSON that a body is written as.
    static let text = 4 << 20
}
