/// The version of this build.
public enum Version {
    /// Semantic version (semver.org).
    public static let current = "0.1.0"
    /// The version in the paths.
    public static let api = "v1"
}
