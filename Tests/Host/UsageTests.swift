import Kernel
import Testing
import Wire

@testable import Host

@Suite struct UsageTests {
    private let a = TenantID(UUID(high: 1, low: 1))
    private let hour = Timestamp(seconds: 1_800_000_000)
    private let receipt = Receipt(handlerMicroseconds: 900, databaseMicroseconds: 700, cpuMicroseconds: 30, rows: 4, databaseBytes: 500)

    @Test("what is used is summed by tenant, handler and hour")
    func sums() throws {
        var sums = UsageSums()
        for (tenant, seconds) in [(a, 0), (a, 3599), (a, 3600), (nil, 5)] as [(TenantID?, Int64)] {
            sums.add(Usage(receipt), tenant: tenant, handler: "h", at: hour + .seconds(seconds))
            sums.add(
                Usage(requestBytes: 10, answerBytes: 20, failed: seconds == 3599), tenant: tenant, handler: "h", at: hour + .seconds(seconds))
        }
        let next = sums.next()
        let batch = try #require(next)
        #expect(batch.number == 1 && batch.sums.count == 3)
        let first = try #require(batch.sums[UsageSums.Key(tenant: a, handler: "h", hour: hour)])
        #expect(first.invocations == 2 && first.errors == 1 && first.cpuMicroseconds == 60 && first.databaseMicroseconds == 1400)
        #expect(first.rows == 8 && first.databaseBytes == 1000 && first.requestBytes == 20 && first.answerBytes == 40)
        #expect(batch.sums[UsageSums.Key(tenant: TenantID(.zero), handler: "h", hour: hour)]?.invocations == 1)
    }

    @Test("what the host asks by itself is an invocation and a job")
    func jobs() {
        var sum = Usage(requestBytes: 1, answerBytes: 2, failed: false)
        sum += Usage(requestBytes: 1, answerBytes: 2, failed: false, isJob: true)
        #expect(sum.invocations == 2 && sum.jobs == 1)
    }

    @Test("a batch whose fate is unknown is written again, unchanged, before what came behind it")
    func retry() throws {
        var sums = UsageSums()
        sums.add(Usage(receipt), tenant: a, handler: "h", at: hour)
        var next = sums.next()
        let first = try #require(next)
        sums.add(Usage(receipt), tenant: a, handler: "h", at: hour)
        next = sums.next()
        #expect(next == first)
        sums.written(first.number)
        next = sums.next()
        let second = try #require(next)
        #expect(second.number == 2 && second.sums == first.sums)
        sums.written(first.number)
        next = sums.next()
        #expect(next == second)
        sums.written(second.number)
        next = sums.next()
        #expect(next == nil)
    }
}
