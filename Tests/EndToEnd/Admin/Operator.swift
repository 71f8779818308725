import Kernel
import Postgres
import TestSupport
import Tokens

extension Member {
    /// Makes them an operator of the installation.
    func appoint(_ role: OperatorRole) async throws {
        _ = try await TestDatabase.current.query("select identity.set_operator($1, $2, null)", [.id(user), .text(role.rawValue)])
    }
}

extension RunningHost {
    /// An operator's token, of a session of its own unless one is given.
    func operatorToken(_ user: UserID, session: UUID? = nil, lifetime: Duration = OperatorClaims.lifetime) throws -> String {
        var random = SystemRandomNumberGenerator()
        let now = TimeSource.system.now()
        let id = UUID.v7(at: now, using: &random)
        return try sign(OperatorClaims(user: user, session: session ?? id, id: id, issuedAt: now, lifetime: lifetime).json)
    }

    /// A call with a JSON body.
    func send(_ method: String, _ path: String, token: String?, json: JSONValue) async throws -> HTTPAnswer {
        try await request(method, path, token: token, headers: [("content-type", "application/json")], body: Array(json.description.utf8))
    }

    /// Signs in with both factors, as a member.
    func logIn(_ person: Person, with app: Authenticator) async throws -> Tokens {
        try Tokens(try await verify(try await challenge(person), try app.code()))
    }
}
