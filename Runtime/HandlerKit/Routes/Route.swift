import Kernel
import Wire

/// One endpoint: where it is, who may call it, and what it does. Made by ``get(_:access:summary:status:body:writes:_:)`` and its siblings.
public struct Route: Sendable {
    /// Throws where the route cannot be served; asked at the start of the process.
    let endpoint: Result<Endpoint, AppError>
}

extension Route {
    /// All overloads end here; `answer` turns what the closure returned into a response.
    init<Context, Input, Output>(
        _ method: String, _ path: String, _ access: Access<Context>, _ summary: String, _ status: Int, _ body: BodyRule, _ writes: Bool,
        _ quota: [QuotaMetric],
        outputSchema: @escaping @Sendable () throws(AppError) -> String, answer: @escaping @Sendable (Output) throws -> Response,
        _ handle: @escaping @Sendable (Input, Context) async throws -> Output
    ) where Input: Decodable & Sendable {
        do throws(AppError) {
            let template = try PathTemplate(path)
            let input = RouteInput<Input>(parameters: template.parameters, body: body)
            let description = HandlerDescription.Route(
                method: method, path: path, summary: summary, access: access.description, writes: writes, body: body.kind, bodyLimit: body.limit,
                status: status, inputSchema: "", outputSchema: "", quota: quota.isEmpty ? nil : quota.map(\.rawValue),
                evenInPart: body.evenInPart ? true : nil)
            endpoint = .success(
                Endpoint(description, parameters: template.parameters) { () throws(AppError) in
                    (try input.schema(), try outputSchema())
                } work: { exchange in
                    let input = try await input.read(exchange)
                    let output = try await handle(input, access.context(exchange))
                    try await exchange.deliver(try answer(output))
                })
        } catch {
            endpoint = .failure(AppError(.internalError, detail: "\(method) \(path): \(error.debugDescription)"))
        }
    }
}

/// The input of a route that has none. The query is not looked at; path parameters stand in the ``Request``.
public struct NoInput: Decodable, Sendable {
    /// No input, for tests.
    public init() {}
}

/// Collects routes written one below the other.
@resultBuilder public enum RoutesBuilder {
    /// One route.
    public static func buildExpression(_ route: Route) -> [Route] { [route] }
    /// Routes that were collected elsewhere.
    public static func buildExpression(_ routes: [Route]) -> [Route] { routes }
    /// All of a block.
    public static func buildBlock(_ routes: [Route]...) -> [Route] { routes.flatMap { $0 } }
    /// Those of an `if` without `else`.
    public static func buildOptional(_ routes: [Route]?) -> [Route] { routes ?? [] }
    /// Those of an `if`.
    public static func buildEither(first routes: [Route]) -> [Route] { routes }
    /// Those of an `else`.
    public static func buildEither(second routes: [Route]) -> [Route] { routes }
    /// Those of a `for`.
    public static func buildArray(_ routes: [[Route]]) -> [Route] { routes.flatMap { $0 } }
}
