import TestSupport
import Testing

/// The root of all suites that need a Postgres server. Skipped where none is given; `infra/test` always gives one.
@Suite("integration", .enabled(if: TestServer.isConfigured, "TENANTRY_TEST_DATABASE_URL is not set"), .timeLimit(.minutes(40)))
enum Integration {}
