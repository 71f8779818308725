/// The closure's input is decoded from the path's parameters, the query and the members of a JSON body together, by name; each must have its name in
/// only one of them. What is wrong with it is answered with 400 and every field's issue before the closure runs. `NoInput` reads nothing.
///
/// An `Encodable` output is answered as JSON with `status`; a ``Response`` is answered as it is, `status` then only stands in the API's document.
extension Route {
    /// Reads something. Its transactions are read-only unless `writes` says otherwise.
    public static func get<Context, Input, Output>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .none, writes: Bool = false,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output
    ) -> Route where Input: Decodable & Sendable, Output: Encodable & Sendable {
        Route("GET", path, access, summary, status, body, writes, handle)
    }

    /// Reads something. Its transactions are read-only unless `writes` says otherwise.
    public static func get<Context, Input>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .none, writes: Bool = false,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response
    ) -> Route where Input: Decodable & Sendable {
        Route("GET", path, access, summary, status, body, writes, handle)
    }

    /// Creates or does something. Its transactions may write unless `writes` says otherwise.
    public static func post<Context, Input, Output>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output
    ) -> Route where Input: Decodable & Sendable, Output: Encodable & Sendable {
        Route("POST", path, access, summary, status, body, writes, handle)
    }

    /// Creates or does something. Its transactions may write unless `writes` says otherwise.
    public static func post<Context, Input>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response
    ) -> Route where Input: Decodable & Sendable {
        Route("POST", path, access, summary, status, body, writes, handle)
    }

    /// Replaces something. Its transactions may write unless `writes` says otherwise.
    public static func put<Context, Input, Output>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output
    ) -> Route where Input: Decodable & Sendable, Output: Encodable & Sendable {
        Route("PUT", path, access, summary, status, body, writes, handle)
    }

    /// Replaces something. Its transactions may write unless `writes` says otherwise.
    public static func put<Context, Input>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response
    ) -> Route where Input: Decodable & Sendable {
        Route("PUT", path, access, summary, status, body, writes, handle)
    }

    /// Changes parts of something. Its transactions may write unless `writes` says otherwise.
    public static func patch<Context, Input, Output>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output
    ) -> Route where Input: Decodable & Sendable, Output: Encodable & Sendable {
        Route("PATCH", path, access, summary, status, body, writes, handle)
    }

    /// Changes parts of something. Its transactions may write unless `writes` says otherwise.
    public static func patch<Context, Input>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response
    ) -> Route where Input: Decodable & Sendable {
        Route("PATCH", path, access, summary, status, body, writes, handle)
    }

    /// Removes something. Its transactions may write unless `writes` says otherwise.
    public static func delete<Context, Input, Output>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .none, writes: Bool = true,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output
    ) -> Route where Input: Decodable & Sendable, Output: Encodable & Sendable {
        Route("DELETE", path, access, summary, status, body, writes, handle)
    }

    /// Removes something. Its transactions may write unless `writes` says otherwise.
    public static func delete<Context, Input>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .none, writes: Bool = true,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response
    ) -> Route where Input: Decodable & Sendable {
        Route("DELETE", path, access, summary, status, body, writes, handle)
    }
}

extension Route {
    private init<Context, Input, Output>(
        _ method: String, _ path: String, _ access: Access<Context>, _ summary: String, _ status: Int, _ body: BodyRule, _ writes: Bool,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output
    ) where Input: Decodable & Sendable, Output: Encodable & Sendable {
        self.init(
            method, path, access, summary, status, body, writes,
            outputSchema: { () throws(AppError) in try OutputSchema.of(Output.self)?.jsonSchema(closed: false).description ?? "" },
            answer: { try Response.json($0, status: status) }, handle)
    }

    private init<Context, Input>(
        _ method: String, _ path: String, _ access: Access<Context>, _ summary: String, _ status: Int, _ body: BodyRule, _ writes: Bool,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response
    ) where Input: Decodable & Sendable {
        self.init(method, path, access, summary, status, body, writes, outputSchema: { "" }, answer: { $0 }, handle)
    }
}
