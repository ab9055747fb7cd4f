/// What a device or module id may be (rest.md section 19): 1 to 128 of `A-Z a-z 0-9 - : . + % _ # * ? ! ( ) , = @ ; $ '`.
public enum IdentifierRule {
    /// Bytes, all of which are ASCII (rest.md section 19).
    public static let maximumLength = 128

    private static let allowed: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for byte in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:.+%_#*?!(),=@;$'".utf8 {
            table[Int(byte)] = true
        }
        return table
    }()

    public static func allows(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count <= maximumLength && bytes.allSatisfy { allowed[Int($0)] }
    }
}
