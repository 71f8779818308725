public import Kernel

extension AuditEntry {
    /// The names of the cells of ``cells(position:)``.
    public static let columns = [
        "position", "occurred_at", "action", "target_type", "target_id", "actor", "user_id", "role", "session_id", "api_key_id", "handler", "address",
        "user_agent", "request_id", "id", "details",
    ]

    /// The entry as the cells of a table.
    public func cells(position: Int64) -> [String] {
        [
            "\(position)", "\(occurredAt)", action, targetType ?? "", targetID ?? "", actor, user == .zero ? "" : "\(user)", role,
            session.map { "\($0)" } ?? "", apiKey.map { "\($0)" } ?? "", handler, address, userAgent, requestID, "\(id)", details,
        ]
    }

    /// The entry as an object; with its place in the log where that is known.
    public func write(to writer: inout JSONWriter, position: Int64? = nil) {
        writer.beginObject()
        if let position {
            writer.key("position")
            writer.value(position)
        }
        writer.key("id")
        writer.value(id)
        writer.key("occurred_at")
        writer.value(occurredAt)
        writer.key("actor")
        writeActor(to: &writer)
        writer.key("action")
        writer.value(action)
        writer.key("target")
        if let targetType, let targetID {
            writer.beginObject()
            writer.key("type")
            writer.value(targetType)
            writer.key("id")
            writer.value(targetID)
            writer.endObject()
        } else {
            writer.null()
        }
        for (name, text) in [("handler", handler), ("address", address), ("user_agent", userAgent), ("request_id", requestID)] {
            writer.key(named: name)
            writer.value(text)
        }
        writer.key("details")
        writer.raw(details.utf8)
        writer.endObject()
    }

    private func writeActor(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("type")
        writer.value(actor)
        writer.key("user_id")
        writer.optional(user == .zero ? nil : user)
        writer.key("role")
        if role.isEmpty { writer.null() } else { writer.value(role) }
        writer.key("session_id")
        writer.optional(session)
        writer.key("api_key_id")
        writer.optional(apiKey)
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func optional(_ id: UUID?) { if let id { value(id) } else { null() } }
}
