import Host
import Kernel
import Objects

extension ObjectsPlace {
    /// From variables by their names without `TENANTRY_`; `value` is also told which are secret. Throws `VALIDATION_ERROR` that names the variable.
    static func read(authorities: String?, _ value: (_ name: String, _ isSecret: Bool) -> String?) throws(AppError) -> ObjectsPlace {
        guard let location = value("OBJECTS", false) else { return .folder(nil) }
        guard location.contains("://") else {
            guard !location.isEmpty else { throw AppError.invalid("TENANTRY_OBJECTS", "expected a folder or s3://bucket/prefix; it is empty") }
            return .folder(location)
        }
        return .bucket(
            try S3Settings(
                location: location, endpoint: value("S3_ENDPOINT", false), region: value("S3_REGION", false), accessKey: value("S3_ACCESS_KEY", true),
                secretKey: value("S3_SECRET_KEY", true), authorities: authorities, field: { "TENANTRY_\($0)" }))
    }
}
