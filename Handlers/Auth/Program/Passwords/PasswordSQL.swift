import HandlerKit

/// Functions about passwords and those who guess them.
enum PasswordSQL {
    /// $1, $2: e-mail, address.
    static let begin = Statement(
        "passwords.begin",
        """
        select retry_after, user_id, password_hash, disabled, second_factor
        from identity.begin_sign_in($1::text, $2::text)
        """, access: .write)

    /// $1…$3: user or null, address, user agent.
    static let fail = Statement(
        "passwords.fail", "select identity.fail_sign_in($1::uuid, $2::text, $3::text)", access: .write)

    /// $1, $2: user, hash.
    static let rehash = Statement(
        "passwords.rehash", "select identity.set_password_hash($1::uuid, $2::text)", access: .write)

    /// $1…$3: session, whether a password is given, address.
    static let beginAgain = Statement(
        "passwords.begin_again",
        """
        select retry_after, password_hash, is_fresh, email, user_name, second_factor
        from identity.begin_reauthentication($1::uuid, $2::boolean, $3::text)
        """, access: .write)

    /// $1, $2: session, address.
    static let endAgain = Statement(
        "passwords.end_again", "select identity.end_reauthentication($1::uuid, $2::text)", access: .write)

    /// $1…$4: session, hash, address, user agent.
    static let change = Statement(
        "passwords.change", "select identity.change_password($1::uuid, $2::text, $3::text, $4::text)", access: .write)

    /// $1…$4: hash of the secret, hash of the password, address, user agent.
    static let reset = Statement(
        "passwords.reset",
        """
        select user_id, email, user_name
        from identity.reset_password($1::bytea, $2::text, $3::text, $4::text)
        """, access: .write)

    static let all = [begin, fail, rehash, beginAgain, endAgain, change, reset]
}
