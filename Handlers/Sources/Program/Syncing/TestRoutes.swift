import Addresses
import Articles
import Connectors
import HandlerKit

/// Tries a source without storing anything: the settings that somebody has just typed in, or those of a source that is there.
struct TestRoutes: Sendable {
    let parts: Result<Parts, AppError>

    /// How long somebody waits for it.
    private static let patience: Duration = .seconds(15)

    @RoutesBuilder var routes: [Route] {
        Route.post("/data/sources/test", access: .bearer("data:write"), summary: "Try settings before a source is made of them") {
            (input: TrialInput, invocation: Invocation) async throws -> TrialAnswer in
            let connector = try ConnectorRegistry.connector(input.type)
            let (config, credentials) = try connector.checked(config: input.config?.object ?? [:], credentials: input.credentials?.object ?? [:])
            return try await attempt(connector, config, credentials ?? ConnectorSettings(), invocation)
        }
        Route.post("/data/sources/{source_id}/test", access: .bearer("data:write"), summary: "Try a source, without storing anything", body: .none) {
            (path: SourcePath, invocation: Invocation) async throws -> TrialAnswer in
            guard let row = try await invocation.database.rows(SourcesSQL.content, .uuid(path.id)).first else { throw SourceRoutes.missing }
            let connector = try ConnectorRegistry.connector(try row.text(1))
            let config = ConnectorSettings(try JSON.read(try row.json(2)).object ?? [:])
            var credentials = ConnectorSettings()
            if !row.isNull(3) {
                let sealed = try row.bytes(3)
                do throws(AppError) {
                    credentials = ConnectorSettings(try JSON.read(try invocation.open(sealed, for: Parts.purpose(path.id))).object ?? [:])
                } catch { return TrialAnswer(.sealed) }
            }
            return try await attempt(connector, config, credentials, invocation)
        }
    }

    private func attempt(
        _ connector: any Connector, _ config: ConnectorSettings, _ credentials: ConnectorSettings, _ invocation: Invocation
    ) async throws -> TrialAnswer {
        guard !(connector is WebhookPush) else { throw AppError(.conflict, "Nothing is pulled by a webhook: other systems push to it") }
        let parts = try parts.get()
        try parts.check(connector, config)
        guard parts.trials.enter(invocation.tenant) else {
            throw AppError(.tooManyRequests, "Several trials of yours are under way; wait for one of them", retryAfter: .seconds(5))
        }
        defer { parts.trials.leave(invocation.tenant) }
        let pull = Pull(config: config, credentials: credentials, now: invocation.time.now(), providers: parts.settings.providers)
        do {
            if connector is PostgresQuery {
                var page = PullPage(.values(ValueBatch()), read: 0)
                try await parts.databases.read(config, credentials, deadline: .after(Self.patience), most: 100) { rows in
                    page = try await invocation.offload { try rows.page(config) }
                }
                page.warning = nil
                return TrialAnswer(page, isShared: false)
            }
            guard let request = try connector.requests(pull).first else { return TrialAnswer(isShared: false) }
            let fetching = SharedFetching(
                description: connector.description, web: parts.web, database: invocation.database, tenant: invocation.tenant)
            let fetched = try await fetching.fetch(request, at: pull.now, within: Self.patience)
            let answer = fetched.answer
            let page = try await parts.large.withTurn(bytes: answer.body.count) {
                try await invocation.offload { try connector.read(answer, to: request, pull) }
            }
            return TrialAnswer(page, isShared: fetched.isShared)
        } catch let fault as PullFault {
            return TrialAnswer(fault)
        }
    }
}

/// How a trial went. What is wrong with the other end is no error of the call.
struct TrialAnswer: Codable, Sendable {
    let ok: Bool
    @OrNull var error: JSONValue?
    /// Records of the first answer, and those of them that would be left out.
    let records: Int
    let refused: Int
    let refusals: [PullPage.Refusal]
    /// What would be stored, the first ones.
    let sample: JSONValue
    @OrNull var warning: String?
    /// The answer was there already: another source has asked the same.
    let shared: Bool

    init(_ page: PullPage, isShared: Bool) {
        self.init(ok: true, page: page, error: nil, isShared: isShared)
    }

    /// Nothing to ask at this time.
    init(isShared: Bool) {
        var page = PullPage(.news([]), read: 0)
        page.warning = "There is nothing new to ask for."
        self.init(ok: true, page: page, error: nil, isShared: isShared)
    }

    init(_ fault: PullFault) {
        self.init(ok: false, page: PullPage(.news([]), read: 0), error: fault.json, isShared: false)
    }

    private init(ok: Bool, page: PullPage, error: JSONValue?, isShared: Bool) {
        self.ok = ok
        self.error = error
        records = page.read
        refused = page.refused
        refusals = page.refusals
        sample = page.records.sample
        warning = page.warning
        shared = isShared
    }
}

extension LandedRecords {
    /// The first five, as objects.
    var sample: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        switch self {
        case .news(let records):
            return .array(
                records.prefix(5).map {
                    [
                        "title": .string($0.title), "url": .string($0.url), "source": .string($0.source),
                        "language": $0.language.map { .string($0) } ?? .null, "published_at": .string("\($0.publishedAt)"),
                    ]
                })
        case .weather(let records):
            return .array(
                records.prefix(5).map {
                    [
                        "location": .string($0.location), "timestamp": .string("\($0.time)"), "temperature": number($0.temperature),
                        "precipitation": number($0.precipitation), "conditions": $0.conditions.map { .string($0) } ?? .null,
                    ]
                })
        case .market(let records):
            return .array(
                records.prefix(5).map { ["symbol": .string($0.symbol), "timestamp": .string("\($0.time)"), "value": .number($0.value)] })
        case .places(let records):
            return .array(
                records.prefix(5).map {
                    [
                        "geoname_id": .integer($0.id), "name": .string($0.name), "country": $0.country.map { .string($0) } ?? .null,
                        "latitude": .number($0.latitude), "longitude": .number($0.longitude),
                    ]
                })
        case .values(let batch):
            return .array(
                batch.values.indices.prefix(5).map { index in
                    let series = batch.series[Int(batch.places[index]) - 1]
                    return [
                        "metric": .string(series.name), "unit": series.unit.map { .string($0) } ?? .null,
                        "timestamp": .string("\(Timestamp(microseconds: batch.times[index]))"), "value": .number(batch.values[index]),
                    ]
                })
        }
    }
}
