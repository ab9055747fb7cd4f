/// The service's error names and numbers (rest.md section 4.3). A number's first three digits are its HTTP status.
public struct ErrorCode: Hashable, Sendable {
    /// The HTTP status times a thousand, and a detail behind it (rest.md section 4.3).
    public var number: Int
    /// As `iothub-errorcode` and the body name it; .NET compares the two (rest.md section 4.2).
    public var name: StaticName

    /// A name of the catalogue; a literal, so that an error carries no heap string for it.
    public struct StaticName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
        let literal: StaticString
        public init(stringLiteral literal: StaticString) { self.literal = literal }
        public var description: String { literal.description }
        public static func == (left: Self, right: Self) -> Bool { left.description == right.description }
        public func hash(into hasher: inout Hasher) { hasher.combine(description) }
    }

    public init(_ number: Int, _ name: StaticName) {
        self.number = number
        self.name = name
    }

    /// The HTTP status that goes with it.
    public var status: Int { number / 1000 }

    /// TwinHub's own: the real hub has this operation and TwinHub does not yet.
    public static let notImplemented = ErrorCode(501000, "NotImplemented")

    public static let genericBadRequest = ErrorCode(400000, "GenericBadRequest")
    public static let invalidProtocolVersion = ErrorCode(400001, "InvalidProtocolVersion")
    public static let deviceInvalidResultCount = ErrorCode(400002, "DeviceInvalidResultCount")
    public static let invalidOperation = ErrorCode(400003, "InvalidOperation")
    public static let argumentInvalid = ErrorCode(400004, "ArgumentInvalid")
    public static let argumentNull = ErrorCode(400005, "ArgumentNull")
    public static let iotHubFormatError = ErrorCode(400006, "IotHubFormatError")
    public static let deviceStorageEntitySerializationError = ErrorCode(400007, "DeviceStorageEntitySerializationError")
    public static let blobContainerValidationError = ErrorCode(400008, "BlobContainerValidationError")
    public static let importWarningExistsError = ErrorCode(400009, "ImportWarningExistsError")
    public static let invalidSchemaVersion = ErrorCode(400010, "InvalidSchemaVersion")
    public static let deviceDefinedMultipleTimes = ErrorCode(400011, "DeviceDefinedMultipleTimes")
    public static let deserializationError = ErrorCode(400012, "DeserializationError")
    public static let bulkRegistryOperationFailure = ErrorCode(400013, "BulkRegistryOperationFailure")
    public static let defaultStorageEndpointNotConfigured = ErrorCode(400014, "DefaultStorageEndpointNotConfigured")
    public static let invalidFileUploadCorrelationId = ErrorCode(400015, "InvalidFileUploadCorrelationId")
    public static let expiredFileUploadCorrelationId = ErrorCode(400016, "ExpiredFileUploadCorrelationId")
    public static let invalidStorageEndpoint = ErrorCode(400017, "InvalidStorageEndpoint")
    public static let invalidMessagingEndpoint = ErrorCode(400018, "InvalidMessagingEndpoint")
    public static let invalidFileUploadCompletionStatus = ErrorCode(400019, "InvalidFileUploadCompletionStatus")
    public static let invalidStorageEndpointOrBlob = ErrorCode(400020, "InvalidStorageEndpointOrBlob")
    public static let requestCanceled = ErrorCode(400021, "RequestCanceled")
    public static let invalidStorageEndpointProperty = ErrorCode(400022, "InvalidStorageEndpointProperty")
    public static let etagDoesNotMatch = ErrorCode(400023, "EtagDoesNotMatch")
    public static let requestTimedOut = ErrorCode(400024, "RequestTimedOut")
    public static let unsupportedOperationOnReplica = ErrorCode(400025, "UnsupportedOperationOnReplica")
    public static let nullMessage = ErrorCode(400026, "NullMessage")
    public static let connectionForcefullyClosedOnNewConnection = ErrorCode(
        400027, "ConnectionForcefullyClosedOnNewConnection")
    public static let invalidDeviceScope = ErrorCode(400028, "InvalidDeviceScope")
    public static let connectionForcefullyClosedOnFaultInjection = ErrorCode(
        400029, "ConnectionForcefullyClosedOnFaultInjection")
    public static let connectionRejectedOnFaultInjection = ErrorCode(400030, "ConnectionRejectedOnFaultInjection")
    public static let invalidEndpointAuthenticationType = ErrorCode(400031, "InvalidEndpointAuthenticationType")
    public static let managedIdentityNotEnabled = ErrorCode(400032, "ManagedIdentityNotEnabled")
    public static let invalidPolicyKey = ErrorCode(400035, "InvalidPolicyKey")
    public static let bulkRegenerateDeviceKeyOperationFailure = ErrorCode(
        400036, "BulkRegenerateDeviceKeyOperationFailure")
    public static let invalidRouteTestInput = ErrorCode(400100, "InvalidRouteTestInput")
    public static let invalidSourceOnRoute = ErrorCode(400101, "InvalidSourceOnRoute")
    public static let routingNotEnabled = ErrorCode(400102, "RoutingNotEnabled")
    public static let invalidContentEncodingOrType = ErrorCode(400103, "InvalidContentEncodingOrType")
    public static let cannotRegisterModuleToModule = ErrorCode(400301, "CannotRegisterModuleToModule")
    public static let tenantHubRoutingNotEnabled = ErrorCode(400302, "TenantHubRoutingNotEnabled")
    public static let invalidConfigurationTargetCondition = ErrorCode(400401, "InvalidConfigurationTargetCondition")
    public static let invalidConfigurationContent = ErrorCode(400402, "InvalidConfigurationContent")
    public static let cannotModifyImmutableConfigurationContent = ErrorCode(
        400403, "CannotModifyImmutableConfigurationContent")
    public static let invalidConfigurationCustomMetricsQuery = ErrorCode(
        400404, "InvalidConfigurationCustomMetricsQuery")
    public static let invalidPnPInterfaceDefinition = ErrorCode(400501, "InvalidPnPInterfaceDefinition")
    public static let invalidPnPDesiredProperties = ErrorCode(400502, "InvalidPnPDesiredProperties")
    public static let invalidPnPReportedProperties = ErrorCode(400503, "InvalidPnPReportedProperties")
    public static let invalidPnPWritableReportedProperties = ErrorCode(400504, "InvalidPnPWritableReportedProperties")
    public static let invalidDigitalTwinJsonPatch = ErrorCode(400505, "InvalidDigitalTwinJsonPatch")
    public static let invalidDigitalTwinPayload = ErrorCode(400506, "InvalidDigitalTwinPayload")
    public static let invalidDigitalTwinPatch = ErrorCode(400507, "InvalidDigitalTwinPatch")
    public static let invalidDigitalTwinPatchPath = ErrorCode(400508, "InvalidDigitalTwinPatchPath")
    public static let genericUnauthorized = ErrorCode(401000, "GenericUnauthorized")
    public static let iotHubNotFound = ErrorCode(401001, "IotHubNotFound")
    public static let iotHubUnauthorizedAccess = ErrorCode(401002, "IotHubUnauthorizedAccess")
    public static let iotHubUnauthorized = ErrorCode(401003, "IotHubUnauthorized")
    public static let elasticPoolNotFound = ErrorCode(401004, "ElasticPoolNotFound")
    public static let systemModuleModifyUnauthorizedAccess = ErrorCode(401100, "SystemModuleModifyUnauthorizedAccess")
    public static let genericForbidden = ErrorCode(403000, "GenericForbidden")
    public static let iotHubSuspended = ErrorCode(403001, "IotHubSuspended")
    public static let iotHubQuotaExceeded = ErrorCode(403002, "IotHubQuotaExceeded")
    public static let jobQuotaExceeded = ErrorCode(403003, "JobQuotaExceeded")
    public static let deviceMaximumQueueDepthExceeded = ErrorCode(403004, "DeviceMaximumQueueDepthExceeded")
    public static let iotHubMaxCbsTokenExceeded = ErrorCode(403005, "IotHubMaxCbsTokenExceeded")
    public static let deviceMaximumActiveFileUploadLimitExceeded = ErrorCode(
        403006, "DeviceMaximumActiveFileUploadLimitExceeded")
    public static let deviceMaximumQueueSizeExceeded = ErrorCode(403007, "DeviceMaximumQueueSizeExceeded")
    public static let routingEndpointResponseForbidden = ErrorCode(403008, "RoutingEndpointResponseForbidden")
    public static let invalidMessageExpiryTime = ErrorCode(403009, "InvalidMessageExpiryTime")
    public static let operationNotAvailableInCurrentTier = ErrorCode(403010, "OperationNotAvailableInCurrentTier")
    public static let keyEncryptionKeyRevoked = ErrorCode(403011, "KeyEncryptionKeyRevoked")
    public static let deviceDisabled = ErrorCode(403012, "DeviceDisabled")
    public static let deviceModelMaxPropertiesExceeded = ErrorCode(403100, "DeviceModelMaxPropertiesExceeded")
    public static let deviceModelMaxIndexablePropertiesExceeded = ErrorCode(
        403101, "DeviceModelMaxIndexablePropertiesExceeded")
    public static let deviceMaximumInflightMethodExceeded = ErrorCode(403800, "DeviceMaximumInflightMethodExceeded")
    public static let genericNotFound = ErrorCode(404000, "GenericNotFound")
    public static let deviceNotFound = ErrorCode(404001, "DeviceNotFound")
    public static let jobNotFound = ErrorCode(404002, "JobNotFound")
    public static let quotaMetricNotFound = ErrorCode(404004, "QuotaMetricNotFound")
    public static let systemPropertyNotFound = ErrorCode(404005, "SystemPropertyNotFound")
    public static let amqpAddressNotFound = ErrorCode(404006, "AmqpAddressNotFound")
    public static let routingEndpointResponseNotFound = ErrorCode(404007, "RoutingEndpointResponseNotFound")
    public static let certificateNotFound = ErrorCode(404008, "CertificateNotFound")
    public static let elasticPoolTenantHubNotFound = ErrorCode(404009, "ElasticPoolTenantHubNotFound")
    public static let moduleNotFound = ErrorCode(404010, "ModuleNotFound")
    public static let azureTableStoreNotFound = ErrorCode(404011, "AzureTableStoreNotFound")
    public static let iotHubFailingOver = ErrorCode(404012, "IotHubFailingOver")
    public static let featureNotSupported = ErrorCode(404013, "FeatureNotSupported")
    public static let digitalTwinInterfaceNotFound = ErrorCode(404014, "DigitalTwinInterfaceNotFound")
    public static let queryStoreClusterNotFound = ErrorCode(404101, "QueryStoreClusterNotFound")
    public static let deviceNotOnline = ErrorCode(404103, "DeviceNotOnline")
    public static let deviceConnectionClosedRemotely = ErrorCode(404104, "DeviceConnectionClosedRemotely")
    public static let configurationNotFound = ErrorCode(404301, "ConfigurationNotFound")
    public static let groupNotFound = ErrorCode(404302, "GroupNotFound")
    public static let digitalTwinModelNotFound = ErrorCode(404401, "DigitalTwinModelNotFound")
    public static let interfaceNameModelNotFound = ErrorCode(404402, "InterfaceNameModelNotFound")
    public static let genericMethodNotAllowed = ErrorCode(405000, "GenericMethodNotAllowed")
    public static let operationNotAllowedInCurrentState = ErrorCode(405102, "OperationNotAllowedInCurrentState")
    public static let importDevicesNotSupported = ErrorCode(405103, "ImportDevicesNotSupported")
    public static let bulkAddDevicesNotSupported = ErrorCode(405104, "BulkAddDevicesNotSupported")
    public static let genericConflict = ErrorCode(409000, "GenericConflict")
    public static let deviceAlreadyExists = ErrorCode(409001, "DeviceAlreadyExists")
    public static let linkCreationConflict = ErrorCode(409002, "LinkCreationConflict")
    public static let callbackSubscriptionConflict = ErrorCode(409003, "CallbackSubscriptionConflict")
    public static let modelAlreadyExists = ErrorCode(409101, "ModelAlreadyExists")
    public static let deviceLocked = ErrorCode(409102, "DeviceLocked")
    public static let deviceJobAlreadyExists = ErrorCode(409103, "DeviceJobAlreadyExists")
    public static let jobAlreadyExists = ErrorCode(409104, "JobAlreadyExists")
    public static let moduleAlreadyExistsOnDevice = ErrorCode(409301, "ModuleAlreadyExistsOnDevice")
    public static let configurationAlreadyExists = ErrorCode(409401, "ConfigurationAlreadyExists")
    public static let applyConfigurationAlreadyInProgressOnDevice = ErrorCode(
        409402, "ApplyConfigurationAlreadyInProgressOnDevice")
    public static let genericPreconditionFailed = ErrorCode(412000, "GenericPreconditionFailed")
    public static let preconditionFailed = ErrorCode(412001, "PreconditionFailed")
    public static let deviceMessageLockLost = ErrorCode(412002, "DeviceMessageLockLost")
    public static let jobRunPreconditionFailed = ErrorCode(412003, "JobRunPreconditionFailed")
    public static let inflightMessagesInLink = ErrorCode(412004, "InflightMessagesInLink")
    public static let genericRequestEntityTooLarge = ErrorCode(413000, "GenericRequestEntityTooLarge")
    public static let messageTooLarge = ErrorCode(413001, "MessageTooLarge")
    public static let tooManyDevices = ErrorCode(413002, "TooManyDevices")
    public static let tooManyModulesOnDevice = ErrorCode(413003, "TooManyModulesOnDevice")
    public static let configurationCountLimitExceeded = ErrorCode(413101, "ConfigurationCountLimitExceeded")
    public static let genericUnsupportedMediaType = ErrorCode(415000, "GenericUnsupportedMediaType")
    public static let incompatibleDataType = ErrorCode(415101, "IncompatibleDataType")
    public static let genericTooManyRequests = ErrorCode(429000, "GenericTooManyRequests")
    public static let throttlingException = ErrorCode(429001, "ThrottlingException")
    public static let throttleBacklogLimitExceeded = ErrorCode(429002, "ThrottleBacklogLimitExceeded")
    public static let throttlingBacklogTimeout = ErrorCode(429003, "ThrottlingBacklogTimeout")
    public static let throttlingMaxActiveJobCountExceeded = ErrorCode(429004, "ThrottlingMaxActiveJobCountExceeded")
    public static let deviceThrottlingLimitExceeded = ErrorCode(429005, "DeviceThrottlingLimitExceeded")
    public static let clientClosedRequest = ErrorCode(499000, "ClientClosedRequest")
    public static let serverError = ErrorCode(500001, "ServerError")
    public static let genericTimeout = ErrorCode(500008, "GenericTimeout")
    public static let invalidThrottleParameter = ErrorCode(500009, "InvalidThrottleParameter")
    public static let genericBadGateway = ErrorCode(502000, "GenericBadGateway")
    public static let genericServiceUnavailable = ErrorCode(503000, "GenericServiceUnavailable")
    public static let serviceUnavailable = ErrorCode(503001, "ServiceUnavailable")
    public static let partitionNotFound = ErrorCode(503003, "PartitionNotFound")
    public static let iotHubActivationFailed = ErrorCode(503004, "IotHubActivationFailed")
    public static let serverBusy = ErrorCode(503005, "ServerBusy")
    public static let iotHubRestoring = ErrorCode(503006, "IotHubRestoring")
    public static let receiveLinkOpensThrottled = ErrorCode(503008, "ReceiveLinkOpensThrottled")
    public static let connectionUnavailable = ErrorCode(503101, "ConnectionUnavailable")
    public static let deviceUnavailable = ErrorCode(503102, "DeviceUnavailable")
    public static let configurationNotAvailable = ErrorCode(503201, "ConfigurationNotAvailable")
    public static let groupNotAvailable = ErrorCode(503202, "GroupNotAvailable")
    public static let genericGatewayTimeout = ErrorCode(504000, "GenericGatewayTimeout")
    public static let gatewayTimeout = ErrorCode(504101, "GatewayTimeout")

    /// Every code of the catalogue.
    public static let all: [ErrorCode] = [
        notImplemented,
        genericBadRequest, invalidProtocolVersion, deviceInvalidResultCount, invalidOperation, argumentInvalid,
        argumentNull, iotHubFormatError, deviceStorageEntitySerializationError, blobContainerValidationError,
        importWarningExistsError, invalidSchemaVersion, deviceDefinedMultipleTimes, deserializationError,
        bulkRegistryOperationFailure, defaultStorageEndpointNotConfigured, invalidFileUploadCorrelationId,
        expiredFileUploadCorrelationId, invalidStorageEndpoint, invalidMessagingEndpoint,
        invalidFileUploadCompletionStatus, invalidStorageEndpointOrBlob, requestCanceled,
        invalidStorageEndpointProperty, etagDoesNotMatch, requestTimedOut, unsupportedOperationOnReplica,
        nullMessage, connectionForcefullyClosedOnNewConnection, invalidDeviceScope,
        connectionForcefullyClosedOnFaultInjection, connectionRejectedOnFaultInjection,
        invalidEndpointAuthenticationType, managedIdentityNotEnabled, invalidPolicyKey,
        bulkRegenerateDeviceKeyOperationFailure, invalidRouteTestInput, invalidSourceOnRoute, routingNotEnabled,
        invalidContentEncodingOrType, cannotRegisterModuleToModule, tenantHubRoutingNotEnabled,
        invalidConfigurationTargetCondition, invalidConfigurationContent, cannotModifyImmutableConfigurationContent,
        invalidConfigurationCustomMetricsQuery, invalidPnPInterfaceDefinition, invalidPnPDesiredProperties,
        invalidPnPReportedProperties, invalidPnPWritableReportedProperties, invalidDigitalTwinJsonPatch,
        invalidDigitalTwinPayload, invalidDigitalTwinPatch, invalidDigitalTwinPatchPath, genericUnauthorized,
        iotHubNotFound, iotHubUnauthorizedAccess, iotHubUnauthorized, elasticPoolNotFound,
        systemModuleModifyUnauthorizedAccess, genericForbidden, iotHubSuspended, iotHubQuotaExceeded,
        jobQuotaExceeded, deviceMaximumQueueDepthExceeded, iotHubMaxCbsTokenExceeded,
        deviceMaximumActiveFileUploadLimitExceeded, deviceMaximumQueueSizeExceeded, routingEndpointResponseForbidden,
        invalidMessageExpiryTime, operationNotAvailableInCurrentTier, keyEncryptionKeyRevoked, deviceDisabled,
        deviceModelMaxPropertiesExceeded, deviceModelMaxIndexablePropertiesExceeded,
        deviceMaximumInflightMethodExceeded, genericNotFound, deviceNotFound, jobNotFound, quotaMetricNotFound,
        systemPropertyNotFound, amqpAddressNotFound, routingEndpointResponseNotFound, certificateNotFound,
        elasticPoolTenantHubNotFound, moduleNotFound, azureTableStoreNotFound, iotHubFailingOver,
        featureNotSupported, digitalTwinInterfaceNotFound, queryStoreClusterNotFound, deviceNotOnline,
        deviceConnectionClosedRemotely, configurationNotFound, groupNotFound, digitalTwinModelNotFound,
        interfaceNameModelNotFound, genericMethodNotAllowed, operationNotAllowedInCurrentState,
        importDevicesNotSupported, bulkAddDevicesNotSupported, genericConflict, deviceAlreadyExists,
        linkCreationConflict, callbackSubscriptionConflict, modelAlreadyExists, deviceLocked, deviceJobAlreadyExists,
        jobAlreadyExists, moduleAlreadyExistsOnDevice, configurationAlreadyExists,
        applyConfigurationAlreadyInProgressOnDevice, genericPreconditionFailed, preconditionFailed,
        deviceMessageLockLost, jobRunPreconditionFailed, inflightMessagesInLink, genericRequestEntityTooLarge,
        messageTooLarge, tooManyDevices, tooManyModulesOnDevice, configurationCountLimitExceeded,
        genericUnsupportedMediaType, incompatibleDataType, genericTooManyRequests, throttlingException,
        throttleBacklogLimitExceeded, throttlingBacklogTimeout, throttlingMaxActiveJobCountExceeded,
        deviceThrottlingLimitExceeded, clientClosedRequest, serverError, genericTimeout, invalidThrottleParameter,
        genericBadGateway, genericServiceUnavailable, serviceUnavailable, partitionNotFound, iotHubActivationFailed,
        serverBusy, iotHubRestoring, receiveLinkOpensThrottled, connectionUnavailable, deviceUnavailable,
        configurationNotAvailable, groupNotAvailable, genericGatewayTimeout, gatewayTimeout,
    ]
}
