import Synchronization
import Wire

/// Reads the input of a route: path, query and, where the route says so, a JSON body.
///
/// The type is asked what it reads when the first invocation comes, because that takes longer than all else at the start of a process.
final class RouteInput<Input: Decodable & Sendable>: Sendable {
    private let fixed: Input?
    private let kept = AtomicLazyReference<Kept>()
    private let parameters: [String]
    private let body: BodyRule

    init(parameters: [String], body: BodyRule) {
        fixed = NoInput() as? Input
        self.parameters = parameters
        self.body = body
    }

    /// JSON Schema of the input; empty where there is none. Throws where the type does not say what it reads.
    func schema() throws(AppError) -> String {
        fixed == nil ? try decoder().schema.jsonSchema().description : ""
    }

    func read(_ exchange: Exchange) async throws -> Input {
        if let fixed { return fixed }
        let path = zip(parameters, exchange.head.parameters).map { (name: $0, value: $1) }
        let query = try QueryItems(exchange.head.query).items
        let json = body.kind == .json ? try await readJSON(exchange) : nil
        return try decoder().decode(path: path, query: query, body: json)
    }

    private func decoder() throws(AppError) -> InputDecoder<Input> {
        if let kept = kept.load() { return kept.decoder }
        return kept.storeIfNil(Kept(try InputDecoder(Input.self))).decoder
    }

    private final class Kept: Sendable {
        let decoder: InputDecoder<Input>
        init(_ decoder: InputDecoder<Input>) { self.decoder = decoder }
    }

    private func readJSON(_ exchange: Exchange) async throws -> JSONValue? {
        let bytes = try await exchange.collectBody(limit: body.limit)
        if bytes.isEmpty { return nil }
        if let type = exchange.header("content-type"), !Self.isJSON(type) {
            throw AppError(.unsupportedMedia, "Send the body as application/json")
        }
        return try JSONReader(allowsNUL: body.allowsNUL).read(bytes)
    }

    /// `application/json` and `…+json`, in any case and with any parameters (RFC 9110 section 8.3.1).
    private static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }
}
