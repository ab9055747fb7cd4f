/// A field of a table of schema `AzureIoTSecurity` (defender.md section 5.6); its place in the list is its slot.
struct MicroField: Sendable {
    let name: String
    let type: FieldType
    /// What an absent number means: builders leave out what is equal to it.
    var absent: UInt64 = 0

    init(_ name: String, _ type: FieldType, absent: UInt64 = 0) {
        self.name = name
        self.type = type
        self.absent = absent
    }

    indirect enum FieldType: Sendable {
        /// An unsigned number of so many bytes.
        case number(Int)
        /// A number of one byte that stands for a word.
        case word([String])
        case text
        case table([MicroField])
        case tables([MicroField])
        case structure(Structure)
        case structures(Structure)
    }

    /// A struct has no slots: all its members stand at fixed places.
    struct Structure: Sendable {
        let size: Int
        let members: [Member]

        struct Member: Sendable {
            let name: String
            let offset: Int
            let type: MemberType
        }

        enum MemberType: Sendable {
            case number(Int)
            /// So many numbers of so many bytes in a row.
            case numbers(count: Int, width: Int)
            case word([String])
        }
    }
}
