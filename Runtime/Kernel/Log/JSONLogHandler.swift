public import Logging

#if canImport(Glibc)
    import Glibc
#endif

/// Writes each log event as one line of JSON with one `write(2)`, so that lines of several processes never mix.
///
/// Members: `timestamp` (RFC 3339), `level`, `logger`, `message`, then the metadata, each under its own name as text.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let descriptor: Int32
    private let now: @Sendable () -> Timestamp

    /// A handler for a logger of that label; lines go to standard error unless another descriptor is given.
    public init(
        label: String, level: Logger.Level = .info, descriptor: Int32 = 2,
        now: @escaping @Sendable () -> Timestamp = TimeSource.system.now
    ) {
        self.label = label
        self.logLevel = level
        self.descriptor = descriptor
        self.now = now
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = Line(timestamp: now(), level: event.level, label: label, message: "\(event.message)")
        if let provided = metadataProvider?.get() { line.add(provided.filter { metadata[$0.key] == nil && event.metadata?[$0.key] == nil }) }
        line.add(event.metadata.map { own in metadata.filter { own[$0.key] == nil } } ?? metadata)
        if let own = event.metadata { line.add(own) }
        let bytes = line.finish()
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = write(descriptor, buffer.baseAddress! + written, buffer.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                written += count
            }
        }
    }

    /// One event as bytes.
    struct Line {
        private var bytes: [UInt8] = []

        init(timestamp: Timestamp, level: Logger.Level, label: String, message: String) {
            bytes.reserveCapacity(256)
            bytes.append(contentsOf: "{\"timestamp\":\"".utf8)
            timestamp.write(to: &bytes)
            bytes.append(contentsOf: "\",\"level\":\"".utf8)
            bytes.append(contentsOf: level.rawValue.utf8)
            bytes.append(UInt8(ascii: "\""))
            put("logger", label)
            put("message", message)
        }

        /// Adds members in the order of their names.
        mutating func add(_ metadata: Logger.Metadata) {
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { put(key, "\(value)") }
        }

        mutating func finish() -> [UInt8] {
            bytes.append(contentsOf: "}\n".utf8)
            return bytes
        }

        private mutating func put(_ key: String, _ value: String) {
            bytes.append(UInt8(ascii: ","))
            text(key)
            bytes.append(UInt8(ascii: ":"))
            text(value)
        }

        /// A JSON string (RFC 8259 section 7).
        private mutating func text(_ value: String) {
            bytes.append(UInt8(ascii: "\""))
            for byte in value.utf8 {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                    bytes.append(UInt8(ascii: "\\"))
                    bytes.append(byte)
                case 0..<0x20, 0x7F:
                    bytes.append(contentsOf: "\\u00".utf8)
                    bytes.append(Hex.digit(byte >> 4))
                    bytes.append(Hex.digit(byte & 15))
                default: bytes.append(byte)
                }
            }
            bytes.append(UInt8(ascii: "\""))
        }
    }
}
