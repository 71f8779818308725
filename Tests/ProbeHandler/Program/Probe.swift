import HandlerKit

/// Counts, echoes, waits, fails and breaks on request, so that tests can see what the runtime makes of it.
@main struct Probe: Handler {
    private let name: String

    init(environment: HandlerEnvironment) { name = environment.name.isEmpty ? "probe" : environment.name }

    var routes: [Route] {
        Calling(name: name).routes
        // Under another name it serves what that name begins alone, so that both can run beside each other.
        if name == "probe" { own }
    }

    @RoutesBuilder private var own: [Route] {
        Counting.routes
        Echoing.routes
        Waiting.routes
        Hoarding.routes
        Breaking.routes
        Reciting.routes
        Keeping.routes
        Marking.routes
        Keying.route
        Auditing.route
        Sealing.routes
        Storing.routes
        Working.routes
    }

    var jobs: [Job] { name == "probe" ? Working.jobs : [] }

    var feeds: [Feed] { name != "probe" ? [] : [Counting.feed, Keeping.feed] }

    static var statements: [Statement] {
        [ProbeSQL.sleep, ProbeSQL.entries, ProbeSQL.entriesAfter, ProbeSQL.last, ProbeSQL.insert, ProbeSQL.broken, AuditSQL.append]
    }
}

extension Access where Context == Invocation {
    static var read: Access { .bearer("probe:read") }
    static var write: Access { .bearer("probe:write") }
}
