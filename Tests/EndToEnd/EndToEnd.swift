import TestSupport
import Testing

/// The root of all suites over the built programs: `tenantry run` with its handlers, against a fresh database. Skipped where no server is given.
@Suite("end to end", .enabled(if: TestServer.isConfigured, "TENANTRY_TEST_DATABASE_URL is not set"), .timeLimit(.minutes(40)))
enum EndToEnd {}
