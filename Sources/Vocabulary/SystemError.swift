import Glibc

/// `errno` as people read it.
enum SystemError {
    static func text(_ number: Int32 = errno) -> String { String(cString: strerror(number)) }
}
