public import HandlerKit
public import Tokens

/// Queues mail in the transaction of its cause: nothing is sent for what was rolled back, nothing is forgotten that was committed.
///
/// The handler's manifest names the secret `mail_key` and grants `identity.queue_mail: [execute]`.
public struct MailQueue: Sendable {
    private let ring: SealingRing

    /// With the ring made of the secret `mail_key`.
    public init(ring: SealingRing) { self.ring = ring }

    /// What to append to a transaction of ``IdentityDatabase``.
    ///
    /// `recipient` is one address, checked before by ``Mailbox/init(address:)``. Throws `VALIDATION_ERROR` where it is none.
    public func call(_ template: MailTemplate, to recipient: String, tenant: TenantID?) throws(AppError) -> Call {
        let sealed = try seal(template, recipient, tenant)
        return Call(MailSQL.queue, [.text(template.name), .text(recipient), tenant.map { .id($0) } ?? .null, .bytes(sealed)])
    }

    /// What to append to a transaction of ``TenantDatabase``, whose tenant it then names.
    public func tenantCall(_ template: MailTemplate, to recipient: String, tenant: TenantID) throws(AppError) -> Call {
        Call(MailSQL.queueOfTenant, [.text(template.name), .text(recipient), .bytes(try seal(template, recipient, tenant))])
    }

    /// The template that was sealed for a recipient.
    ///
    /// Throws `FORBIDDEN` where it was sealed for another mail or by a key that is gone, `INTERNAL_ERROR` where it cannot be read.
    public func open(_ sealed: [UInt8], template: String, recipient: String, tenant: TenantID?) throws(AppError) -> MailTemplate {
        let plain = try ring.open(sealed, for: Self.associated(template, recipient, tenant))
        return try JSON.decode(MailVariables.self, from: try JSON.read(plain)).template(named: template)
    }

    private func seal(_ template: MailTemplate, _ recipient: String, _ tenant: TenantID?) throws(AppError) -> [UInt8] {
        _ = try Mailbox(address: recipient)
        return try ring.seal(try JSON.encode(MailVariables(template)), for: Self.associated(template.name, recipient, tenant))
    }

    /// Variables open for the mail that they were sealed for only. A line feed cannot stand in any of the parts.
    private static func associated(_ template: String, _ recipient: String, _ tenant: TenantID?) -> [UInt8] {
        Array("mail\n\(template)\n\(recipient)\n\(tenant?.description ?? "")".utf8)
    }
}

/// The statements of whoever queues mail. `queue` belongs into a handler's catalogue, `queueOfTenant` too where mail goes with a tenant's rows.
public enum MailSQL {
    public static let queue = Statement(
        "mail.queue",
        """
        select identity.queue_mail($1::text, $2::text, $3::uuid, $4::bytea)
        """, access: .write)

    public static let queueOfTenant = Statement(
        "mail.queue_of_tenant",
        """
        select identity.queue_mail($2::text, $3::text, $1::uuid, $4::bytea)
        """, access: .write)
}
