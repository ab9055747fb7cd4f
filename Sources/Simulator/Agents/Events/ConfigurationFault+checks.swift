import Defender

extension ConfigurationFault {
    /// What the classic agents find wrong with a configuration that they could read (defender.md section 5.3).
    static func all(of configuration: RunningConfiguration) -> [ConfigurationFault] {
        var faults: [ConfigurationFault] = []
        let (cache, message) = ("maxLocalCacheSizeInBytes", "maxMessageSizeInBytes")
        if case .integer(let size) = configuration[message] {
            if case .integer(let kept) = configuration[cache], kept < size {
                faults.append(fault(cache, "Conflict", configuration, "\(cache) is smaller than \(message)"))
            }
            if size % 4096 != 0 {
                faults.append(fault(message, "NotOptimal", configuration, "\(message) is not a multiple of 4096"))
            }
        }
        let (high, low) = ("highPriorityMessageFrequency", "lowPriorityMessageFrequency")
        if case .duration(let often) = configuration[high], case .duration(let seldom) = configuration[low],
            often.milliseconds > seldom.milliseconds
        {
            faults.append(fault(high, "Conflict", configuration, "\(high) is longer than \(low)"))
        }
        return faults
    }

    private static func fault(
        _ name: String, _ type: String, _ configuration: RunningConfiguration, _ message: String
    ) -> ConfigurationFault {
        ConfigurationFault(name: name, type: type, used: configuration[name]?.text ?? "", message: message)
    }
}
