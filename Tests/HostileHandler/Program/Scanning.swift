import Glibc
import HandlerKit
import HostileCalls

/// Looks for other tenants' contexts in the memory of its own process, as memory corruption or a hostile dependency could.
enum Scanning {
    struct Found: Encodable, Sendable {
        /// Every signed context, in no order.
        let contexts: [String]
    }

    struct Time: Decodable, Sendable {
        var milliseconds: Int
    }

    @RoutesBuilder static var routes: [Route] {
        Route.get("/hostile/contexts", access: .attack, summary: "Lists the signed contexts in the process's heap") { (_: NoInput, _) in
            Found(contexts: contexts())
        }

        Route.get("/hostile/wait", access: .attack, summary: "Is in flight for a while") { (input: Time, _) in
            try await Task.sleep(for: .milliseconds(input.milliseconds))
            return Response.noContent
        }
    }

    /// The heap from its first page to its end. All of a handler runs on the first thread, so what it allocates lies there.
    private static func contexts() -> [String] {
        guard let end = sbrk(0) else { return [] }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        var start = UnsafeMutableRawPointer(bitPattern: (UInt(bitPattern: end) - 1) & ~UInt(page - 1))
        var resident: UInt8 = 0
        var first = start
        while let candidate = start, mincore(candidate, page, &resident) == 0 {
            first = candidate
            start = candidate - page
        }
        guard let first else { return [] }
        let heap = UnsafeRawBufferPointer(start: first, count: first.distance(to: end))
        let pattern = Array("tc1.".utf8)
        var found: Set<String> = []
        var position = 0
        while position + pattern.count < heap.count {
            guard let hit = find_bytes(heap.baseAddress! + position, heap.count - position, pattern, pattern.count) else { break }
            let offset = heap.baseAddress!.distance(to: hit)
            var text: [UInt8] = []
            while text.count < 300, offset + text.count < heap.count, isPart(heap[offset + text.count]) { text.append(heap[offset + text.count]) }
            let context = String(decoding: text, as: UTF8.self)
            if context.split(separator: ".").count == 11 { found.insert(context) }
            position = offset + pattern.count
        }
        return Array(found)
    }

    /// Digits, small letters, `-`, `.` and `_`.
    private static func isPart(_ byte: UInt8) -> Bool {
        byte == 45 || byte == 46 || byte == 95 || (48...57).contains(byte) || (97...122).contains(byte)
    }
}
