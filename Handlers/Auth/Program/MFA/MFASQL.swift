import HandlerKit

/// The functions of the schema `identity` about the second factor. The binds begin at `$1`.
enum MFASQL {
    /// $1: the challenge's hash.
    static let beginChallenge = Statement(
        "mfa.begin_challenge",
        """
        select outcome, retry_after, user_id, secret, last_step
        from identity.begin_challenge($1::bytea)
        """, access: .write)

    /// $1 hash, $2 step, $3 the secret sealed anew or null, $4 address, $5 user agent.
    static let completeChallenge = Statement(
        "mfa.complete_challenge",
        """
        select user_id, tenant_id, details
        from identity.complete_challenge($1::bytea, $2::bigint, $3::bytea, $4::text, $5::text)
        """, access: .write)

    /// $1 hash, $2 the code's hash, $3 address, $4 user agent.
    static let useRecoveryCode = Statement(
        "mfa.use_recovery_code",
        """
        select outcome, retry_after, user_id, tenant_id, details, remaining
        from identity.use_recovery_code($1::bytea, $2::bytea, $3::text, $4::text)
        """, access: .write)

    /// $1: session.
    static let state = Statement(
        "mfa.state",
        """
        select email, user_name, confirmed_at, is_pending, recovery_codes, is_required, is_fresh
        from identity.factor_state($1::uuid)
        """)

    /// $1 session, $2 sealed secret.
    static let enrol = Statement(
        "mfa.enrol",
        """
        select identity.enrol_totp($1::uuid, $2::bytea)
        """, access: .write)

    static let beginOwnCode = Statement(
        "mfa.begin_own_code",
        """
        select outcome, retry_after, secret, is_confirmed, last_step
        from identity.begin_own_code()
        """, access: .write)

    /// $1 session, $2 the sealed secret that was checked, $3 step, $4 hashes of the recovery codes, $5 address, $6 user agent.
    static let confirm = Statement(
        "mfa.confirm",
        """
        select identity.confirm_totp($1::uuid, $2::bytea, $3::bigint, $4::text[], $5::text, $6::text)
        """, access: .write)

    /// $1 session, $2 step or null, $3 hashes, $4 address, $5 user agent.
    static let replaceRecoveryCodes = Statement(
        "mfa.replace_recovery_codes",
        """
        select identity.replace_recovery_codes($1::uuid, $2::bigint, $3::text[], $4::text, $5::text)
        """, access: .write)

    /// $1 session, $2 step or null, $3 address, $4 user agent.
    static let disable = Statement(
        "mfa.disable",
        """
        select identity.disable_totp($1::uuid, $2::bigint, $3::text, $4::text)
        """, access: .write)

    /// $1: session. Whether it may do no more than enrol.
    static let isRestricted = Statement("mfa.is_restricted", "select identity.session_is_restricted($1::uuid)")

    static let all = [
        isRestricted, beginChallenge, completeChallenge, useRecoveryCode, state, enrol, beginOwnCode, confirm, replaceRecoveryCodes, disable,
    ]
}
