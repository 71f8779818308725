// swift-tools-version:6.2
import PackageDescription

// Targets stand bottom-up: a target names only targets above it in this file.
let package = Package(
    name: "tenantry",
    products: [
        .library(name: "HandlerKit", targets: ["HandlerKit"]),
        .executable(name: "tenantry", targets: ["tenantry"]),
    ],
    dependencies: [
        // Structured logging, the ecosystem's seam.
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        // The HTTP server: HTTP/1.1 framing, back-pressure, graceful shutdown. No Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: []),
        // The event loops beneath it; the gateway's end of the wire lives on them.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        // TLS 1.3 for the gateway.
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        // HTTP/2 for the gateway.
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        // Method, status and header types that Hummingbird speaks.
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        // Start order, SIGTERM and draining of the services in one process.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        // Commands, help, completion of the program `tenantry`.
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        // Settings from the environment, typed, with secrets marked.
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: []),
        // `handler.yaml`, with line and column for every error.
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
    ],
    targets: [
        // C libraries: a modulemap and a shim each, no logic; one Swift target imports each.
        .systemLibrary(name: "CPostgres", path: "Runtime/CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", path: "Runtime/COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", path: "Runtime/CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSeccomp", path: "Runtime/CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CQRCode", path: "Runtime/CQRCode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CPNG", path: "Runtime/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CZlib", path: "Runtime/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CExpat", path: "Runtime/CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CEpoll", path: "Runtime/CEpoll"),
        .systemLibrary(name: "CSpawn", path: "Runtime/CSpawn"),
        .systemLibrary(name: "CMarks", path: "Runtime/CMarks"),

        .target(name: "Kernel", dependencies: [.product(name: "Logging", package: "swift-log")], path: "Runtime/Kernel"),
        .target(name: "Reactor", dependencies: ["CEpoll", "Kernel"], path: "Runtime/Reactor"),
        .target(name: "Wire", dependencies: ["Kernel"], path: "Runtime/Wire", exclude: ["PROTOCOL.md"]),
        .target(name: "Tokens", dependencies: ["COpenSSL", "Kernel"], path: "Runtime/Tokens"),
        .target(
            name: "Postgres",
            dependencies: ["CPostgres", "Reactor", "Kernel", .product(name: "Logging", package: "swift-log")],
            path: "Runtime/Postgres"),
        // Schedules, time zones, retries, turns: pure.
        .target(name: "Jobs", dependencies: ["Kernel"], path: "Runtime/Jobs", exclude: ["JOBS.md"]),
        .target(
            name: "HandlerKit",
            dependencies: ["Jobs", "Postgres", "Reactor", "Wire", "Tokens", "Kernel", .product(name: "Logging", package: "swift-log")],
            path: "Runtime/HandlerKit"),
        .target(name: "Addresses", dependencies: ["Kernel"], path: "Runtime/Addresses"),
        .target(name: "Outbound", dependencies: ["CCurl", "Addresses", "Reactor", "Kernel"], path: "Runtime/Outbound", exclude: ["OUTBOUND.md"]),
        // Handlers' files: sealed, in a folder or a bucket.
        .target(
            name: "Objects", dependencies: ["Outbound", "Addresses", "Tokens", "Reactor", "Kernel"], path: "Runtime/Objects", exclude: ["OBJECTS.md"]),
        .target(name: "Manifest", dependencies: ["Jobs", "Kernel", .product(name: "Yams", package: "Yams")], path: "Runtime/Manifest"),
        .target(
            name: "Tenants",
            dependencies: ["Postgres", "Tokens", "Manifest", "Kernel", .product(name: "Logging", package: "swift-log")],
            path: "Tenants", exclude: ["Archives", "Schema/Migrations", "TENANTS.md"]),
        // Whole tenants as files: the form, pure; and what reads and fills them.
        .target(name: "ArchiveFormat", dependencies: ["Tokens", "Kernel"], path: "Tenants/Archives/Format"),
        .target(name: "Archives", dependencies: ["ArchiveFormat", "Postgres", "Kernel"], path: "Tenants/Archives/Store"),
        .target(
            name: "Host",
            dependencies: [
                "CSpawn", "Jobs", "Postgres", "Tokens", "Wire", "Manifest", "Objects", "Addresses", "Reactor", "Kernel",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Runtime/Host"),
        // What the gateway starts handlers' programs with. In C, since it stands between two execs; static and without Swift, since it runs at each start.
        .executableTarget(
            name: "tenantry-launcher", dependencies: ["CSeccomp"], path: "Runtime/Launcher", cSettings: [.define("_GNU_SOURCE")],
            linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"])]),
        .executableTarget(
            name: "tenantry",
            dependencies: [
                "Host", "Jobs", "Tenants", "Archives", "ArchiveFormat", "Postgres", "Tokens", "Wire", "Manifest", "Objects", "Addresses", "Kernel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Runtime/CLI"),

        // Measures what a token costs, for infra/bench.
        .executableTarget(name: "token-bench", dependencies: ["Host", "Tokens", "Kernel"], path: "infra/benchmark/tokens"),
        // Reads tables on one thread, for infra/bench.
        .executableTarget(name: "table-bench", dependencies: ["Tabular", "Kernel"], path: "infra/benchmark/tables"),

        // Handlers: one program each; pure domain logic beside it as a library.
        .target(name: "Codes", dependencies: ["CQRCode", "CPNG", "Tokens", "Kernel"], path: "Handlers/Auth/Codes"),
        .target(name: "Mailing", dependencies: ["HandlerKit", "Tokens"], path: "Handlers/Mail/Mailing"),
        .executableTarget(
            name: "mail-handler", dependencies: ["HandlerKit", "Mailing", "Outbound", "Addresses", "Tokens"], path: "Handlers/Mail/Program"),
        .target(name: "PasswordRules", path: "Handlers/Auth/Passwords", exclude: ["COMMON-PASSWORDS.md", "make_list.py"]),
        .executableTarget(
            name: "auth-handler", dependencies: ["HandlerKit", "Tokens", "Codes", "Mailing", "PasswordRules"], path: "Handlers/Auth/Program"),
        .executableTarget(
            name: "users-handler", dependencies: ["HandlerKit", "Tokens", "Mailing"], path: "Handlers/Users", exclude: ["handler.yaml"],
            sources: ["Program"]),
        .executableTarget(
            name: "admin-handler", dependencies: ["HandlerKit", "Tokens", "Mailing"], path: "Handlers/Admin", exclude: ["handler.yaml"],
            sources: ["Program"]),
        .target(name: "OpenID", dependencies: ["Outbound", "Addresses", "Tokens", "Kernel"], path: "Handlers/Federation/OpenID"),
        .executableTarget(
            name: "federation-handler", dependencies: ["HandlerKit", "OpenID", "Outbound", "Addresses", "Tokens"], path: "Handlers/Federation/Program"
        ),
        .target(name: "Billing", dependencies: ["Kernel"], path: "Handlers/Subscriptions/Billing"),
        .target(
            name: "Stripe", dependencies: ["Billing", "Outbound", "Addresses", "Tokens", "Kernel"], path: "Handlers/Subscriptions/Stripe"),
        .executableTarget(
            name: "subscriptions-handler", dependencies: ["HandlerKit", "Billing", "Stripe", "Addresses"], path: "Handlers/Subscriptions/Program"),
        .target(name: "MetricSeries", dependencies: ["Kernel"], path: "Handlers/Dashboards/Metrics"),
        .executableTarget(name: "dashboards-handler", dependencies: ["HandlerKit", "MetricSeries", "Kernel"], path: "Handlers/Dashboards/Program"),
        .target(name: "Tabular", dependencies: ["CMarks", "Kernel"], path: "Handlers/Uploads/Tabular"),
        // Files that are not delimited text: what they are packed in, workbooks, JSON; and what opens a file of any kind.
        .target(name: "Containers", dependencies: ["CZlib", "Kernel"], path: "Handlers/Uploads/Containers"),
        .target(name: "TypedTables", dependencies: ["Tabular", "Kernel"], path: "Handlers/Uploads/TypedTables"),
        .target(
            name: "Workbooks", dependencies: ["CExpat", "Containers", "TypedTables", "Tabular", "Kernel"], path: "Handlers/Uploads/Workbooks"),
        .target(name: "JSONTables", dependencies: ["TypedTables", "Tabular", "Kernel"], path: "Handlers/Uploads/JSONTables"),
        .target(
            name: "TableFiles", dependencies: ["Containers", "Workbooks", "JSONTables", "TypedTables", "Tabular", "Kernel"],
            path: "Handlers/Uploads/TableFiles"),
        .target(name: "FormData", dependencies: ["Kernel"], path: "Handlers/Uploads/FormData"),
        .target(name: "Imports", dependencies: ["Tabular", "Kernel"], path: "Handlers/Uploads/Imports"),
        .executableTarget(
            name: "uploads-handler",
            dependencies: ["HandlerKit", "Imports", "TableFiles", "TypedTables", "Containers", "Tabular", "FormData", "Tokens", "Kernel"],
            path: "Handlers/Uploads/Program"),
        // Forecasts of regular series, and their unusual values: pure numbers, one folder a kind of model.
        .target(name: "Forecasting", dependencies: ["Kernel"], path: "Handlers/Forecasts/Forecasting"),
        .target(name: "Anomalies", path: "Handlers/Forecasts/Anomalies"),
        // Alerts and notifications: how bad it is and when somebody may be told, rules and their machine, what is sent and when.
        .target(name: "NotificationRules", dependencies: ["Kernel"], path: "Handlers/Notifications/Rules"),
        .target(
            name: "AlertRules", dependencies: ["NotificationRules", "Forecasting", "Anomalies", "MetricSeries", "Kernel"],
            path: "Handlers/Alerts/Rules"),
        .target(name: "NotificationDelivery", dependencies: ["NotificationRules", "Tokens", "Kernel"], path: "Handlers/Notifications/Delivery"),
        .executableTarget(
            name: "forecasts-handler", dependencies: ["HandlerKit", "Forecasting", "Anomalies", "Tabular"], path: "Handlers/Forecasts/Program"),
        // What is said in texts: language, tone, who and what is named, subjects.
        .target(name: "TextAnalysis", dependencies: ["Kernel"], path: "Handlers/Articles/TextAnalysis"),
        .executableTarget(name: "articles-handler", dependencies: ["HandlerKit", "TextAnalysis", "Tabular"], path: "Handlers/Articles/Program"),
        .executableTarget(name: "sentiment-trainer", dependencies: ["TextAnalysis"], path: "Handlers/Articles/Training"),
        // What keeps itself fresh: providers and how they are asked and understood, pure; and the program that fetches and stores.
        .target(name: "Articles", dependencies: ["Kernel"], path: "Handlers/Sources/Articles"),
        .target(
            name: "Connectors", dependencies: ["Articles", "Imports", "TypedTables", "Tabular", "Addresses", "Tokens", "Kernel"],
            path: "Handlers/Sources/Connectors"),
        .executableTarget(
            name: "sources-handler",
            dependencies: [
                "HandlerKit", "Connectors", "Articles", "Outbound", "Addresses", "Postgres", "Reactor", "Tokens", "Kernel",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Handlers/Sources/Program"),
        .executableTarget(
            name: "alerts-handler", dependencies: ["HandlerKit", "AlertRules", "NotificationDelivery", "NotificationRules", "MetricSeries"],
            path: "Handlers/Alerts/Program"),
        .executableTarget(
            name: "notifications-handler",
            dependencies: ["HandlerKit", "NotificationDelivery", "NotificationRules", "Mailing", "Outbound", "Addresses", "Tokens"],
            path: "Handlers/Notifications/Program"),
        .executableTarget(name: "retention-handler", dependencies: ["HandlerKit"], path: "Handlers/Retention/Program"),
        .executableTarget(
            name: "archive-handler", dependencies: ["HandlerKit", "Archives", "ArchiveFormat"], path: "Handlers/Archive/Program"),
        .executableTarget(name: "jobs-handler", dependencies: ["HandlerKit", "Jobs"], path: "Handlers/Jobs/Program"),
        .target(name: "AuditTrail", dependencies: ["Tokens", "Kernel"], path: "Handlers/Audit/Trail"),
        .executableTarget(
            name: "audit-handler", dependencies: ["HandlerKit", "AuditTrail", "Tokens", "Kernel"], path: "Handlers/Audit/Program"),

        // Tests: a unit suite per room, one suite that owns a database, one over the built programs.
        .target(
            name: "TestSupport",
            dependencies: ["Tenants", "Postgres", "Tokens", "Manifest", "Reactor", "Kernel", .product(name: "Logging", package: "swift-log")],
            path: "Tests/Support"),
        .executableTarget(
            name: "probe-handler", dependencies: ["HandlerKit"], path: "Tests/ProbeHandler", exclude: ["handler.yaml", "Schema"], sources: ["Program"]
        ),
        .target(name: "HostileCalls", path: "Tests/HostileHandler/Calls"),
        .executableTarget(
            name: "hostile-handler", dependencies: ["HandlerKit", "Postgres", "Reactor", "HostileCalls"], path: "Tests/HostileHandler",
            exclude: ["handler.yaml", "Calls"], sources: ["Program"]),
        .testTarget(name: "KernelTests", dependencies: ["Kernel"], path: "Tests/Kernel"),
        .testTarget(name: "ReactorTests", dependencies: ["Reactor"], path: "Tests/Reactor"),
        .testTarget(name: "WireTests", dependencies: ["Wire"], path: "Tests/Wire"),
        .testTarget(name: "TokensTests", dependencies: ["Tokens"], path: "Tests/Tokens", exclude: ["Vectors"]),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres"], path: "Tests/Postgres"),
        .target(name: "ServerPrograms", dependencies: ["Kernel"], path: "Tests/Servers/Program"),
        .executableTarget(name: "fetch-probe", dependencies: ["Outbound", "Addresses", "Kernel"], path: "Tests/FetchProbe"),
        .testTarget(
            name: "OutboundTests", dependencies: ["Outbound", "ServerPrograms", "Addresses", "Tokens", "Kernel"], path: "Tests/Outbound",
            resources: [.embedInCode("ssrf_cases.json")]),
        .testTarget(
            name: "ObjectsTests", dependencies: ["Objects", "ServerPrograms", "Outbound", "Addresses", "Tokens", "Reactor", "Kernel"],
            path: "Tests/Objects"),
        .testTarget(name: "HandlerKitTests", dependencies: ["HandlerKit"], path: "Tests/HandlerKit"),
        .testTarget(name: "JobsTests", dependencies: ["Jobs", "Kernel"], path: "Tests/Jobs"),
        .testTarget(name: "ManifestTests", dependencies: ["Jobs", "Manifest"], path: "Tests/Manifest"),
        .testTarget(
            name: "CodesTests", dependencies: ["CPNG", "Codes", "Tokens", "Kernel"], path: "Tests/Codes",
            resources: [.embedInCode("totp_vectors.json")]),
        .testTarget(name: "PasswordRulesTests", dependencies: ["PasswordRules"], path: "Tests/PasswordRules"),
        .testTarget(name: "TabularTests", dependencies: ["Tabular"], path: "Tests/Tabular"),
        .executableTarget(name: "table-inspector", dependencies: ["TableFiles", "Tabular", "Kernel"], path: "Tests/TableInspector"),
        .target(name: "TableSupport", dependencies: ["CZlib"], path: "Tests/TableSupport"),
        .testTarget(name: "ContainersTests", dependencies: ["TableSupport", "Containers", "Kernel"], path: "Tests/Containers"),
        .testTarget(
            name: "WorkbooksTests", dependencies: ["TableSupport", "Workbooks", "Containers", "TypedTables", "Tabular", "Kernel"],
            path: "Tests/Workbooks", exclude: ["FIXTURES.md"],
            resources: [.embedInCode("book.xls"), .embedInCode("epoch1904.xls"), .embedInCode("sheet.ods")]),
        .testTarget(name: "JSONTablesTests", dependencies: ["JSONTables", "TypedTables", "Tabular", "Kernel"], path: "Tests/JSONTables"),
        .testTarget(
            name: "TableFilesTests", dependencies: ["TableSupport", "TableFiles", "TypedTables", "Tabular", "Kernel"], path: "Tests/TableFiles"),
        .testTarget(name: "ImportsTests", dependencies: ["Imports", "Tabular", "Kernel"], path: "Tests/Imports"),
        .testTarget(
            name: "SourcesTests", dependencies: ["Connectors", "Articles", "Addresses", "Tokens", "Kernel"], path: "Tests/Sources"),
        .testTarget(name: "FormDataTests", dependencies: ["FormData"], path: "Tests/FormData"),
        .testTarget(name: "MailingTests", dependencies: ["Mailing", "HandlerKit", "Tokens"], path: "Tests/Mailing"),
        .testTarget(
            name: "OpenIDTests", dependencies: ["OpenID", "Outbound", "Addresses", "Tokens", "Kernel"], path: "Tests/OpenID"),
        .testTarget(
            name: "BillingTests", dependencies: ["Billing", "Stripe", "Addresses", "Outbound", "Tokens", "Kernel"], path: "Tests/Billing"),
        .testTarget(name: "MetricSeriesTests", dependencies: ["MetricSeries"], path: "Tests/Metrics"),
        .testTarget(name: "ForecastingTests", dependencies: ["Forecasting"], path: "Tests/Forecasting"),
        .testTarget(name: "TextAnalysisTests", dependencies: ["TextAnalysis"], path: "Tests/TextAnalysis"),
        .testTarget(name: "AnomaliesTests", dependencies: ["Anomalies"], path: "Tests/Anomalies"),
        .testTarget(name: "AlertRulesTests", dependencies: ["AlertRules", "NotificationRules", "MetricSeries", "Kernel"], path: "Tests/AlertRules"),
        .testTarget(
            name: "NotificationDeliveryTests", dependencies: ["NotificationDelivery", "NotificationRules", "Tokens", "Kernel"],
            path: "Tests/NotificationDelivery", exclude: ["VECTORS.md"], resources: [.embedInCode("webhook_vectors.json")]),
        .testTarget(name: "AuditTrailTests", dependencies: ["AuditTrail", "Tokens", "Kernel"], path: "Tests/Audit"),
        .testTarget(name: "ArchivesTests", dependencies: ["ArchiveFormat", "Archives", "Tokens", "Kernel"], path: "Tests/Archives"),
        .testTarget(name: "TenantsTests", dependencies: ["Tenants", "Manifest", "Kernel"], path: "Tests/Tenants"),
        .testTarget(name: "HostTests", dependencies: ["Host"], path: "Tests/Host"),
        .testTarget(name: "PitfallTests", dependencies: ["TestSupport", "Kernel"], path: "Tests/Pitfalls", exclude: ["pitfalls.txt"]),
        .testTarget(name: "CheckTests", dependencies: ["TestSupport", "Kernel"], path: "Tests/Checks", exclude: ["checks.txt"]),
        .testTarget(
            name: "IntegrationTests", dependencies: ["TestSupport", "Host", "Tenants", "Postgres", "Tokens", "Manifest", "Reactor", "Kernel"],
            path: "Tests/Integration"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "tenantry", "Codes", "admin-handler", "archive-handler", "audit-handler", "auth-handler", "users-handler",
                "dashboards-handler", "uploads-handler", "retention-handler", "mail-handler", "federation-handler", "subscriptions-handler",
                "forecasts-handler", "articles-handler", "sources-handler", "alerts-handler", "notifications-handler",
                "NotificationDelivery", "ServerPrograms", "ArchiveFormat", "Archives", "TableSupport", "probe-handler",
                "hostile-handler", "Tenants",
                "Postgres", "Tokens", "Mailing", "HandlerKit",
                "Manifest", "Reactor", "Kernel",
            ],
            path: "Tests/EndToEnd"),
    ],
    swiftLanguageModes: [.v6]
)

/// `TENANTRY_ROOMS=Postgres,Wire swift build` builds only those targets and what they stand on.
if let rooms = Context.environment["TENANTRY_ROOMS"], !rooms.isEmpty {
    var kept = Set(rooms.split(separator: ",").map(String.init))
    for target in package.targets.reversed() where kept.contains(target.name) {
        for case .byNameItem(let name, _) in target.dependencies { kept.insert(name) }
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products.removeAll { !kept.contains($0.name) }
    let packages = Set(
        package.targets.flatMap(\.dependencies).compactMap { dependency -> String? in
            if case .productItem(_, let package, _, _) = dependency { package } else { nil }
        })
    package.dependencies.removeAll { dependency in
        guard case .sourceControl(_, let location, _) = dependency.kind else { return false }
        return !packages.contains { location.hasSuffix("/\($0).git") }
    }
}

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461: an async function runs where its caller runs
]
// A handler's program carries the standard library: it starts sooner and is smaller in memory than with the shared one.
let selfContained: [LinkerSetting] = [.unsafeFlags(["-static-stdlib"], .when(configuration: .release))]
for target in package.targets where target.name.hasSuffix("-handler") { target.linkerSettings = selfContained }

let strict = Context.environment["TENANTRY_STRICT"] != nil
for target in package.targets where target.type != .system {
    target.swiftSettings = settings + (strict ? [.treatAllWarnings(as: .error)] : [])
}
