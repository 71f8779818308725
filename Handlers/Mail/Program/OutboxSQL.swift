import HandlerKit

/// The functions of the outbox. None of them needs a tenant, so the binds begin at `$1`.
enum OutboxSQL {
    static let claim = Statement(
        "mail.claim",
        """
        select id, template, recipient, tenant_id, variables, created_at, attempt
        from identity.claim_mail($1::int, $2::int * interval '1 second')
        """, access: .write)

    static let sent = Statement(
        "mail.sent",
        """
        select identity.mail_sent($1::uuid, $2::int)
        """, access: .write)

    static let postponed = Statement(
        "mail.postponed",
        """
        select identity.mail_postponed($1::uuid, $2::int, $3::int * interval '1 second', $4::text)
        """, access: .write)

    static let givenUp = Statement(
        "mail.given_up",
        """
        select identity.mail_given_up($1::uuid, $2::int, $3::text)
        """, access: .write)

    static let sweep = Statement(
        "mail.sweep",
        """
        select identity.sweep_mail()
        """, access: .write)

    static let all = [claim, sent, postponed, givenUp, sweep]
}
