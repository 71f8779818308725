import Kernel
import Postgres
import TestSupport

extension RunningHost {
    /// Adds an entry with its line of the audit log.
    func audited(
        _ token: String, _ number: Int64, text: String = "x", end: String = "commit", milliseconds: Int64 = 0, headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        let body: JSONValue = ["number": .integer(number), "text": .string(text), "end": .string(end), "milliseconds": .integer(milliseconds)]
        // With a key a call whose process got no processor for a while runs again elsewhere.
        let key = end == "commit" && milliseconds == 0 ? [("Idempotency-Key", "audited-\(number)")] : []
        return try await request(
            "POST", "/probe/audited", token: token, headers: [("content-type", "application/json")] + key + headers,
            body: Array(body.description.utf8))
    }

    /// What `/audit/verification` says.
    func verification(_ token: String, _ query: String = "") async throws -> JSONValue {
        let answer = try await get("/audit/verification\(query)", token: token)
        guard answer.status == 200 else { throw AppError(.internalError, "\(answer.status) \(answer.text)") }
        return try answer.json
    }
}

extension JSONValue {
    /// The kinds of the breaks in a verification.
    var breakKinds: Set<String> { Set(self["breaks"]?.array?.compactMap { $0["kind"]?.string } ?? []) }

    /// The actions of the events in a page, in order.
    var actions: [String] { self["events"]?.array?.compactMap { $0["action"]?.string } ?? [] }
}
