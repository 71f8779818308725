public import Postgres

/// A handler: one program with the routes that it serves.
///
/// ```swift
/// @main struct Hello: Handler {
///     init(environment: HandlerEnvironment) {}
///
///     var routes: [Route] {
///         Route.get("/hello/{name}", access: .bearer("hello:read")) { (input: Name, invocation) in
///             Greeting(text: "Hello \(input.name)")
///         }
///     }
/// }
/// ```
///
/// All of a handler's code runs on one thread, interleaved at each `await`: it must not block, and what it keeps between invocations must be keyed
/// by tenant.
public protocol Handler: Sendable {
    /// Makes the handler once, before the first invocation. What it throws ends the process with that message.
    init(environment: HandlerEnvironment) async throws

    /// The endpoints. Read once at the start.
    @RoutesBuilder var routes: [Route] { get }

    /// The channels that clients can listen to; none by default. Read once at the start.
    var feeds: [Feed] { get }

    /// Every statement that the handler runs; none by default. `program --statements` prints them, and the project's checks prepare and explain each.
    static var statements: [Statement] { get }
}

extension Handler {
    public var feeds: [Feed] { [] }
    public static var statements: [Statement] { [] }

    /// Serves the handler to the gateway at the other end of standard input, until the gateway closes it.
    ///
    /// `--statements` prints ``statements`` as JSON instead, `--describe` the routes and feeds. The log goes to standard error, a JSON object a line.
    public static func main() { Program.main(Self.self) }
}
