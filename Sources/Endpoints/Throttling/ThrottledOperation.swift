/// What the real hub limits, each by itself (rest.md section 18).
public enum ThrottledOperation: String, Sendable, CaseIterable {
    case identityRegistry
    case deviceToCloud
    case connections
    case cloudToDevice
    case cloudToDeviceReceives
    case fileUploads
    case methods
    case queries
    case twinReads
    case twinUpdates
    case jobs
    case jobDevices
    case configurations

    /// How the error names it. The first and the last have been seen (rest.md section 4.4), the others are made after them. A job's
    /// devices wait for their turn, so that nobody is told of theirs.
    var errorName: String {
        switch self {
        case .identityRegistry: "CRUD"
        case .deviceToCloud: "DeviceToCloudSend"
        case .connections: "DeviceConnect"
        case .cloudToDevice: "CloudToDeviceSend"
        case .cloudToDeviceReceives: "CloudToDeviceReceive"
        case .fileUploads: "FileUpload"
        case .methods: "DirectMethod"
        case .queries: "Query"
        case .twinReads: "TwinRead"
        case .twinUpdates: "TwinUpdate"
        case .jobs: "Jobs"
        case .jobDevices: "JobDevices"
        case .configurations: "ConfigurationWrite"
        }
    }

    /// Whether it counts as messages of the day's quota as well.
    var isMessage: Bool {
        switch self {
        case .deviceToCloud, .cloudToDevice, .methods, .twinReads, .twinUpdates, .jobDevices: true
        default: false
        }
    }

    /// By the name of a route's operation; nil for what is not limited, such as TwinHub's own paths.
    init?(route operation: String) {
        switch operation {
        case "Devices_GetTwin", "Modules_GetTwin", "DigitalTwin_GetDigitalTwin": self = .twinReads
        case "Devices_UpdateTwin", "Modules_UpdateTwin", "Devices_ReplaceTwin", "Modules_ReplaceTwin",
            "DigitalTwin_UpdateDigitalTwin":
            self = .twinUpdates
        case "Devices_InvokeMethod", "Modules_InvokeMethod", "DigitalTwin_InvokeRootLevelCommand",
            "DigitalTwin_InvokeComponentCommand":
            self = .methods
        case "Query_GetTwins": self = .queries
        case "Device_SendDeviceEvent": self = .deviceToCloud
        case "Device_ReceiveDeviceBoundNotification": self = .cloudToDeviceReceives
        case "Device_CreateFileUploadSasUri": self = .fileUploads
        case "Emulator_SendCloudToDeviceMessage", "Emulator_SendCloudToModuleMessage": self = .cloudToDevice
        default:
            switch operation.prefix(while: { $0 != "_" }) {
            case "Devices", "Modules", "BulkRegistry": self = .identityRegistry
            case "Configuration": self = .configurations
            case "Jobs": self = .jobs
            default: return nil
            }
        }
    }
}
