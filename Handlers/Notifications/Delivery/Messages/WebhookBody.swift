public import Kernel
import NotificationRules

/// What a generic webhook receives (Standard Webhooks 1.0, "Payload structure"): `type`, `timestamp`, `data`.
public enum WebhookBody {
    /// `data` holds the notice's words and its data.
    public static func bytes(_ notice: Notice) throws(AppError) -> [UInt8] {
        let data: JSONValue = [
            "severity": .string(notice.severity.rawValue), "title": .string(notice.title), "text": .string(notice.text),
            "facts": .array(notice.facts.map { ["name": .string($0.name), "value": .string($0.value)] }), "details": notice.data,
        ]
        return try JSON.encode(["type": .string(notice.type), "timestamp": .string(notice.occurredAt.description), "data": data] as JSONValue)
    }
}
