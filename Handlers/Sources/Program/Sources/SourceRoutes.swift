import Addresses
import Connectors
import HandlerKit

/// `/data/sources`: what is pulled from where, and when.
struct SourceRoutes: Sendable {
    let parts: Result<Parts, AppError>

    static let missing = AppError(.notFound, "There is no such source")

    @RoutesBuilder var routes: [Route] {
        Route.get("/data/sources/{business_id}", access: .bearer("data:read"), summary: "List the sources of a business") {
            (path: BusinessPath, invocation: Invocation) async throws -> Response in
            let found = try await invocation.database.transaction([
                Call(SourcesSQL.business, [.uuid(path.id)]), Call(SourcesSQL.list, [.uuid(path.id)]),
            ])
            guard !found[0].isEmpty else { throw AppError(.notFound, "There is no such business") }
            let url = try parts.get().settings.publicURL
            return try .json(SourceList(sources: try found[1].map { try SourceRecord($0, at: url) }))
        }
        Route.post("/data/sources", access: .bearer("data:write"), summary: "Make a source; its first run begins at once", status: 201) {
            (input: SourceInput, invocation: Invocation) async throws -> Response in try await make(input, invocation)
        }
        Route.put("/data/sources/{source_id}", access: .bearer("data:write"), summary: "Replace the settings of a source") {
            (input: SourceChange, invocation: Invocation) async throws -> Response in try await change(input, invocation)
        }
        Route.delete("/data/sources/{source_id}", access: .bearer("data:write"), summary: "Remove a source; what it brought stays", status: 204) {
            (path: SourcePath, invocation: Invocation) async throws -> Response in
            let id = Bind.uuid(path.id)
            try await invocation.database.interactive { transaction in
                guard try await !transaction.rows(SourcesSQL.remove, id).isEmpty else { throw Self.missing }
                _ = try await transaction.batch(
                    SourceJobs.stopped(path.id, invocation.jobs)
                        + [Call(SourcesSQL.closeWebhook, [id]), invocation.audit("source.removed", target: ("source", path.id))])
            }
            return .noContent
        }
        Route.post("/data/sources/{source_id}/sync", access: .bearer("data:write"), summary: "Run a source now", status: 202, body: .none) {
            (path: SourcePath, invocation: Invocation) async throws -> Response in
            let id = Bind.uuid(path.id)
            guard let row = try await invocation.database.rows(SourcesSQL.content, id).first else { throw Self.missing }
            guard try row.text(1) != "webhook" else { throw AppError(.conflict, "Nothing is pulled by a webhook: other systems push to it") }
            _ = try await invocation.database.transaction([
                try SourceJobs.asked(path.id, invocation.jobs), invocation.audit("source.run_asked", target: ("source", path.id)),
            ])
            return try await show(path.id, invocation, status: 202)
        }
        Route.post("/data/sources/{source_id}/pause", access: .bearer("data:write"), summary: "Let a source stand still", body: .none) {
            (path: SourcePath, invocation: Invocation) async throws -> Response in
            try await set(paused: true, path.id, invocation)
        }
        Route.post("/data/sources/{source_id}/resume", access: .bearer("data:write"), summary: "Let a source run on its schedule again", body: .none)
        {
            (path: SourcePath, invocation: Invocation) async throws -> Response in
            try await set(paused: false, path.id, invocation)
        }
    }

    private func make(_ input: SourceInput, _ invocation: Invocation) async throws -> Response {
        let parts = try parts.get()
        let connector = try ConnectorRegistry.connector(input.type)
        let checked = try connector.checked(config: input.config?.object ?? [:], credentials: input.credentials?.object ?? [:])
        let config = checked.config
        try parts.check(connector, config)
        let schedule = try SourceShape.schedule(input.interval, connector.description)
        let (credentials, made) = Self.completed(checked.credentials, connector)
        let id = invocation.makeID()
        let sealed = try seal(credentials, id, invocation)
        let binds: [Bind] =
            [
                .uuid(id), .uuid(input.businessID), .text(input.name), .text(input.type), .json(Self.bytes(config.values)),
                .optional(sealed, Bind.bytes),
            ] + schedule.binds + [.id(invocation.principal.user)]
        let audit = invocation.audit("source.made", target: ("source", id), details: ["type": .string(input.type), "name": .string(input.name)])
        try await invocation.database.interactive { transaction in
            let count = try await transaction.rows(SourcesSQL.count)[0].int64(0)
            guard count < SourcesSQL.most else { throw AppError(.conflict, "A tenant has at most \(SourcesSQL.most) sources") }
            guard let rows = try await transaction.batch([Call(SourcesSQL.make, binds)]).first, !rows.isEmpty else {
                throw AppError(.notFound, "There is no such business")
            }
            var calls = [audit]
            if schedule.isThere { calls.append(try SourceJobs.scheduled(id, in: 0, invocation.jobs)) }
            if connector is WebhookPush { calls.append(Call(SourcesSQL.openWebhook, [.uuid(id)])) }
            _ = try await transaction.batch(calls)
        }
        var response = try await show(id, invocation, status: 201, secret: made)
        // A secret that was made is shown once.
        response.isSecret = made != nil
        return response
    }

    private func change(_ input: SourceChange, _ invocation: Invocation) async throws -> Response {
        let parts = try parts.get()
        guard let row = try await invocation.database.rows(SourcesSQL.content, .uuid(input.id)).first else { throw Self.missing }
        let connector = try ConnectorRegistry.connector(try row.text(1))
        let before = ConnectorSettings(try JSON.read(try row.json(2)).object ?? [:])
        let hadCredentials = !row.isNull(3)
        let (config, given) = try connector.checked(
            config: input.config?.object ?? [:], credentials: input.credentials?.object ?? (hadCredentials ? nil : [:]))
        // Nil: those that are there stay.
        let (credentials, made) = given == nil ? (nil, nil) : Self.completed(given, connector)
        try parts.check(connector, config)
        // Whoever may change the address must not learn by it what was sealed.
        guard input.credentials?.object != nil || !hadCredentials || connector.destination(before) == connector.destination(config) else {
            throw AppError.invalid("credentials", "expected again: they were given for \(connector.destination(before) ?? "another address")")
        }
        let schedule = try SourceShape.schedule(input.interval, connector.description)
        let sealed = try seal(credentials, input.id, invocation)
        let binds: [Bind] =
            [
                .uuid(input.id), .text(input.name), .json(Self.bytes(config.values)), .bool(credentials != nil),
                .optional(sealed, Bind.bytes),
            ] + schedule.binds + [.bool(config != before)]
        let audit = invocation.audit(
            "source.changed", target: ("source", input.id),
            details: ["name": .string(input.name), "credentials_given": .bool(input.credentials?.object != nil)])
        let id = Bind.uuid(input.id)
        try await invocation.database.interactive { transaction in
            // What was compared above is still so: between the two somebody may have given credentials for another address.
            guard let now = try await transaction.rows(SourcesSQL.lock, id).first else { throw Self.missing }
            guard try now.bool(1) == hadCredentials, ConnectorSettings(try JSON.read(try now.json(0)).object ?? [:]) == before else {
                throw AppError(.conflict, "The source was changed by somebody else just now; look at it, and send the change again")
            }
            guard let row = try await transaction.batch([Call(SourcesSQL.change, binds)])[0].first else { throw Self.missing }
            var calls = [SourceJobs.unscheduled(input.id, invocation.jobs), Call(RunsSQL.cancel, [id]), audit]
            if try row.bool(0) { calls.append(try SourceJobs.scheduled(input.id, in: 0, invocation.jobs)) }
            if connector is WebhookPush { calls.append(Call(SourcesSQL.openWebhook, [id])) }
            _ = try await transaction.batch(calls)
        }
        var response = try await show(input.id, invocation, secret: made)
        response.isSecret = made != nil
        return response
    }

    /// What a source without them could not work with: a secret, which its owner is shown once.
    private static func completed(_ credentials: ConnectorSettings?, _ connector: any Connector) -> (ConnectorSettings?, made: String?) {
        guard connector is WebhookPush, credentials?.text("secret") == nil else { return (credentials, nil) }
        let secret = WebhookSignature.makeSecret()
        return (ConnectorSettings(["secret": .string(secret)]), secret)
    }

    private func set(paused isPaused: Bool, _ source: UUID, _ invocation: Invocation) async throws -> Response {
        let id = Bind.uuid(source)
        let audit =
            isPaused ? invocation.audit("source.paused", target: ("source", source)) : invocation.audit("source.resumed", target: ("source", source))
        try await invocation.database.interactive { transaction in
            guard let row = try await transaction.rows(SourcesSQL.setStatus, id, .bool(isPaused)).first else { throw Self.missing }
            var calls = [audit]
            if isPaused {
                calls += [
                    SourceJobs.unscheduled(source, invocation.jobs),
                    invocation.jobs.cancelling("sync_source_now", uniqueKey: source.description), Call(RunsSQL.cancel, [id]),
                ]
            } else if try row.bool(0) {
                calls.append(try SourceJobs.scheduled(source, in: 0, invocation.jobs))
            }
            // One that came with an archive has none yet.
            if !isPaused, try row.bool(1) { calls.append(Call(SourcesSQL.openWebhook, [id])) }
            _ = try await transaction.batch(calls)
        }
        return try await show(source, invocation)
    }

    private func show(_ id: UUID, _ invocation: Invocation, status: Int = 200, secret: String? = nil) async throws -> Response {
        guard let row = try await invocation.database.rows(SourcesSQL.show, .uuid(id)).first else { throw Self.missing }
        var record = try SourceRecord(row, at: try parts.get().settings.publicURL)
        record.secret = secret
        return try .json(record, status: status)
    }

    private func seal(_ credentials: ConnectorSettings?, _ id: UUID, _ invocation: Invocation) throws -> [UInt8]? {
        guard let credentials, !credentials.values.isEmpty else { return nil }
        return try invocation.seal(Self.bytes(credentials.values), for: Parts.purpose(id))
    }

    private static func bytes(_ object: JSONObject) -> [UInt8] { Array(JSONValue.object(object).description.utf8) }
}
