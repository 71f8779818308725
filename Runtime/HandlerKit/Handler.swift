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
/// All of a handler's code runs on one thread, interleaved at each `await`: it must not block (``Invocation/offload(_:)`` is for what does), and what
/// it keeps between invocations must be keyed by tenant.
///
/// What a route throws, by when it throws it:
/// - before the first byte of the answer: the error is the answer. An ``AppError`` is answered as it is, less its private detail; what the database
///   reports is mapped by its SQLSTATE; anything else is `INTERNAL_ERROR`, and the log has the rest;
/// - after the first byte: the stream is aborted, so that no client takes it for whole, and the error is logged;
/// - after the last byte: it is logged.
///
/// Past the deadline, or when nobody waits any more, the task is cancelled, and with it the statement that runs; an interactive transaction is then
/// rolled back.
public protocol Handler: Sendable {
    /// Makes the handler once, before the first invocation. What it throws ends the process with that message.
    ///
    /// `--describe` makes it too, without secrets, so what needs one is best made there where it is used first.
    init(environment: HandlerEnvironment) async throws

    /// The endpoints. Read once at the start.
    @RoutesBuilder var routes: [Route] { get }

    /// The channels that clients can listen to; none by default. Read once at the start.
    var feeds: [Feed] { get }

    /// The kinds of jobs that it runs; none by default. Read once at the start.
    @JobsBuilder var jobs: [Job] { get }

    /// Every statement that the handler runs; none by default. `program --statements` prints them, and the project's checks prepare and explain each.
    static var statements: [Statement] { get }

    /// What the command line may run in the program; none by default. The manifest's `commands` has the same names.
    static var commands: [ProgramCommand] { get }
}

extension Handler {
    /// None.
    public var feeds: [Feed] { [] }
    /// None.
    public var jobs: [Job] { [] }
    /// None.
    public static var statements: [Statement] { [] }
    /// None.
    public static var commands: [ProgramCommand] { [] }

    /// Serves the handler to the gateway at the other end of standard input, until the gateway closes it.
    ///
    /// `--statements` prints ``statements`` as JSON instead, `--describe` the routes and feeds; `--command NAME FILE …` runs one of ``commands``. The log goes to standard error, a JSON object a line.
    public static func main() { Program.main(Self.self) }
}
