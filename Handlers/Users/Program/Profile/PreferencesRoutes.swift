import HandlerKit

/// `/users/preferences`: what apps keep for a person, over all their tenants: any JSON object.
enum PreferencesRoutes {
    /// Of the object as compact JSON, in bytes.
    static let limit = 16 << 10

    @RoutesBuilder static var routes: [Route] {
        Route.get("/users/preferences", access: .bearer("profile:read"), summary: "One's own preferences") {
            (_: NoInput, invocation: Invocation) async throws -> Response in
            guard let row = try await invocation.identity.rows(ProfileSQL.preferences).first else { throw AppError(.unauthenticated) }
            return try answer(try JSON.read(try row.json(0)), revision: try row.int32(1))
        }
        Route.put(
            "/users/preferences", access: .bearer("profile:write"), summary: "Replace one's own preferences; If-Match guards against lost updates",
            body: .json(limit: limit * 4)
        ) { (input: PreferencesInput, invocation: Invocation) async throws -> Response in
            let bytes = Array(input.preferences.description.utf8)
            let rows = try await invocation.identity.rows(
                ProfileSQL.changePreferences, .json(bytes), .optional(try Revision.expected(invocation.request), Bind.int32))
            guard let revision = try rows.first?.optionalInt32(0) else { throw Revision.outdated }
            return try answer(input.preferences, revision: revision)
        }
    }

    private static func answer(_ preferences: JSONValue, revision: Int32) throws -> Response {
        var response = try Response.json(PreferencesAnswer(preferences: preferences))
        response.headers.append(Revision.header(revision))
        return response
    }
}

struct PreferencesInput: Decodable, Sendable, Validated {
    let preferences: JSONValue

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require(preferences.object != nil, "preferences", "expected an object")
        issues.require(
            preferences.description.utf8.count <= PreferencesRoutes.limit, "preferences", "expected at most \(PreferencesRoutes.limit) bytes of JSON")
    }
}

struct PreferencesAnswer: Encodable, Sendable {
    let preferences: JSONValue
}
