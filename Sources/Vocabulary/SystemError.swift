import Glibc

/// `errno` as people read it.
public enum SystemError {
    public static func text(_ number: Int32 = errno) -> String { String(cString: strerror(number)) }
}
