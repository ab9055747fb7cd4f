import Testing

@testable import MQTT

@Suite struct PropertyBagTests {
}
