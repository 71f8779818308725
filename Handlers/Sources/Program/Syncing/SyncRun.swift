import Addresses
import Connectors
import HandlerKit

/// One run of a source, from its row to its next time: asks, stores page by page, and says how it went.
struct SyncRun: Sendable {
    let source: UUID
    let isAsked: Bool
    let parts: Parts
    let job: JobInvocation

    /// A job that was begun so often, and never came to its end, waits for its next time.
    private static let mostBegun = 3
    /// What is left for the end of a run that takes long.
    private static let reserve: Duration = .seconds(60)
    /// The most questions of one run.
    private static let mostRequests = 500

    /// Somebody has begun anew with it, paused or removed it.
    struct Superseded: Error {}

    private struct Begun {
        let run: UUID
        let attempt: Int32
        let connector: any Connector
        let pull: Pull
        let failures: Int
        /// Seconds between runs, those of its timer included; nil: it runs when asked alone.
        let interval: Int?
        let followsTimer: Bool
        let business: UUID
        let fault: PullFault?
    }

    func run() async throws {
        let database = try job.database
        guard let tenant = job.tenant, parts.lanes.enter(tenant) else { return try await postpone() }
        defer { parts.lanes.leave(tenant) }
        guard let begun = try await begin(database) else { return try await end() }
        do {
            var fault = begun.fault
            if fault == nil { fault = try await bring(begun, tenant, database) }
            try await end(begun, fault)
        } catch is Superseded {
            try await end()
        }
    }

    /// Another job of it comes a little later, and this one makes room.
    private func postpone() async throws {
        let seconds = 1 + 2 * random(job.makeID())
        let call = isAsked ? try SourceJobs.asked(source, in: seconds, job.jobs) : try SourceJobs.scheduled(source, in: seconds, job.jobs)
        try await job.finish { _ in
        } next: { _ in
            [call]
        }
    }

    private func begin(_ database: TenantDatabase) async throws -> Begun? {
        let id = Bind.uuid(source)
        let run = job.makeID()
        let interrupted = PullFault(.interrupted, "The run was interrupted, and begun anew.")
        return try await database.interactive { transaction in
            guard let row = try await transaction.rows(SourcesSQL.content, id).first else { return nil }
            guard let begun = try await transaction.rows(RunsSQL.begin, id, .bool(isAsked)).first else { return nil }
            let attempt = try begun.int32(0)
            _ = try await transaction.batch([
                Call(RunsSQL.interrupt, [id, .int32(attempt), .json(Array(interrupted.json.description.utf8))]),
                Call(RunsSQL.make, [.uuid(run), id, .int32(attempt), .text(isAsked ? "manual" : "schedule")]),
            ])
            return try read(row, run, attempt)
        }
    }

    private func read(_ row: Row, _ run: UUID, _ attempt: Int32) throws -> Begun {
        let connector = try ConnectorRegistry.connector(try row.text(1))
        var fault: PullFault?
        if job.attempt > Self.mostBegun {
            fault = PullFault(.interrupted, "The run was interrupted several times; it is tried again at its next time.")
        }
        var credentials = ConnectorSettings()
        if !row.isNull(3) {
            do throws(AppError) {
                credentials = ConnectorSettings(try JSON.read(try job.open(try sealed(row), for: Parts.purpose(source))).object ?? [:])
            } catch {
                fault = .sealed
            }
        }
        let pull = Pull(
            config: ConnectorSettings(try JSON.read(try row.json(2)).object ?? [:]), credentials: credentials,
            cursor: try row.optionalJSON(4).map { try JSON.read($0) }, now: job.time.now(), providers: parts.settings.providers)
        return Begun(
            run: run, attempt: attempt, connector: connector, pull: pull, failures: Int(try row.int32(5)),
            interval: row.isNull(9) ? try row.optionalInt32(6).map { Int($0) } : connector.description.interval, followsTimer: !row.isNull(9),
            business: try row.uuid(0), fault: fault)
    }

    private func sealed(_ row: Row) throws(AppError) -> [UInt8] {
        do { return try row.bytes(3) } catch { throw AppError(.internalError, detail: "\(error)") }
    }

    // MARK: bringing

    /// The first fault; nil where all went well.
    private func bring(_ begun: Begun, _ tenant: TenantID, _ database: TenantDatabase) async throws -> PullFault? {
        do throws(AppError) { try parts.check(begun.connector, begun.pull.config) } catch {
            return PullFault(.addressRefused, "The address of this source is not connected to: \(error.issues.first?.issue ?? error.message)")
        }
        if begun.connector is PostgresQuery { return try await bringRows(begun, database) }
        let fetching = SharedFetching(description: begun.connector.description, web: parts.web, database: database, tenant: tenant)
        var waiting: [PullRequest]
        do throws(PullFault) { waiting = try begun.connector.requests(begun.pull) } catch { return error }
        var first: PullFault?
        var asked = 0
        while !waiting.isEmpty, asked < Self.mostRequests {
            guard job.deadline.remaining(at: job.time.instant()) > Self.reserve else {
                return first ?? PullFault(.interrupted, "The run took too long and stopped; the next one goes on where it came to.")
            }
            let request = waiting.removeFirst()
            asked += 1
            do {
                if let next = try await bring(request, begun, fetching, database) { waiting.insert(next, at: 0) }
            } catch let fault as PullFault {
                if first == nil { first = fault }
                if fault.endsRun { break }
            } catch let error as AppError where Self.isAnswered(error) {
                first = first ?? PullFault(.storeFailed, error.message)
                break
            }
        }
        return first
    }

    /// Asks one question and stores its answer. What is to be asked next.
    private func bring(_ request: PullRequest, _ begun: Begun, _ fetching: SharedFetching, _ database: TenantDatabase) async throws -> PullRequest? {
        let fetched = try await fetching.fetch(request, at: job.time.now())
        let answer = fetched.answer
        let (connector, pull) = (begun.connector, begun.pull)
        return try await parts.large.withTurn(bytes: answer.body.count) {
            let page = try await job.offload { try connector.read(answer, to: request, pull) }
            if !fetched.isShared { try await fetching.keep(answer, page, to: request) }
            try await store(page, begun, requests: 1, shared: fetched.isShared ? 1 : 0, bytes: answer.body.count, database)
            return page.next
        }
    }

    private func bringRows(_ begun: Begun, _ database: TenantDatabase) async throws -> PullFault? {
        do {
            let config = begun.pull.config
            try await parts.databases.read(config, begun.pull.credentials, deadline: job.deadline) { rows in
                let page = try await job.offload { try rows.page(config) }
                try await store(page, begun, requests: 0, shared: 0, bytes: rows.bytes, database)
            }
            return nil
        } catch let fault as PullFault {
            return fault
        } catch let error as AppError where Self.isAnswered(error) {
            return PullFault(.storeFailed, error.message)
        }
    }

    /// What a limit of the plan or a value says; other errors of the database make the work begin anew.
    private static func isAnswered(_ error: AppError) -> Bool { [.quotaExceeded, .validation, .conflict].contains(error.code) }

    /// One page, with its counts and the place where the next run goes on, all or nothing.
    private func store(
        _ page: PullPage, _ begun: Begun, requests: Int, shared: Int, bytes: Int, _ database: TenantDatabase
    ) async throws {
        let landing = Landing(business: begun.business, source: source) { job.makeID() }
        var told = page.refusals
        if let warning = page.warning { told.append(.init(record: 0, reason: warning)) }
        let refusals = try JSON.encode(told)
        try await database.interactive { transaction in
            let noted = try await transaction.rows(
                RunsSQL.note, .uuid(begun.run), .uuid(source), .int32(begun.attempt), .int32(Int32(requests)), .int32(Int32(shared)),
                .int64(Int64(bytes)), .int64(Int64(page.read)), .int64(Int64(page.refused)), .json(refusals), .int32(Int32(PullPage.mostRefusals)))
            guard !noted.isEmpty else { throw Superseded() }
            let landed = try await landing.store(page.records, transaction)
            var calls = [
                Call(
                    RunsSQL.noteLanded,
                    [.uuid(begun.run), .int64(landed.new), .int64(landed.changed), .int64(landed.unchanged), .int64(landed.duplicate)])
            ]
            if let cursor = page.cursor { calls.append(Call(RunsSQL.setCursor, [.uuid(source), .json(Array(cursor.description.utf8))])) }
            _ = try await transaction.batch(calls)
        }
    }

    // MARK: the end

    /// The run ends with the job, in one transaction, which also says when it runs again.
    private func end(_ begun: Begun, _ fault: PullFault?) async throws {
        let wait = NextRun.wait(
            interval: begun.interval, followsTimer: begun.followsTimer, fault: fault, failures: begun.failures, random: random(begun.run))
        let id = Bind.uuid(source)
        try await job.finish { transaction in
            let ended = try await transaction.rows(
                RunsSQL.end, .uuid(begun.run), .bool(fault != nil), .optional(fault.map { Array($0.json.description.utf8) }, Bind.json))
            guard let status = try ended.first?.text(0) else { throw Superseded() }
            let scheduled = try await transaction.rows(
                RunsSQL.schedule, id, .int32(begun.attempt), .bool(status == "failed"),
                .optional(wait.map { Double($0.milliseconds) / 1000 }, Bind.float8))
            guard !scheduled.isEmpty else { throw Superseded() }
            return try await transaction.batch([Call(RunsSQL.trim, [id, .int64(RunsSQL.kept)]), Call(RunsSQL.wait, [id])])[1]
        } next: {
            try next($0)
        }
    }

    /// The job ends without a run of its own: it stands still, its time is later, or somebody has begun anew with it.
    private func end() async throws {
        try await job.finish {
            try await $0.rows(RunsSQL.wait, .uuid(source))
        } next: {
            try next($0)
        }
    }

    /// The job of its next time, in place of one that waits for another time.
    private func next(_ wait: Rows) throws -> [Call] {
        guard let seconds = try wait.first?.optionalFloat8(0) else { return [] }
        return [SourceJobs.unscheduled(source, job.jobs), try SourceJobs.scheduled(source, in: seconds, job.jobs)]
    }

    /// From 0 up to 1, of the run's own random bits.
    private func random(_ run: UUID) -> Double { Double(run.low & 0xFFFF_FFFF) / Double(UInt64(1) << 32) }
}
