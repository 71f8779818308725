import HandlerKit

/// The functions over what people say of themselves. They take the user from the context, so the binds begin at `$1`.
enum ProfileSQL {
    static let read = Statement(
        "users.profile",
        """
        select user_id, email, name, locale, time_zone, avatar_url, revision, created_at
        from identity.own_profile()
        """)

    /// $1 name, $2 locale, $3 time zone, $4 picture, $5 the revision that was read or null.
    static let change = Statement(
        "users.change_profile", "select identity.change_profile($1::text, $2::text, $3::text, $4::text, $5::int4)", access: .write)

    static let preferences = Statement("users.preferences", "select preferences, revision from identity.own_preferences()")

    /// $1 the object, $2 the revision that was read or null.
    static let changePreferences = Statement(
        "users.change_preferences", "select identity.change_preferences($1::jsonb, $2::int4)", access: .write)

    static let all = [read, change, preferences, changePreferences]
}
