import HandlerKit
import Mailing
import Tokens

/// What is mailed to whoever has an address, alike to the eyes of whoever asked for it: the answer and its time tell nothing of the address.
struct AddressMail: Sendable {
    let mail: MailQueue

    /// How long a mailed secret is good.
    enum Lifetime {
        static let verification: Int32 = 86_400
        static let reset: Int32 = 3600
    }

    /// Whom the address belongs to, and whether one more mail may go there.
    struct Owner: Sendable {
        let user: UserID?
        let name: String?
        let mayMail: Bool
    }

    func owner(of email: String, _ caller: Caller) async throws -> Owner {
        guard let row = try await caller.database.rows(AddressSQL.owner, .text(email)).first else {
            throw AppError(.internalError, detail: "address_owner answered no row")
        }
        return Owner(user: try row.optionalUUID(0).map { UserID($0) }, name: try row.optionalText(1), mayMail: try row.bool(2))
    }

    /// A new secret of that purpose, which takes the place of an older one.
    func issue(_ secret: OneTimeSecret, _ purpose: String, user: UserID?, email: String?, seconds: Int32, details: JSONValue = [:]) -> Call {
        Call(
            AddressSQL.issue,
            [
                .bytes(secret.hash), .text(purpose), .optional(user, Bind.id), .optional(email, Bind.text), .null, .int32(seconds),
                .json(Array(details.description.utf8)),
            ])
    }

    func event(_ action: String, _ outcome: String, user: UserID?, _ caller: Caller, session: UUID? = nil) -> Call {
        Call(
            IdentitySQL.event,
            [
                .text(action), .text(outcome), .optional(user, Bind.id), .null, .optional(session, Bind.uuid), .text(caller.address),
                .text(caller.userAgent), .json(Array("{}".utf8)),
            ])
    }

    /// Runs a body and returns at the next whole tenth of a second, so that what it did cannot be told from when it ended.
    static func evenly(_ time: TimeSource, _ body: () async throws -> Void) async throws -> MailAnswer {
        let step = Duration.milliseconds(100)
        let begun = time.instant()
        try await body()
        let past = begun.duration(to: time.instant()).microseconds % step.microseconds
        try await Task.sleep(for: step - .microseconds(past))
        return MailAnswer()
    }
}

/// What everybody hears who asked for a mail.
struct MailAnswer: Codable, Sendable {
    var status = "mail_sent"
    var message = "If that is possible for this address, a mail is on its way to it"
}

enum AddressSQL {
    /// $1: e-mail.
    static let owner = Statement(
        "addresses.owner",
        """
        select user_id, user_name, may_mail
        from identity.address_owner($1::text)
        """, access: .write)

    /// $1…$7: hash of the secret, purpose, user, e-mail, tenant, lifetime in seconds, details.
    static let issue = Statement(
        "addresses.issue",
        """
        select identity.issue_one_time($1::bytea, $2::text, $3::uuid, $4::text, $5::uuid, $6::int4, $7::jsonb)
        """, access: .write)

    /// $1, $2: hash of the secret, purpose.
    static let read = Statement(
        "addresses.read",
        """
        select user_id, email
        from identity.read_one_time($1::bytea, $2::text)
        """)

    /// $1…$5: hash of the secret, new user, new tenant, address, user agent.
    static let verify = Statement(
        "addresses.verify",
        """
        select outcome, email, user_name, slug, tenant_name
        from identity.verify_registration($1::bytea, $2::uuid, $3::uuid, $4::text, $5::text)
        """, access: .write)

    /// $1…$3: e-mail, hash of the secret, lifetime in seconds.
    static let renew = Statement(
        "addresses.renew", "select identity.renew_registration($1::text, $2::bytea, $3::int4)", access: .write)

    /// $1…$3: hash of the secret, address, user agent.
    static let change = Statement(
        "addresses.change",
        """
        select outcome, user_id, old_email, new_email, user_name
        from identity.change_email($1::bytea, $2::text, $3::text)
        """, access: .write)

    static let all = [owner, issue, read, verify, renew, change]
}
