import Glibc
import Host
import Kernel
import Tokens

/// Measures what an access token costs, in microseconds, and prints it as JSON. `infra/bench --only tokens` runs it.
@main enum TokenBench {
    /// Medians of that many turns.
    private static let turns = 15
    /// Bearers who call in turn.
    private static let bearers = 1000

    static func main() {
        do {
            let pair = try RSAKey.generate()
            let signers = [("rs256", JWTSigner(pair)), ("hs256", try JWTSigner(secret: SecureRandom.bytes(32), id: "bench"))]
            var figures: JSONObject = [:]
            for (name, signer) in signers { figures[name] = .object(try measure(signer)) }
            print(JSONValue.object(figures))
        } catch {
            print("token-bench: \(error)")
            exit(1)
        }
    }

    private static func measure(_ signer: JWTSigner) throws -> JSONObject {
        let now = TimeSource.system.now()
        let claims = (0..<bearers).map { number in
            AccessClaims(
                user: UserID(UUID(high: 0x0190_0000_0000_7001, low: UInt64(number) + 1)),
                tenant: TenantID(UUID(high: 0x0190_0000_0000_7002, low: UInt64(number) % 20 + 1)), role: .analyst, epoch: 1,
                id: UUID(high: 1, low: UInt64(number)), session: UUID(high: 2, low: UInt64(number)), issuedAt: now)
        }
        let verifier = JWTVerifier(keys: [signer.verificationKey])
        let authenticator = Authenticator(verifier: verifier)
        let tokens = try claims.map { try signer.sign($0) }
        let lines = tokens.map { "Bearer \($0)" }
        let signatures = try tokens.map { try CompactJWS($0) }
        for line in lines { _ = try authenticator.credential(line, apiKey: nil, at: now) }
        let cached = try median(20 * bearers) { _ = try authenticator.credential(lines[$0 % bearers], apiKey: nil, at: now) }
        let uncached = try median(bearers) { _ = try verifier.access(tokens[$0], at: now) }
        let signature = try median(bearers) { number in
            guard signatures[number].isSigned(by: signer.verificationKey) else { throw AppError(.internalError, "a signature was refused") }
        }
        let signing = try median(bearers / 5) { _ = try signer.sign(claims[$0]) }
        return [
            "cached_us": .number(cached), "uncached_us": .number(uncached), "signature_us": .number(signature), "sign_us": .number(signing),
            "token_bytes": .integer(Int64(tokens[0].utf8.count)),
        ]
    }

    /// Microseconds of one call, the median over the turns.
    private static func median(_ count: Int, _ body: (Int) throws -> Void) rethrows -> Double {
        var taken: [Double] = []
        for _ in 0..<turns {
            let begin = ContinuousClock.now
            for number in 0..<count { try body(number) }
            taken.append(Double(begin.duration(to: .now).microseconds) / Double(count))
        }
        return (taken.sorted()[turns / 2] * 1000).rounded() / 1000
    }
}
