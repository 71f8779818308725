import AuditTrail
import HandlerKit

extension AuditEntry {
    /// An entry from a row with its columns in the order of ``EventsSQL``, from a column on.
    init(_ row: Row, from first: Int = 0) throws {
        self.init(
            id: try row.uuid(first), occurredAt: try row.timestamp(first + 1), user: try row.uuid(first + 2), role: try row.text(first + 3),
            session: try row.optionalUUID(first + 4), apiKey: try row.optionalUUID(first + 5), action: try row.text(first + 6),
            targetType: try row.optionalText(first + 7), targetID: try row.optionalText(first + 8), handler: try row.text(first + 9),
            address: try row.text(first + 10), userAgent: try row.text(first + 11), requestID: try row.text(first + 12),
            details: String(decoding: try row.json(first + 13), as: UTF8.self))
    }
}
