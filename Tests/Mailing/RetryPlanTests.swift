import Mailing
import Testing

@Suite struct RetryPlanTests {
    @Test func `waits double up to an hour, and end`() throws {
        var random = SystemRandomNumberGenerator()
        for (tries, seconds) in [1: 30, 2: 60, 3: 120, 7: 1920, 8: 3600, 11: 3600] {
            for _ in 0..<50 {
                let wait = try #require(RetryPlan.wait(after: tries, using: &random))
                #expect(wait >= .seconds(seconds / 2) && wait <= .seconds(seconds * 3 / 2))
            }
        }
        #expect(RetryPlan.wait(after: RetryPlan.most, using: &random) == nil)
        #expect(Set((0..<50).compactMap { _ in RetryPlan.wait(after: 8, using: &random) }).count > 1)
    }
}
