import Access
import Vocabulary

/// Self-signed authorities that `openssl` has made; nobody has their keys any more.
enum SampleAuthorities {
    static let one = certificate(
        """
        MIIBlDCCATmgAwIBAgIUcjUdcl0QfNlkLcy2vtxqls35rfEwCgYIKoZIzj0EAwIwHzEdMBsGA1UEAwwUU2FtcGxlIGF1dGhvcml0\
        eSBvbmUwHhcNMjYxMTI2MjE0NzAxWhcNMzYxMTIzMjE0NzAxWjAfMR0wGwYDVQQDDBRTYW1wbGUgYXV0aG9yaXR5IG9uZTBZMBMG\
        ByqGSM49AgEGCCqGSM49AwEHA0IABP8o2jv28myTIV4c9I9YPX1U7g0Gc7kfuhsN9+fvUeZbMLyiDSz6sAfsr9f2h0yFxCQC8VZK\
        NoZ9cG0MpZsG4TujUzBRMB0GA1UdDgQWBBRnSQnBOJJhWWebRrYy/LXVN33YxjAfBgNVHSMEGDAWgBRnSQnBOJJhWWebRrYy/LXV\
        N33YxjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCVJJ/a2gMgZjLweza9dnNpJ173s4XdO6QAyDPNdqYeZgIh\
        ALEjD+FPTHReoRDzoVQu814AaXUmOMPkmbKFZeItyTWl
        """)
    static let two = certificate(
        """
        MIIBkzCCATmgAwIBAgIUEpK1bTTSli+vV4ssRnbRYXs1zWIwCgYIKoZIzj0EAwIwHzEdMBsGA1UEAwwUU2FtcGxlIGF1dGhvcml0\
        eSB0d28wHhcNMjYxMTI2MjE0NzAxWhcNMzYxMTIzMjE0NzAxWjAfMR0wGwYDVQQDDBRTYW1wbGUgYXV0aG9yaXR5IHR3bzBZMBMG\
        ByqGSM49AgEGCCqGSM49AwEHA0IABKK00K2XmZhVGi12WiVnIiu8GW98pwzfkbmo4TbfgI30ZEg3DfmoZB4Qv6CiIk4DeQDK45LX\
        4J4BMaid4Kb2DR2jUzBRMB0GA1UdDgQWBBRT3PjmdU3TjhBM7CuFBE2n6bqd+zAfBgNVHSMEGDAWgBRT3PjmdU3TjhBM7CuFBE2n\
        6bqd+zAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDV4KsffQl9M58K2BUG3niY7JWPEr/+B706m+RUe05PbwIg\
        Bae4oTALDsba/4KWOubHPg28Hwo4u4Db4/X81tr5LWY=
        """)

    private static func certificate(_ base64: String) -> AuthorityCertificate {
        guard let certificate = try? AuthorityCertificate(upload: Array(base64.utf8)) else {
            preconditionFailure("a sample is no certificate")
        }
        return certificate
    }
}
