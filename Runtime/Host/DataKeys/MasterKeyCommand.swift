public import Kernel
import Tokens

/// A program that holds the master key, for example one that asks a key-management service. It is started for each question, reads a JSON object from
/// standard input and writes one to standard output:
///
/// | question | answer |
/// |---|---|
/// | `{"operation": "wrap", "tenant", "version", "key"}` | `{"wrapped", "master_id"}` |
/// | `{"operation": "unwrap", "tenant", "version", "wrapped", "master_id"}` | `{"key"}` |
/// | `{"operation": "current"}` | `{"master_id"}` |
///
/// Keys are base64url. Any other exit status than 0 is a failure. What it writes to standard error goes into the gateway's.
public struct MasterKeyCommand: Sendable, Hashable {
    /// The longest that one question may take.
    static let limit: Duration = .seconds(10)

    /// The program's path and its arguments.
    let words: [String]

    /// A command, its words separated by blanks; no shell reads them. Throws `VALIDATION_ERROR` unless it begins with a path from the root.
    public init(_ text: String) throws(AppError) {
        words = text.split(separator: " ").map(String.init)
        guard words.first?.hasPrefix("/") == true else {
            throw AppError.invalid("TENANTRY_MASTER_KEY_COMMAND", "expected a program's whole path and its arguments; got \(text)")
        }
    }

    func current() throws(AppError) -> String { try master(in: try ask(["operation": "current"])) }

    func wrap(_ key: [UInt8], _ name: MasterKey.Name) throws(AppError) -> MasterKey.Wrapped {
        let answer = try ask([
            "operation": "wrap", "tenant": .string("\(name.tenant)"), "version": .integer(Int64(name.version)),
            "key": .string(Base64.url.encode(key)),
        ])
        guard let wrapped = bytes(answer, "wrapped"), (16...4096).contains(wrapped.count) else {
            throw failure("answered no `wrapped` of 16 to 4096 bytes")
        }
        return MasterKey.Wrapped(bytes: wrapped, master: try master(in: answer))
    }

    func unwrap(_ wrapped: MasterKey.Wrapped, _ name: MasterKey.Name) throws(AppError) -> [UInt8] {
        let answer = try ask([
            "operation": "unwrap", "tenant": .string("\(name.tenant)"), "version": .integer(Int64(name.version)),
            "wrapped": .string(Base64.url.encode(wrapped.bytes)), "master_id": .string(wrapped.master),
        ])
        guard let key = bytes(answer, "key"), key.count == 32 else { throw failure("answered no `key` of 32 bytes") }
        return key
    }

    private func ask(_ question: JSONValue) throws(AppError) -> JSONValue {
        let answer = try PipedProgram.run(words, input: try JSON.encode(question), limit: Self.limit)
        do throws(AppError) { return try JSON.read(answer) } catch { throw failure("answered no JSON") }
    }

    private func bytes(_ answer: JSONValue, _ name: String) -> [UInt8]? { answer[name]?.string.flatMap { Base64.url.decode($0) } }

    private func master(in answer: JSONValue) throws(AppError) -> String {
        guard let name = answer["master_id"]?.string, (1...200).contains(name.unicodeScalars.count), !name.hasPrefix("file:") else {
            throw failure("answered no `master_id` of 1 to 200 characters that does not begin with file:")
        }
        return name
    }

    private func failure(_ what: String) -> AppError { AppError(.unavailable, retryAfter: .seconds(1), detail: "the master key's command \(what)") }
}
