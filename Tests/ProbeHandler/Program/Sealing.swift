import HandlerKit

/// Seals and opens with the tenant's key, and answers the host when a tenant is erased or keeps too much.
enum Sealing {
    struct Plain: Codable, Sendable {
        var text: String
        var purpose: String
    }

    struct Sealed: Codable, Sendable {
        /// Hexadecimal digits.
        var sealed: String
        var purpose: String
    }

    /// Entries of these numbers tell the hook what to do.
    static let refuses: Int64 = 9001
    static let waits: Int64 = 9002

    @RoutesBuilder static var routes: [Route] {
        Route.post("/probe/seal", access: .read, summary: "Seals a text", writes: false) { (input: Plain, invocation) in
            Sealed(sealed: Hex.encode(try invocation.seal(Array(input.text.utf8), for: input.purpose)), purpose: input.purpose)
        }

        Route.post("/probe/open", access: .read, summary: "Opens what was sealed", writes: false) { (input: Sealed, invocation) in
            let plain = try invocation.open(Hex.decode(input.sealed) ?? [], for: input.purpose)
            return Plain(text: String(decoding: plain, as: UTF8.self), purpose: input.purpose)
        }

        Route.post("/probe/seal_and_fail", access: .read, summary: "Seals, opens, then fails", writes: false) { (input: Plain, invocation) in
            let sealed = try invocation.seal(Array(input.text.utf8), for: input.purpose)
            let opened = try invocation.open(sealed, for: input.purpose)
            guard opened.isEmpty else {
                throw AppError(.internalError, detail: "sealed \(sealed.count) bytes of \(String(decoding: opened, as: UTF8.self))")
            }
            return Response.noContent
        }

        Route.post("/internal/probe/erase", access: .system, summary: "Is told that a tenant is erased") {
            (_: NoInput, invocation: SystemInvocation) async throws -> Response in
            while true {
                let numbers = try await invocation.database.rows(ProbeSQL.entries).map { try $0.int64(0) }
                if numbers.contains(refuses) { throw AppError(.unavailable, "not yet") }
                if !numbers.contains(waits) { return .noContent }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }
}
