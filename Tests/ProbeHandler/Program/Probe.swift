import HandlerKit

/// Counts, echoes, waits, fails and breaks on request, so that tests can see what the runtime makes of it.
@main struct Probe: Handler {
    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        Counting.routes
        Echoing.routes
        Waiting.routes
        Hoarding.routes
        Breaking.routes
        Keeping.routes
    }

    var feeds: [Feed] { [Counting.feed, Keeping.feed] }

    static var statements: [Statement] { [ProbeSQL.sleep, ProbeSQL.entries, ProbeSQL.entriesAfter, ProbeSQL.last, ProbeSQL.insert, ProbeSQL.broken] }
}

extension Access where Context == Invocation {
    static var read: Access { .bearer("probe:read") }
    static var write: Access { .bearer("probe:write") }
}
