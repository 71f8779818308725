import Postgres
import Wire

/// An answer as it is stored beside the effect that it tells of.
struct KeptAnswer: Equatable {
    /// The longest body that is stored, in bytes.
    static let longestBody = 64 << 10
    /// The longest header lines that are stored, as JSON, in bytes.
    static let longestHeaders = 8 << 10

    let status: Int32
    /// An array of pairs in JSON.
    let headers: [UInt8]
    let body: [UInt8]

    /// Nil for an answer that is not stored: one that is too long, written piece by piece, a listener's, or a secret.
    init?(_ response: Response) throws {
        guard !response.isSecret, case .bytes(let body) = response.body, body.count <= Self.longestBody, (100...599).contains(response.status) else {
            return nil
        }
        status = Int32(response.status)
        headers = try JSON.encode(response.headers.map { [$0.name, $0.value] })
        guard headers.count <= Self.longestHeaders else { return nil }
        self.body = body
    }

    /// What ``KeyedSQL/claim`` found. Throws `IDEMPOTENCY_ANSWER_NOT_KEPT` where the effect is there and its answer is not.
    static func response(_ row: Row) throws -> Response {
        guard let status = try row.optionalInt32(2), let headers = try row.optionalJSON(3), let body = try row.optionalBytes(4) else {
            throw AppError(.answerNotKept)
        }
        let pairs = try JSON.decode([[String]].self, from: JSON.read(headers))
        let stored = pairs.filter { $0.count == 2 }.map { HeaderField(name: $0[0], value: $0[1]) }
        return Response(status: Int(status), headers: stored + [HeaderField(name: "idempotency-replayed", value: "true")], body: .bytes(body))
    }
}
