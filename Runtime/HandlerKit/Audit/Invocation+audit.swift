public import Kernel
public import Postgres
import Wire

extension Invocation {
    /// A line of the tenant's audit log: who does what to what, from where. Append it to the transaction whose effect it tells of, so that either
    /// both are there or none.
    ///
    /// ```swift
    /// try await invocation.database.transaction([
    ///     Call(MembersSQL.remove, [.id(member)]),
    ///     invocation.audit("member.removed", target: ("member", member), details: ["role": "viewer"]),
    /// ])
    /// ```
    ///
    /// The manifest grants `app.audit_log: [insert]`. `action` is lower-case words joined by `_` and `.`, at most 64 bytes; `target` is a type of the
    /// same form (without `.`) and an id of at most 200 characters; `details` is an object of at most 16 KB. No secrets belong there: the tenant's
    /// admins read and export it. Characters that could pretend to be something else (controls, line ends, marks of direction) are left out of the
    /// address, the user agent and the target.
    public func audit(
        _ action: StaticString, target: (type: StaticString, id: any CustomStringConvertible)? = nil, details: JSONValue = [:]
    ) -> Call {
        exchange.audit(action, target, details)
    }
}

extension Exchange {
    /// A line of the audit log in the name of whoever calls.
    func audit(_ action: StaticString, _ target: (type: StaticString, id: any CustomStringConvertible)?, _ details: JSONValue) -> Call {
        Call(
            AuditSQL.append,
            [
                .uuid(makeID()), .id(head.user), .text(head.role), .optional(head.session == .zero ? nil : head.session, Bind.uuid),
                .optional(head.apiKey == .zero ? nil : head.apiKey, Bind.uuid), .text(action.description),
                .optional(target?.type.description, Bind.text), .optional(target.map { AuditText.cleaned($0.id.description, limit: 200) }, Bind.text),
                .text(AuditText.cleaned(head.address, limit: 64)), .text(AuditText.cleaned(header("user-agent") ?? "", limit: 300)),
                .text(AuditText.cleaned(head.requestID, limit: 200)), .json(Array(details.description.utf8)),
            ])
    }
}
