/// Alerts from what was started.
enum CommandRules {
    static func observe(_ event: ObservedEvent, _ reference: EvidenceReference) -> [Judgement] {
        guard case .processes(let processes) = event else { return [] }
        return processes.flatMap { process in
            CommandPattern.all.filter { $0.matches(process) }.map { pattern in
                let line = process.commandLine.isEmpty ? process.executable : process.commandLine
                return .holds(pattern.type, EvidenceReference.cut(line), reference)
            }
        }
    }
}
