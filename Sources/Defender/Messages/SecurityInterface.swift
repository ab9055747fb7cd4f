/// The one mark that makes a message a security message (defender.md section 5.1), whatever connection it comes by.
public enum SecurityInterface {
    public static let id = "urn:azureiot:Security:SecurityAgent:1"
}
