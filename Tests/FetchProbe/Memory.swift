import Kernel

enum Memory {
    /// The most memory that this process held so far, from /proc (proc(5), `VmHWM`).
    static var peakMegabytes: Int {
        guard let bytes = try? File.read("/proc/self/status", limit: 64 << 10) else { return 0 }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1024 } ?? 0
        }
        return 0
    }
}
