import Testing

@testable import Host

@Suite struct WorkServiceTests {
    @Test("work that failed waits twice as long each time, at most five minutes") func waits() {
        #expect([0, 1, 2, 3, 9, 10, 1000].map { WorkService.wait(behind: $0) } == [1, 1, 2, 4, 256, 300, 300].map { .seconds($0) })
    }
}
