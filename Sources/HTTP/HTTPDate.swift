import Vocabulary

/// The Date field's form, `Tue, 15 Nov 1994 08:12:31 GMT` (RFC 9110 section 5.6.7).
public enum HTTPDate {
    public static func text(_ time: Timestamp) -> [UInt8] {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let iso = Array(time.description.utf8)
        let month = Int(iso[5] - UInt8(ascii: "0")) * 10 + Int(iso[6] - UInt8(ascii: "0"))
        // 0001-01-01 was a Monday.
        let day = Int(time.ticks / Timestamp.ticksPerSecond / 86400 % 7)
        var text: [UInt8] = []
        text.append("\(days[day]), ")
        text += iso[8..<10]
        text.append(" \(months[month - 1]) ")
        text += iso[0..<4]
        text.append(" ")
        text += iso[11..<19]
        text.append(" GMT")
        return text
    }
}
