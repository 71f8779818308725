import HandlerKit

/// Tells one process from another, and ends or holds one in the middle of a write.
enum Marking {
    struct Mark: Codable, Sendable {
        /// Another one in each process.
        var mark: String
    }

    struct Time: Decodable, Sendable {
        var milliseconds: Int
    }

    static let mark = "\(UInt64.random(in: .min ... .max))"

    @RoutesBuilder static var routes: [Route] {
        Route.get("/probe/mark", access: .read, summary: "Names its process, after a while") { (input: Waiting.MaybeTime, _) in
            if let time = input.milliseconds { try await Task.sleep(for: .milliseconds(time)) }
            return Mark(mark: mark)
        }

        Route.get("/probe/threads", access: .read, summary: "Opens the state of its threads as libdispatch does") { (_: NoInput, _) in
            for thread in try File.names(in: "/proc/self/task") { _ = try File.read("/proc/\(thread)/stat") }
            return Response.noContent
        }

        Route.get("/probe/burn", access: .read, summary: "Computes for ever, but lets others in between") { (_: NoInput, _) in
            while !Task.isCancelled {
                let start = ContinuousClock.now
                while start.duration(to: .now) < .milliseconds(5) {}
                try await Task.sleep(for: .milliseconds(1))
            }
            return Response.noContent
        }

        Route.post("/probe/write/slow", access: .write, summary: "Waits as a write", writes: true) { (input: Time, _) in
            try await Task.sleep(for: .milliseconds(input.milliseconds))
            return Mark(mark: mark)
        }

        Route.post("/probe/write/trap", access: .write, summary: "Ends the process as a write", writes: true) { (input: Breaking.Index, _) in
            let nothing: [String] = []
            return Mark(mark: nothing[input.index ?? 0])
        }
    }
}
