import JSON

extension SecurityGroup {
    /// The group that a twin's tags name. The article has `SecurityGroup` on the device, the batch script `securityGroup` on the
    /// security module: either is looked at in any case, and the device's comes first (defender.md section 9 no. 7).
    ///
    /// Nil where no tag names one, or the tag is no text: the device belongs to the default group.
    public static func name(inTags tags: [JSONValue]) -> String? {
        for tags in tags {
            for (key, value) in tags.members where key.lowercased() == "securitygroup" {
                if let name = value.string { return name }
            }
        }
        return nil
    }
}
