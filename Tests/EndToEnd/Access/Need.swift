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
    /// An operator of the installation whose role holds the scope; no member, whatever their role.
    case `operator`(String)

    /// The scope; nil where none is asked.
    var scope: String? {
        switch self {
        case .open, .member, .system: nil
        case .personal(let scope), .viewer(let scope), .analyst(let scope), .admin(let scope), .operator(let scope): scope
        }
    }

    /// Every route of the product's handlers. A route that is not here fails the matrix.
    static let table: [String: Need] = [
        "POST /auth/login": .open,
        "POST /auth/register": .open,
        "POST /auth/refresh": .open,
        "POST /auth/logout": .personal("sessions:end"),
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
        "POST /auth/operator": .personal("sessions:write"),

        "POST /admin/tenants": .operator("tenants:write"),
        "GET /admin/tenants": .operator("tenants:read"),
        "GET /admin/tenants/{tenant_id}": .operator("tenants:read"),
        "PATCH /admin/tenants/{tenant_id}": .operator("tenants:write"),
        "DELETE /admin/tenants/{tenant_id}": .operator("tenants:write"),
        "PUT /admin/tenants/{tenant_id}/plan": .operator("tenants:write"),
        "POST /admin/tenants/{tenant_id}/suspend": .operator("tenants:write"),
        "POST /admin/tenants/{tenant_id}/hold": .operator("tenants:write"),
        "POST /admin/tenants/{tenant_id}/release": .operator("tenants:write"),
        "POST /admin/tenants/{tenant_id}/resume": .operator("tenants:write"),
        "POST /admin/tenants/{tenant_id}/undelete": .operator("tenants:write"),
        "GET /admin/tenants/{tenant_id}/usage": .operator("tenants:read"),
        "GET /admin/tenants/{tenant_id}/health": .operator("tenants:read"),
        "GET /admin/tenants/{tenant_id}/archive": .operator("archives:read"),
        "POST /admin/tenants/{tenant_id}/clone": .operator("archives:write"),
        "POST /admin/archives": .operator("archives:write"),
        "GET /admin/me": .operator("tenants:read"),
        "DELETE /admin/session": .operator("tenants:read"),
        "GET /admin/operators": .operator("operators:write"),
        "PUT /admin/operators": .operator("operators:write"),
        "DELETE /admin/operators/{user_id}": .operator("operators:write"),

        "GET /businesses": .viewer("businesses:read"),
        "POST /businesses": .admin("businesses:write"),
        "GET /businesses/{business_id}": .viewer("businesses:read"),
        "PUT /businesses/{business_id}": .admin("businesses:write"),
        "DELETE /businesses/{business_id}": .admin("businesses:write"),
        "GET /dashboard/metrics/{business_id}": .viewer("dashboard:read"),
        "GET /dashboard/news/{business_id}": .viewer("dashboard:read"),
        "POST /data/upload": .analyst("data:write"),
        "GET /data/connectors": .viewer("data:read"),
        "GET /data/sources/{business_id}": .viewer("data:read"),
        "POST /data/sources": .analyst("data:write"),
        "POST /data/sources/test": .analyst("data:write"),
        "PUT /data/sources/{source_id}": .analyst("data:write"),
        "DELETE /data/sources/{source_id}": .analyst("data:write"),
        "GET /data/sources/{source_id}/runs": .viewer("data:read"),
        "POST /data/sources/{source_id}/test": .analyst("data:write"),
        "POST /data/sources/{source_id}/sync": .analyst("data:write"),
        "POST /data/sources/{source_id}/pause": .analyst("data:write"),
        "POST /data/sources/{source_id}/resume": .analyst("data:write"),
        "POST /data/sources/{source_id}/push": .open,
        "GET /data/places/{business_id}": .viewer("data:read"),
        "POST /internal/sources/work": .system,
        "POST /files/upload": .analyst("data:write"),
        "GET /files": .viewer("data:read"),
        "GET /files/events": .viewer("data:read"),
        "GET /files/{file_id}": .viewer("data:read"),
        "DELETE /files/{file_id}": .analyst("data:write"),
        "GET /files/{file_id}/content": .viewer("data:read"),
        "GET /files/{file_id}/preview": .viewer("data:read"),
        "GET /files/{file_id}/statistics": .viewer("data:read"),
        "PUT /files/{file_id}/shape": .analyst("data:write"),
        "POST /files/{file_id}/cancel": .analyst("data:write"),
        "POST /files/{file_id}/import": .analyst("data:write"),
        "GET /imports": .viewer("data:read"),
        "GET /imports/{import_id}": .viewer("data:read"),
        "GET /imports/{import_id}/refused": .viewer("data:read"),
        "POST /imports/{import_id}/cancel": .analyst("data:write"),
        "POST /imports/{import_id}/undo": .analyst("data:write"),

        "OPTIONS /files/resumable": .open,
        "OPTIONS /files/resumable/{upload_id}": .open,
        "POST /files/resumable": .analyst("data:write"),
        "GET /files/resumable/{upload_id}": .analyst("data:write"),
        "PATCH /files/resumable/{upload_id}": .analyst("data:write"),
        "POST /files/resumable/{upload_id}": .analyst("data:write"),
        "DELETE /files/resumable/{upload_id}": .analyst("data:write"),

        "GET /jobs": .viewer("jobs:read"),
        "GET /jobs/{job_id}": .viewer("jobs:read"),
        "POST /jobs/{job_id}/cancel": .admin("jobs:write"),
        "POST /jobs/{job_id}/pause": .admin("jobs:write"),
        "POST /jobs/{job_id}/resume": .admin("jobs:write"),
        "POST /jobs/{job_id}/retry": .admin("jobs:write"),
        "GET /jobs/timers": .viewer("jobs:read"),
        "GET /jobs/timers/{handler}/{timer}/occurrences": .viewer("jobs:read"),
        "GET /jobs/timers/{handler}/{timer}/upcoming": .viewer("jobs:read"),
        "POST /jobs/timers/{handler}/{timer}/pause": .admin("jobs:write"),
        "POST /jobs/timers/{handler}/{timer}/resume": .admin("jobs:write"),
        "POST /jobs/timers/{handler}/{timer}/run": .admin("jobs:write"),
        "GET /admin/jobs": .operator("tenants:read"),
        "GET /admin/tenants/{tenant_id}/jobs": .operator("tenants:read"),
        "POST /admin/tenants/{tenant_id}/jobs/{job_id}/cancel": .operator("tenants:write"),
        "POST /admin/tenants/{tenant_id}/jobs/{job_id}/pause": .operator("tenants:write"),
        "POST /admin/tenants/{tenant_id}/jobs/{job_id}/resume": .operator("tenants:write"),
        "POST /admin/tenants/{tenant_id}/jobs/{job_id}/retry": .operator("tenants:write"),

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

        "GET /plans": .open,
        "GET /users/subscription": .viewer("billing:read"),
        "GET /users/upgrade/preview": .viewer("billing:read"),
        "GET /users/usage": .viewer("billing:read"),
        "POST /users/upgrade": .admin("billing:write"),
        "POST /users/subscription/cancel": .admin("billing:write"),
        "POST /users/subscription/resume": .admin("billing:write"),
        "POST /users/subscription/portal": .admin("billing:write"),
        "POST /billing/webhooks/stripe": .open,
        "POST /internal/subscriptions/advance": .system,
        "POST /internal/subscriptions/erase": .system,
        "POST /internal/retention/erase": .system,
        "POST /internal/jobs/remove_old_data": .system,
        "POST /internal/jobs/cleanup_old_data": .system,
        "POST /internal/jobs/refresh_usage": .system,
        "POST /internal/jobs/score_news": .system,
        "POST /internal/uploads/retain": .system,
        "POST /internal/uploads/work": .system,
    ]
}
