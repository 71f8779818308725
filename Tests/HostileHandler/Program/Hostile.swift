import HandlerKit

/// Tries to break out of its process. Each answer says what came of one attempt: `done`, or the name of the error.
@main struct Hostile: Handler {
    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        Attacking.routes
        Scanning.routes
        SigningIn.routes
    }
}

/// What came of an attempt.
struct Outcome: Encodable, Sendable {
    let outcome: String
}

extension Access where Context == Invocation {
    static var attack: Access { .bearer("hostile:read") }
}
