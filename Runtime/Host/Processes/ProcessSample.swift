import Glibc
import Kernel

/// What a process uses, as the kernel says it in `/proc` (proc(5)).
struct ProcessSample: Sendable, Equatable {
    /// Bytes in memory.
    var memory: Int
    /// Processor time since its start, of all its threads.
    var cpu: Duration
    /// How long its main thread, which runs a handler's code, has waited for a processor since its start; zero where the kernel does not count it.
    var starved: Duration = .zero

    /// Reads it; nil where there is no such process. Blocks for some microseconds.
    static func read(_ pid: pid_t) -> ProcessSample? {
        guard let memory = try? File.read("/proc/\(pid)/statm"), let stat = try? File.read("/proc/\(pid)/stat") else { return nil }
        let schedule = try? File.read("/proc/\(pid)/schedstat")
        return ProcessSample(statm: memory, stat: stat, schedstat: schedule ?? [])
    }

    private static let pageSize = sysconf(Int32(_SC_PAGESIZE))
    private static let ticks = sysconf(Int32(_SC_CLK_TCK))

    /// From the text of the three files.
    init?(statm: [UInt8], stat: [UInt8], schedstat: [UInt8] = []) {
        let pages = String(decoding: statm, as: UTF8.self).split(separator: " ")
        // The name stands in parentheses and may hold anything, so what counts begins behind the last one: there utime and stime are 12 and 13.
        guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = String(decoding: stat[(end + 1)...], as: UTF8.self).split(separator: " ")
        guard pages.count > 1, let resident = Int(pages[1]), fields.count > 12, let user = Int64(fields[11]), let system = Int64(fields[12]) else {
            return nil
        }
        memory = resident * Self.pageSize
        cpu = .milliseconds((user + system) * 1000 / Int64(Self.ticks))
        let schedule = String(decoding: schedstat, as: UTF8.self).split(separator: " ")
        if schedule.count > 1, let nanoseconds = Int64(schedule[1]) { starved = .nanoseconds(nanoseconds) }
    }

    init(memory: Int, cpu: Duration) {
        self.memory = memory
        self.cpu = cpu
    }
}
