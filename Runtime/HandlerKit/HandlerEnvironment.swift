/// What a handler is given when it starts.
public struct HandlerEnvironment: Sendable {
    /// The handler's name in its manifest.
    public let name: String
    /// For what belongs to no invocation.
    public let logger: Logger
    /// The clocks.
    public let time: TimeSource
    private let secrets: [String: [UInt8]]

    /// An environment with those secrets, for a handler's own tests.
    public init(name: String, secrets: [String: [UInt8]] = [:], logger: Logger, time: TimeSource = .system) {
        self.name = name
        self.secrets = secrets
        self.logger = logger
        self.time = time
    }

    /// A value that the manifest's `secrets` names. Throws ``AppError`` of code `INTERNAL_ERROR`, with the name, where it was not given.
    public func secret(_ name: String) throws(AppError) -> [UInt8] {
        guard let value = secrets[name] else {
            throw AppError(.internalError, detail: "the secret \(name) was not given; does the manifest's `secrets` name it?")
        }
        return value
    }
}
