#if canImport(Glibc)
    import Glibc
#endif

/// The variables that suites are configured with.
public enum Environment {
    /// The value of a variable; nil where it is not set.
    public static subscript(name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The folder of this package, found from where this file was compiled.
    public static let package: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/")
    }()

    static let processID = Int(getpid())

    static func isRunning(processID: Int) -> Bool { kill(pid_t(processID), 0) == 0 || errno == EPERM }
}
