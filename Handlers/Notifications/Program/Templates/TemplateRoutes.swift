import HandlerKit
import NotificationDelivery
import NotificationRules

/// `/notifications/templates`: the tenant's own words for a type of message, on every channel that has none of its own.
enum TemplateRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/notifications/templates", access: .bearer("notifications:write"), summary: "The tenant's own words for messages") {
            (_: NoInput, invocation: Invocation) async throws -> TemplateList in
            TemplateList(templates: try await invocation.database.rows(TemplatesSQL.list).map { try TemplateAnswer($0) })
        }
        Route.put("/notifications/templates/{type}", access: .bearer("notifications:write"), summary: "Say a type of message in own words") {
            (input: TemplateInput, invocation: Invocation) async throws -> TemplateAnswer in
            let line = invocation.audit("template.changed", target: ("template", input.type))
            let wording = try JSON.encode(input.wording)
            return try await invocation.database.interactive { transaction in
                guard let row = try await transaction.batch([Call(TemplatesSQL.keep, [.text(input.type), .json(wording)]), line])[0].first else {
                    // Throwing takes the line back, too.
                    throw AppError(.conflict, "A tenant has at most 50 templates")
                }
                return try TemplateAnswer(row)
            }
        }
        Route.delete("/notifications/templates/{type}", access: .bearer("notifications:write"), summary: "Back to the product's words", status: 204) {
            (path: TemplatePath, invocation: Invocation) async throws -> Response in
            let line = invocation.audit("template.deleted", target: ("template", path.type))
            try await invocation.database.interactive { transaction in
                guard try await transaction.rows(TemplatesSQL.delete, .text(path.type)).affected > 0 else {
                    throw AppError(.notFound, "There is no such template")
                }
                _ = try await transaction.batch([line])
            }
            return .noContent
        }
        // What a message would say. Nothing is stored or sent.
        Route.post("/notifications/templates/preview", access: .bearer("notifications:write"), summary: "What a template says", writes: false) {
            (input: TemplatePreview, invocation: Invocation) async throws -> TemplateText in
            let notice = Notice(
                type: input.type ?? "alert.fired", severity: .warning, title: "Sales high fires", text: "sales 50 is above 10",
                facts: [.init("Business", "Bakery"), .init("Severity", "warning")], data: input.data ?? ["alert": "Sales high", "value": 50],
                occurredAt: invocation.time.now())
            let worded = MessageWording(title: input.title, text: input.text).worded(notice)
            return TemplateText(title: worded.title, text: worded.text)
        }
    }
}

/// Types of messages, as ``SendInput`` has them.
enum MessageType {
    static let expected = "expected up to 64 of a-z, 0-9, _ and ., a letter first"

    static func isOne(_ text: String) -> Bool {
        (97...122).contains(text.utf8.first ?? 0) && text.utf8.count <= 64
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 46 }
    }
}

struct TemplatePath: Decodable, Sendable {
    let type: String
}

struct TemplateInput: Decodable, Sendable, Validated {
    let type: String
    let title: String?
    let text: String?

    var wording: MessageWording { MessageWording(title: title, text: text) }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require(MessageType.isOne(type), "type", MessageType.expected)
        issues.require(title != nil || text != nil, "title", "expected a title, a text, or both")
        wording.validate(&issues)
    }
}

struct TemplatePreview: Decodable, Sendable, Validated {
    /// `alert.fired`, unless given.
    let type: String?
    let title: String?
    let text: String?
    /// What `data` is in it: an object.
    let data: JSONValue?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require(type.map(MessageType.isOne) ?? true, "type", MessageType.expected)
        issues.require(data.map { $0.isNull || $0.object != nil } ?? true, "data", "expected an object")
        MessageWording(title: title, text: text).validate(&issues)
    }
}

struct TemplateAnswer: Codable, Sendable {
    let type: String
    @OrNull var title: String?
    @OrNull var text: String?
    let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case type, title, text
        case updatedAt = "updated_at"
    }

    init(_ row: Row) throws {
        type = try row.text(0)
        let wording = try Self.wording(row)
        _title = OrNull(wrappedValue: wording.title)
        _text = OrNull(wrappedValue: wording.text)
        updatedAt = try row.timestamp(2)
    }

    static func wording(_ row: Row) throws -> MessageWording { try JSON.decode(MessageWording.self, from: try JSON.read(try row.json(1))) }
}

struct TemplateList: Codable, Sendable {
    let templates: [TemplateAnswer]
}

struct TemplateText: Codable, Sendable {
    let title: String
    let text: String
}
