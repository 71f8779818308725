import Addresses
import Glibc
import Kernel
import Outbound
import ServerPrograms

@testable import Objects

/// The stand-in for S3 (`Tests/Servers/s3_server.py`), which checks every signature by itself.
struct S3Server: Sendable {
    static let bucket = "tenantry-test"
    private let program: ServerProgram

    /// The part's length that the tests send; the stand-in refuses shorter ones, as S3 does.
    static let partSize = 256 << 10

    init() async throws { program = try ServerProgram("s3_server.py", [Self.bucket, "\(Self.partSize)"]) }

    func settings(location: String = "s3://\(bucket)/pre/fix", secret: String = "a/secret+key=of=the=stand-in") throws(AppError) -> S3Settings {
        var settings = try S3Settings(
            location: location, endpoint: "http://127.0.0.1:\(program.port)", region: "eu-central-1", accessKey: "AKIASTANDIN", secretKey: secret,
            field: { "TENANTRY_\($0)" })
        settings.partSize = Self.partSize
        return settings
    }

    func storage() throws(AppError) -> S3Storage { try storage(try settings()) }

    func storage(_ settings: S3Settings) throws(AppError) -> S3Storage { try S3Storage(settings, sleep: { _ in }) }

    /// What is stored, after a command of the test.
    @discardableResult
    func control(_ name: String, _ fields: JSONValue = [:]) async throws -> JSONValue {
        var rules = OutboundRules()
        (rules.allow, rules.ports) = (["127.0.0.1/32"], [program.port])
        var request = HTTPRequest("POST", try WebAddress("http://127.0.0.1:\(program.port)/_control/\(name)"), body: Array(fields.description.utf8))
        request.limit = 16 << 20
        return try JSON.read(try await HTTPClient(rules).send(request).body)
    }

    func state() async throws -> JSONValue { try await control("state") }

    /// The next answers to requests of a method fail.
    func fail(_ method: String, query: String = "", status: Int64, body: String = "<Error><Code>SlowDown</Code></Error>", times: Int64 = 1)
        async throws
    {
        try await control(
            "fail", ["method": .string(method), "query": .string(query), "status": .integer(status), "body": .string(body), "times": .integer(times)])
    }
}
