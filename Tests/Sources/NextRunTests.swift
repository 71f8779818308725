import Connectors
import Testing

@Suite struct NextRunTests {
    private func seconds(_ fault: PullFault?, failures: Int = 0, interval: Int? = 3600, timer: Bool = false, random: Double = 0) -> Int64? {
        NextRun.wait(interval: interval, followsTimer: timer, fault: fault, failures: failures, random: random)?.components.seconds
    }

    @Test("behind a good run its interval, and a little more at random; without an interval never") func good() {
        #expect(seconds(nil) == 3600 && seconds(nil, random: 0.5) == 3690 && seconds(nil, interval: nil) == nil)
        #expect(seconds(PullFault(.timedOut, ""), interval: nil) == nil)
    }

    @Test("behind what may be over soon a minute, twice as long each time, the interval at most") func soon() {
        let fault = PullFault(.providerError, "")
        #expect([0, 1, 2, 5, 6, 1000].map { seconds(fault, failures: $0) } == [60, 120, 240, 1920, 3600, 3600])
    }

    @Test("with a timer: nothing but what comes before the timer's next time, or is asked for behind it") func timer() {
        let fault = PullFault(.providerError, "")
        #expect(seconds(nil, timer: true) == nil && seconds(PullFault(.notAllowed, ""), timer: true) == nil)
        #expect([0, 5, 6].map { seconds(fault, failures: $0, timer: true) } == [60, 1920, nil])
        let limited = PullFault(.rateLimited, "", retryAfter: .seconds(9000))
        #expect([0, 9].map { seconds(limited, failures: $0, timer: true) } == [9000, 9000])
    }

    @Test("behind what stays wrong its interval; never before somebody said so") func late() {
        #expect(seconds(PullFault(.notAllowed, "")) == 3600)
        #expect(seconds(PullFault(.rateLimited, "", retryAfter: .seconds(9000))) == 9000)
        #expect(seconds(PullFault(.rateLimited, "", retryAfter: .seconds(30))) == 60)
    }
}
