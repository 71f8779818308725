import Wire

/// One endpoint: where it is, who may call it, and what it does.
public struct Route: Sendable {
    let description: HandlerDescription.Route
    let run: @Sendable (Exchange) async throws -> Response
}

/// The input of a route that has none.
public struct NoInput: Decodable, Sendable {}

/// Collects routes written one below the other.
@resultBuilder public enum RoutesBuilder {
    public static func buildExpression(_ route: Route) -> [Route] { [route] }
    public static func buildExpression(_ routes: [Route]) -> [Route] { routes }
    public static func buildBlock(_ routes: [Route]...) -> [Route] { routes.flatMap { $0 } }
    public static func buildOptional(_ routes: [Route]?) -> [Route] { routes ?? [] }
    public static func buildEither(first routes: [Route]) -> [Route] { routes }
    public static func buildEither(second routes: [Route]) -> [Route] { routes }
    public static func buildArray(_ routes: [[Route]]) -> [Route] { routes.flatMap { $0 } }
}
