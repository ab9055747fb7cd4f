/// Alerts from what was started.
enum CommandRules {
    static func observe(_ event: ObservedEvent, _ reference: EvidenceReference) -> [Judgement] {
        guard case .processes(let processes) = event else { return [] }
        return processes.flatMap { process in
            let words = process.words
            return CommandPattern.all.filter { $0.matches(process, words) }.map { pattern in
                let line = process.commandLine.isEmpty ? process.executable : process.commandLine
                return Judgement.holds(pattern.type, EvidenceReference.cut(line), reference)
            }
        }
    }
}
