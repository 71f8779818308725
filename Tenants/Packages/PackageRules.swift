public import Kernel
public import Manifest

/// What a handler that comes as a package may ask for in its manifest. Less than the product's own: nobody here has read its code.
public enum PackageRules {
    /// Names whose schema, role or series is somebody else's.
    private static let taken: Set = [
        "app", "core", "feed", "identity", "information_schema", "jobs", "public", "reference", "runtime", "tenancy", "usage",
    ]

    /// Why a package may not have a name; nil where it may.
    public static func refusal(of name: String) -> String? {
        if taken.contains(name) || GrantPlan.identityHandlers.contains(name) || name.hasPrefix("pg_") {
            return "the name \(name) is taken by the product or by Postgres; choose another"
        }
        return nil
    }

    /// Throws `VALIDATION_ERROR` with every fault.
    public static func check(_ manifest: Manifest) throws(AppError) {
        var faults: [AppError.Issue] = []
        if let reason = refusal(of: manifest.name) { faults.append(.init(field: "name", issue: reason)) }
        let parts = manifest.program.split(separator: "/", omittingEmptySubsequences: false)
        if parts.first != "." || parts.count < 2 || parts.contains("..") || parts.contains("") {
            faults.append(
                .init(field: "program", issue: "expected a file in the package's folder such as ./bin/\(manifest.name); got \(manifest.program)"))
        }
        for secret in manifest.secrets {
            faults.append(.init(field: "secrets", issue: "\(secret) is the product's own; a package is handed no secrets"))
        }
        if manifest.encryption == .any {
            faults.append(.init(field: "encryption", issue: "expected tenant or none: only the product's handlers may ask for any tenant's key"))
        }
        for grant in manifest.grants {
            let schema = grant.object.prefix { $0 != "." }
            let isOwn = schema == manifest.name
            let isShared = schema == "app" || schema == "reference"
            if !(isOwn || isShared) {
                faults.append(.init(field: "grants", issue: "\(grant.object): expected an object of \(manifest.name), app or reference"))
            }
        }
        guard faults.isEmpty else {
            let text = faults.map { "\($0.field): \($0.issue)" }.joined(separator: "; ")
            throw AppError(.validation, "\(manifest.folder)/\(Manifest.fileName): \(text)", issues: faults)
        }
    }
}
