public import Testing

/// Gives each test a migrated database of its own, found at `TestDatabase.current`.
public struct TestDatabaseTrait: TestTrait, SuiteTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void) async throws {
        try await TestDatabase.withFresh { _ in try await function() }
    }
}

extension Trait where Self == TestDatabaseTrait {
    /// Gives each test a migrated database of its own, found at `TestDatabase.current`.
    public static var testDatabase: TestDatabaseTrait { TestDatabaseTrait() }
}
