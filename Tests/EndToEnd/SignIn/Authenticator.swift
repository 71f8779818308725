import Codes
import Kernel
import TestSupport

/// An authenticator app in somebody's hand, for a test.
struct Authenticator: Sendable {
    /// The codes of ten recoveries.
    let recoveryCodes: [String]
    private let totp: TOTP

    /// Enrols one by the gateway, and confirms it by the code before the present one, so that two more count at once.
    static func enrol(_ host: RunningHost, token: String, issuer: String? = nil) async throws -> Authenticator {
        let answer = try await host.post("/auth/mfa/totp", token: token, json: issuer.map { ["issuer": .string($0)] } ?? [:])
        guard answer.status == 200, let secret = try answer.json["secret"]?.string.flatMap({ Base32.decode($0) }) else {
            throw AppError(.internalError, "no secret: \(answer.status) \(answer.text)")
        }
        let totp = TOTP(secret: secret)
        let confirmed = try await host.post(
            "/auth/mfa/totp/confirm", token: token, json: ["code": .string(try totp.code(at: TimeSource.system.now() - .seconds(30)))])
        guard confirmed.status == 200, let codes = try confirmed.json["recovery_codes"]?.array else {
            throw AppError(.internalError, "not confirmed: \(confirmed.status) \(confirmed.text)")
        }
        return Authenticator(recoveryCodes: codes.compactMap(\.string), totp: totp)
    }

    init(secret: [UInt8]) {
        recoveryCodes = []
        totp = TOTP(secret: secret)
    }

    private init(recoveryCodes: [String], totp: TOTP) {
        self.recoveryCodes = recoveryCodes
        self.totp = totp
    }

    /// The code of now and so many steps of 30 s.
    func code(_ steps: Int = 0) throws -> String { try totp.code(at: TimeSource.system.now() + .seconds(30 * steps)) }

    /// Six digits that are no code of these minutes.
    func wrongCode() throws -> String {
        let right = try (-3...3).map { try code($0) }
        for number in 100_000..<200_000 where !right.contains("\(number)") { return "\(number)" }
        throw AppError(.internalError)
    }
}

extension RunningHost {
    /// The first step of a sign-in that has a second one.
    func challenge(_ person: Person) async throws -> String {
        let answer = try await post("/auth/login", json: ["email": .string(person.email), "password": .string(person.password)])
        guard answer.status == 200, try answer.json["mfa_required"] == true, let token = try answer.json["mfa_token"]?.string,
            try answer.json["access_token"] == nil, try answer.json["refresh_token"] == nil
        else { throw AppError(.internalError, "no challenge: \(answer.status) \(answer.text)") }
        return token
    }

    func verify(_ challenge: String, _ code: String, by path: String = "verify") async throws -> HTTPAnswer {
        try await post("/auth/mfa/\(path)", json: ["mfa_token": .string(challenge), "code": .string(code)])
    }
}
