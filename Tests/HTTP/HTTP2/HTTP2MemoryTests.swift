import CNGHTTP2
import TestSupport
import Testing

@testable import HTTP

/// Pieces of every size keep what is written to them, whatever happens to the others.
@Suite struct HTTP2MemoryTests {
    private struct Piece {
        var start: UnsafeMutableRawPointer
        var count: Int
        var mark: UInt8

        func fill() { start.initializeMemory(as: UInt8.self, repeating: mark, count: count) }

        var isWhole: Bool { UnsafeRawBufferPointer(start: start, count: count).allSatisfy { $0 == mark } }
    }

    @Test func piecesOverlapNowhereAndMoveWithWhatTheyHold() throws {
        let memory = HTTP2Memory()
        let functions = memory.functions
        var random = SeededRandom(seed: 7)
        var pieces: [Piece] = []
        for round in 0..<20_000 {
            let count = Int.random(in: 0...(round % 16 == 0 ? 40_000 : 1100), using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                let start = try #require(functions.malloc(count, functions.mem_user_data))
                pieces.append(Piece(start: start, count: count, mark: UInt8(truncatingIfNeeded: round)))
            case 2 where !pieces.isEmpty:
                let place = pieces.indices.randomElement(using: &random)!
                let (old, kept) = (pieces[place], min(pieces[place].count, count))
                let start = try #require(functions.realloc(old.start, count, functions.mem_user_data))
                let moved = Piece(start: start, count: kept, mark: old.mark)
                #expect(moved.isWhole)
                pieces[place] = Piece(start: start, count: count, mark: old.mark)
                pieces[place].fill()
            case 3 where !pieces.isEmpty:
                pieces.swapAt(pieces.indices.randomElement(using: &random)!, pieces.count - 1)
                let old = pieces.removeLast()
                #expect(old.isWhole)
                functions.free(old.start, functions.mem_user_data)
            default:
                let start = try #require(functions.calloc(count, 1, functions.mem_user_data))
                #expect(Piece(start: start, count: count, mark: 0).isWhole)
                pieces.append(Piece(start: start, count: count, mark: UInt8(truncatingIfNeeded: round)))
            }
            pieces.last?.fill()
            #expect(pieces.allSatisfy { Int(bitPattern: $0.start) % 16 == 0 })
            while pieces.count > 200 {
                let old = pieces.removeFirst()
                #expect(old.isWhole)
                functions.free(old.start, functions.mem_user_data)
            }
        }
        for piece in pieces {
            #expect(piece.isWhole)
            functions.free(piece.start, functions.mem_user_data)
        }
        functions.free(nil, functions.mem_user_data)
    }

    @Test func whatComesBackIsGivenOutAgain() {
        let memory = HTTP2Memory()
        let first = memory.allocate(200)
        memory.free(first)
        #expect(memory.allocate(196) == first)
        #expect(memory.allocate(200) != first)
    }

    @Test func moreBytesThanCanBeCountedAreRefused() {
        let memory = HTTP2Memory()
        let functions = memory.functions
        #expect(functions.calloc(.max, 2, functions.mem_user_data) == nil)
    }
}
