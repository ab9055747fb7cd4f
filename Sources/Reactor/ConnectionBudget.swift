import Synchronization

/// How many connections there are in all the shards, how many there may be, and who waits for the last to go.
final class ConnectionBudget: Sendable {
    private struct State {
        var accepted = 0
        var open = 0
        /// Shards that have not stopped accepting.
        var accepting: Int
        var waiting: [@Sendable () -> Void] = []
    }

    private let limit: Int
    private let state: Mutex<State>

    init(limit: Int, shards: Int) {
        self.limit = limit
        state = Mutex(State(accepting: shards))
    }

    /// False where there are as many accepted connections as there may be.
    func admit(accepted: Bool) -> Bool {
        state.withLock { state in
            guard !accepted || state.accepted < limit else { return false }
            state.open += 1
            if accepted { state.accepted += 1 }
            return true
        }
    }

    func release(accepted: Bool) {
        settle { state in
            state.open -= 1
            if accepted { state.accepted -= 1 }
        }
    }

    func stoppedAccepting() { settle { $0.accepting -= 1 } }

    func whenDrained(_ body: @escaping @Sendable () -> Void) { settle { $0.waiting.append(body) } }

    private func settle(_ change: (inout sending State) -> Void) {
        let ready = state.withLock { state in
            change(&state)
            guard state.open == 0, state.accepting == 0, !state.waiting.isEmpty else { return [@Sendable () -> Void]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for body in ready { body() }
    }
}
