public import Kernel

/// The closure's input is decoded from the path's parameters, the query and the members of a JSON body together, by name; each must have its name in
/// only one of them. What is wrong with it is answered with 400 and every field's issue before the closure runs. `NoInput` reads nothing.
///
/// `quota` is what a call uses of the tenant's plan: where one of these is used up already the gateway refuses it with `QUOTA_EXCEEDED`, and the body is
/// not read. What is counted by the month is consumed in the transaction, see ``Invocation/consume(_:_:)``.
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

    /// Says what a path can do, where that is more than its methods; preflights of web pages are answered by the gateway. Its transactions are read-only.
    public static func options<Context, Input>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 204,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response
    ) -> Route where Input: Decodable & Sendable {
        Route("OPTIONS", path, access, summary, status, .none, false, handle)
    }

    /// Creates or does something. Its transactions may write unless `writes` says otherwise.
    public static func post<Context, Input, Output>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        quota: [QuotaMetric] = [],
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output
    ) -> Route where Input: Decodable & Sendable, Output: Encodable & Sendable {
        Route("POST", path, access, summary, status, body, writes, handle, quota: quota)
    }

    /// Creates or does something. Its transactions may write unless `writes` says otherwise.
    public static func post<Context, Input>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        quota: [QuotaMetric] = [],
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response
    ) -> Route where Input: Decodable & Sendable {
        Route("POST", path, access, summary, status, body, writes, handle, quota: quota)
    }

    /// Replaces something. Its transactions may write unless `writes` says otherwise.
    public static func put<Context, Input, Output>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        quota: [QuotaMetric] = [],
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output
    ) -> Route where Input: Decodable & Sendable, Output: Encodable & Sendable {
        Route("PUT", path, access, summary, status, body, writes, handle, quota: quota)
    }

    /// Replaces something. Its transactions may write unless `writes` says otherwise.
    public static func put<Context, Input>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        quota: [QuotaMetric] = [],
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response
    ) -> Route where Input: Decodable & Sendable {
        Route("PUT", path, access, summary, status, body, writes, handle, quota: quota)
    }

    /// Changes parts of something. Its transactions may write unless `writes` says otherwise.
    public static func patch<Context, Input, Output>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        quota: [QuotaMetric] = [],
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output
    ) -> Route where Input: Decodable & Sendable, Output: Encodable & Sendable {
        Route("PATCH", path, access, summary, status, body, writes, handle, quota: quota)
    }

    /// Changes parts of something. Its transactions may write unless `writes` says otherwise.
    public static func patch<Context, Input>(
        _ path: String, access: Access<Context>, summary: String = "", status: Int = 200, body: BodyRule = .json, writes: Bool = true,
        quota: [QuotaMetric] = [],
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response
    ) -> Route where Input: Decodable & Sendable {
        Route("PATCH", path, access, summary, status, body, writes, handle, quota: quota)
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
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output, quota: [QuotaMetric] = []
    ) where Input: Decodable & Sendable, Output: Encodable & Sendable {
        self.init(
            method, path, access, summary, status, body, writes, quota,
            outputSchema: { () throws(AppError) in try OutputSchema.of(Output.self)?.jsonSchema(closed: false).description ?? "" },
            answer: { try Response.json($0, status: status) }, handle)
    }

    private init<Context, Input>(
        _ method: String, _ path: String, _ access: Access<Context>, _ summary: String, _ status: Int, _ body: BodyRule, _ writes: Bool,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Response, quota: [QuotaMetric] = []
    ) where Input: Decodable & Sendable {
        self.init(method, path, access, summary, status, body, writes, quota, outputSchema: { "" }, answer: { $0 }, handle)
    }
}
