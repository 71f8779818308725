import HummingbirdCore
public import Kernel
public import Logging
import Manifest
import NIOCore
import Objects
import Postgres
import Reactor
public import ServiceLifecycle
import Tokens
import Wire

/// The gateway with everything it stands on, put together from its settings.
public struct Host: Sendable {
    /// The services in the order in which they depend on each other: the last one stops first.
    public let services: [any Service]
    /// What all may open on the database.
    public let budget: ConnectionBudget

    /// Reads keys and routes, checks the budget of connections, and puts the services together. Nothing is served before they run.
    ///
    /// `onListening` is told the port. Throws with a message that says what to do.
    public init(
        _ settings: HostSettings, time: TimeSource = .system, logger: Logger, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws(AppError) {
        let keys = try InstallationKeys(KeyStore(home: settings.home, time: time), settings.tokenAlgorithm, time: time)
        let loops = Loops(count: settings.loops)
        let reactor = Reactor(name: "host-postgres")
        reactor.start()

        let base = try Self.configuration(settings.databaseURL)
        let client = PostgresClient(
            try Self.hostConfiguration(base, settings), reactor: reactor, logger: logger)
        try await PoolerProbe.check(client)
        let database = HostDatabase(client: client, logger: logger)
        let contexts = ContextMinter(database: database, time: time, logger: logger)
        try await contexts.refresh()
        budget = ConnectionBudget(host: settings.connections, handlers: settings.handlers)
        try budget.check(limit: try await database.connectionLimit())

        let greetings = Greetings(settings, base, keys)
        let calls = CallQueue()
        let objectQueue = ObjectQueue()
        let recordings = RecordingQueue(
            modes: Dictionary(settings.handlers.map { ($0.name, $0.record.mode) }) { first, _ in first }, time: time)
        let sandbox = try await Sandbox(
            settings.sandbox, programs: settings.programs, database: DatabasePlace(base), egress: settings.outside.ports)
        for manifest in settings.handlers { sandbox.log(manifest, logger) }
        let desk = JobDesk(capacity: settings.jobsAtOnce, loop: loops.home.loop, time: time)
        let launch = HandlerLaunch(
            loops: loops, programs: settings.programs, sandbox: sandbox, calls: calls, objects: objectQueue, recordings: recordings, jobs: desk
        ) { greetings.greeting($0) }
        let loader = HandlerLoader(
            settings: settings, launch: launch, describer: Describer(launch: launch, cache: "\(settings.home)/cache/descriptions", logger: logger),
            greetings: greetings, convictions: ConvictionStore(home: settings.home), time: time, logger: logger)
        var handlers: [ServedHandler] = []
        for manifest in settings.handlers { handlers.append(try await loader.load(manifest)) }
        for handler in handlers { launch.prepare(handler.pool.manifest) }

        let scratch = Scratch(
            folder: "\(settings.home)/scratch", quota: SpoolQuota(perTenant: settings.spoolPerTenant, total: settings.spoolTotal))
        try scratch.prepare()
        let directory = Directory(database: database, logger: logger)
        let dataKeys = DataKeys(
            database: DataKeyDatabase(client: client),
            master: MasterKey(
                command: settings.masterKeyCommand, time: time, stored: { () throws(AppError) in try keys.storedMaster() }, secret: { keys.master }),
            time: time)
        let objects = try await Self.objects(settings, time: time, logger)
        let feeds = Feeds(time: time, logger: logger)
        let status = HostStatus(database: database, time: time)
        let usage = UsageMeter()
        var random = SystemRandomNumberGenerator()
        let writer = UUID.v7(at: time.now(), using: &random)
        let gateway = Gateway(
            settings: settings, fleet: Fleet(try loader.serving(handlers)),
            authenticator: Authenticator(verifier: try keys.verifier()), keys: keys,
            directory: directory, dataKeys: dataKeys, contexts: contexts, scratch: scratch, feeds: feeds, usage: usage, status: status, time: time,
            logger: logger)

        var certificates: Certificates?
        if let files = settings.tls { certificates = try Certificates(files, logger: logger) }
        let edge = EdgeChannel(
            loops: loops, limits: settings.limits, time: time, certificates: certificates, clearHTTP2: settings.clearHTTP2,
            addresses: AddressCounter(limit: settings.limits.connectionsPerAddress)
        ) { await gateway.serve($0) }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        let server = Server(
            childChannelSetup: edge,
            configuration: ServerConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.limits.connections, logger: quiet)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? settings.port) },
            eventLoopGroup: loops.group, logger: quiet)
        let seals = try KnownSeals(home: settings.home)
        let system = SystemCalls(gateway: gateway, loops: loops)
        let erasures = ErasureDatabase(client: client, claimer: writer)
        var services: [any Service] = [
            DatabaseService(client: client, reactor: reactor, loops: loops),
            RightsService(uses: gateway.keyUses, database: database, logger: logger),
            QuotaService(database: database, logger: logger),
            UsageService(meter: usage, database: UsageDatabase(client: client, writer: writer), time: time, logger: logger),
            RecordingService(
                gateway: gateway, queue: recordings, vault: try RecordingVault(keys: dataKeys), database: RecordingDatabase(client: client),
                programs: Dictionary(settings.handlers.map { ($0.name, $0.programPath(beside: settings.programs)) }) { first, _ in first },
                logger: logger),
            UpkeepService(gateway: gateway, loops: loops, jobs: desk),
            CallService(gateway: gateway, queue: calls),
            ObjectService(
                desk: ObjectDesk(
                    store: objects, keys: dataKeys, allows: { name in gateway.handlers.first { $0.name == name }?.keepsObjects == true },
                    logger: logger),
                queue: objectQueue),
            LaunchService(launch: launch),
            PoolService(fleet: gateway.fleet),
            MailService(
                calls: system, database: MailDatabase(client: client),
                folder: settings.outside.mailServer == nil ? "\(settings.home)/mail" : nil, time: time, logger: logger),
            BillingService(
                calls: system, database: BillingDatabase(client: client), time: time, logger: logger),
            WorkService(queue: .files, lanes: 2, calls: system, client: client, claimer: writer, logger: logger),
            TimerService(gateway: gateway, database: TimerDatabase(client: client), desk: desk, logger: logger),
            JobService(
                gateway: gateway, loops: loops, desk: desk, database: JobDatabase(client: client, claimer: writer), logger: logger),
            ErasureService(
                calls: system, database: erasures,
                files: TenantFiles(home: settings.home, scratch: scratch, seals: seals, convictions: gateway.convictions, objects: objects),
                logger: logger),
            RetentionService(calls: system, database: erasures, logger: logger),
            ReloadService(gateway: gateway, loader: loader, database: database),
            DataKeyService(keys: dataKeys, logger: logger),
            KeyService(keys: keys, authenticator: gateway.authenticator, logger: logger),
            SealService(
                calls: system, written: gateway.written, known: seals,
                interval: settings.sealInterval, time: time, logger: logger),
            server,
            DoorService(gateway: gateway),
        ]
        if let certificates { services.append(CertificateService(certificates: certificates)) }
        self.services = services
    }

    /// The place of objects. One that does not answer now may do so later; one that says no is a wrong setting.
    private static func objects(_ settings: HostSettings, time: TimeSource, _ logger: Logger) async throws(AppError) -> ObjectStore {
        let storage: any ObjectStorage =
            switch settings.objects {
            case .folder(let path): FolderStorage(folder: path ?? "\(settings.home)/objects")
            case .bucket(let bucket): try S3Storage(bucket, time: time)
            }
        let store = ObjectStore(storage, time: time)
        do throws(AppError) {
            try await store.prepare()
        } catch {
            guard error.code == .unavailable else { throw error }
            logger.error("the place of objects does not answer", metadata: .keys([.error: "\(String(reflecting: error))"]))
        }
        return store
    }

    static func configuration(_ url: String) throws(AppError) -> PostgresClient.Configuration {
        do throws(PostgresError) {
            // Whoever the URL names does not sign in: each role does with a password of its own.
            return try PostgresClient.Configuration(url: url, user: "nobody")
        } catch { throw AppError(.validation, "TENANTRY_DATABASE_URL: \(error)") }
    }

    private static func hostConfiguration(
        _ base: PostgresClient.Configuration, _ settings: HostSettings
    ) throws(AppError) -> PostgresClient.Configuration {
        var configuration = base
        configuration.user = "\(settings.rolePrefix)_host"
        configuration.password = try settings.password(of: configuration.user)
        configuration.applicationName = "tenantry host"
        configuration.maxConnections = settings.connections
        return configuration
    }
}
