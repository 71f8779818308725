import Kernel
import Mailing
import Postgres
import TestSupport
import Tokens

/// Somebody who can sign in, made for a test.
struct Person: Sendable {
    let member: Member
    let password: String
    var user: UserID { member.user }
    var email: String { "user-\(number)@example.test" }
    private let number: Int

    /// A member of a tenant with a password, whose hash costs little.
    static func make(_ number: Int = 1, in tenant: TenantID, role: Role = .owner) async throws -> Person {
        let member = try await Member.join(tenant, number: number, role: role)
        let password = "a bicycle for fish \(number)"
        _ = try await TestDatabase.current.query(
            "insert into identity.credentials (user_id, password_hash) values ($1, $2)",
            [.id(member.user), .text(PasswordHash(hashing: password, cost: .least).description)])
        return Person(member: member, password: password, number: number)
    }
}

/// What a sign-in or a refresh answered.
struct Tokens: Sendable {
    let access: String
    let refresh: String
    let session: UUID

    init(_ answer: HTTPAnswer) throws {
        guard answer.status == 200, let access = try answer.json["access_token"]?.string, let refresh = try answer.json["refresh_token"]?.string,
            let session = try answer.json["session_id"]?.string.flatMap({ UUID($0) })
        else { throw AppError(.internalError, "no tokens: \(answer.status) \(answer.text)") }
        self.access = access
        self.refresh = refresh
        self.session = session
    }
}

extension RunningHost {
    func logIn(_ person: Person, tenant: String? = nil) async throws -> Tokens {
        var body: JSONObject = ["email": .string(person.email), "password": .string(person.password)]
        if let tenant { body["tenant"] = .string(tenant) }
        return try Tokens(try await post("/auth/login", json: .object(body)))
    }

    func refresh(_ token: String) async throws -> HTTPAnswer {
        try await post("/auth/refresh", json: ["refresh_token": .string(token)])
    }

    /// The status of a call with an access token.
    func me(_ token: String) async throws -> Int { try await get("/auth/me", token: token).status }

    func delete(_ path: String, token: String) async throws -> HTTPAnswer { try await request("DELETE", path, token: token) }
}

/// The mails that a test's database has queued, kept from the mail handler's hands.
struct Mails: Sendable {
    private let queue: MailQueue

    /// Keeps a copy of each mail from now on.
    static func keep(_ host: RunningHost) async throws -> Mails {
        try await TestDatabase.current.execute(
            """
            create table public.kept_mails (number serial, template text, recipient text, tenant_id uuid, variables bytea);
            create function public.keep_mail() returns trigger language plpgsql security definer as $$
            begin
                insert into public.kept_mails (template, recipient, tenant_id, variables) values (new.template, new.recipient, new.tenant_id, new.variables);
                return null;
            end $$;
            create trigger keep_mail after insert on identity.mail_outbox for each row execute function public.keep_mail();
            """)
        let master = try MasterSecret(json: try File.read("\(host.home)/keys/master.json"))
        return Mails(queue: MailQueue(ring: try SealingRing(try master.ring(of: .mail, at: TimeSource.system.now()))))
    }

    /// The names of all mails to an address, the oldest first.
    func sent(to email: String) async throws -> [String] { try await templates(to: email).map(\.name) }

    private func templates(to email: String) async throws -> [MailTemplate] {
        try await TestDatabase.current.query(
            "select template, variables, tenant_id from public.kept_mails where recipient = $1 order by number", [.text(email)]
        ).map { row in
            try queue.open(
                try row.bytes(1), template: try row.text(0), recipient: email, tenant: try row.optionalUUID(2).map { TenantID($0) })
        }
    }

    /// The secret in the newest mail to an address.
    func secret(to email: String) async throws -> String {
        switch try await templates(to: email).last {
        case .verifyEmail(_, let token), .resetPassword(_, let token), .emailChange(_, _, let token), .invitation(_, _, _, let token): return token
        case let other: throw AppError(.internalError, "no secret in the newest mail to \(email): \(String(describing: other))")
        }
    }
}

extension TestDatabase {
    /// How often an event was recorded.
    func events(_ action: String, _ outcome: String = "ok", of user: UserID? = nil) async throws -> Int64 {
        try await query(
            "select count(*) from identity.security_events where action = $1 and outcome = $2 and ($3::uuid is null or user_id = $3)",
            [.text(action), .text(outcome), .optional(user, Bind.id)])[0].int64(0)
    }
}
