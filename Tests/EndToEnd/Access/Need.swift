/// What a route asks of its caller, as this test says it, apart from the product's own tables.
enum Need: Sendable, Equatable {
    /// Everybody.
    case open
    /// Any member with all of a token's rights; no key.
    case member
    /// Every member's own affair: no key ever.
    case personal(String)
    /// A scope that viewers and all above them hold.
    case viewer(String)
    /// A scope that analysts and all above them hold.
    case analyst(String)
    /// A scope that admins and owners alone hold.
    case admin(String)
    /// The host itself.
    case system

    /// The scope; nil where none is asked.
    var scope: String? {
        switch self {
        case .open, .member, .system: nil
        case .personal(let scope), .viewer(let scope), .analyst(let scope), .admin(let scope): scope
        }
    }

    /// Every route of the product's handlers. A route that is not here fails the matrix.
    static let table: [String: Need] = [
        "POST /auth/login": .open,
        "POST /auth/register": .open,
        "POST /auth/refresh": .open,
        "POST /auth/logout": .member,
        "POST /auth/reset-password": .open,
        "POST /auth/reset-password/confirm": .open,
        "POST /auth/verify-email": .open,
        "POST /auth/verify-email/resend": .open,
        "POST /auth/change-email/confirm": .open,
        "POST /auth/change-email": .personal("profile:write"),
        "POST /auth/change-password": .personal("profile:write"),
        "GET /auth/me": .personal("profile:read"),
        "GET /auth/security-events": .personal("profile:read"),
        "GET /auth/sessions": .personal("sessions:read"),
        "DELETE /auth/sessions": .personal("sessions:write"),
        "DELETE /auth/sessions/{session_id}": .personal("sessions:write"),
        "POST /auth/switch-tenant": .personal("sessions:write"),

        "GET /businesses": .viewer("businesses:read"),
        "POST /businesses": .admin("businesses:write"),
        "GET /businesses/{business_id}": .viewer("businesses:read"),
        "PUT /businesses/{business_id}": .admin("businesses:write"),
        "DELETE /businesses/{business_id}": .admin("businesses:write"),
        "GET /dashboard/metrics/{business_id}": .viewer("dashboard:read"),
        "POST /data/upload": .analyst("data:write"),

        "GET /auth/mfa": .personal("mfa:read"),
        "POST /auth/mfa/totp": .personal("mfa:write"),
        "POST /auth/mfa/totp/confirm": .personal("mfa:write"),
        "DELETE /auth/mfa/totp": .personal("mfa:write"),
        "POST /auth/mfa/recovery-codes": .personal("mfa:write"),
        "POST /auth/mfa/verify": .open,
        "POST /auth/mfa/recovery": .open,

        "GET /auth/oidc/callback": .open,
        "GET /auth/oidc/providers/public": .open,
        "GET /auth/oidc/{provider_id}/start": .open,
        "POST /auth/oidc/token": .open,
        "GET /auth/oidc/providers": .admin("sso:read"),
        "POST /auth/oidc/providers": .admin("sso:write"),
        "PUT /auth/oidc/providers/{provider_id}": .admin("sso:write"),
        "DELETE /auth/oidc/providers/{provider_id}": .admin("sso:write"),

        "GET /users/profile": .personal("profile:read"),
        "PUT /users/profile": .personal("profile:write"),
        "GET /users/preferences": .personal("profile:read"),
        "PUT /users/preferences": .personal("profile:write"),
        "GET /members": .viewer("members:read"),
        "PUT /members/{user_id}": .admin("members:write"),
        "DELETE /members/{user_id}": .admin("members:write"),
        "DELETE /members/me": .member,
        "GET /invitations": .admin("members:write"),
        "POST /invitations": .admin("members:write"),
        "DELETE /invitations/{invitation_id}": .admin("members:write"),
        "POST /invitations/accept": .open,
        "GET /tenant/security": .admin("tenant:read"),
        "PUT /tenant/security": .admin("tenant:write"),

        "GET /audit/events": .admin("audit:read"),
        "GET /audit/security-events": .admin("audit:read"),
        "GET /audit/verification": .admin("audit:read"),
        "GET /audit/export": .admin("audit:export"),
        "POST /internal/audit/seal": .system,

        "GET /roles": .admin("roles:read"),
        "POST /roles": .admin("roles:write"),
        "GET /roles/{role_name}": .admin("roles:read"),
        "PUT /roles/{role_name}": .admin("roles:write"),
        "DELETE /roles/{role_name}": .admin("roles:write"),
        "GET /api-keys": .admin("keys:read"),
        "POST /api-keys": .admin("keys:write"),
        "DELETE /api-keys/{key_id}": .admin("keys:write"),

        "POST /internal/mail/deliver": .system,
    ]
}
