import HandlerKit

/// Routes that take long, each in another way.
enum Waiting {
    struct Time: Decodable, Sendable, Validated {
        var milliseconds: Int

        func validate(_ issues: inout [AppError.Issue]) {
            issues.require((0...600_000).contains(milliseconds), "milliseconds", "expected 0 to 600000")
        }
    }

    struct MaybeTime: Decodable, Sendable {
        /// For ever where it is absent.
        var milliseconds: Int?
    }

    @RoutesBuilder static var routes: [Route] {
        Route.get("/probe/sleep", access: .read, summary: "Waits without using anything") { (input: Time, _) in
            try await Task.sleep(for: .milliseconds(input.milliseconds))
            return Response.noContent
        }

        Route.get("/probe/pg_sleep", access: .read, summary: "Waits in the database") { (input: Time, invocation) in
            _ = try await invocation.database.rows(ProbeSQL.sleep, .float8(Double(input.milliseconds) / 1000))
            return Response.noContent
        }

        Route.get("/probe/hold", access: .read, summary: "Writes one line, then waits until nobody listens") { (_: NoInput, _) in
            .stream(contentType: "text/plain") { writer in
                try await writer.write("here\n")
                while true { try await Task.sleep(for: .seconds(3600)) }
            }
        }

        Route.get("/probe/loop", access: .read, summary: "Computes and never yields") { (input: MaybeTime, _) in
            let start = ContinuousClock.now
            while input.milliseconds.map({ start.duration(to: .now) < .milliseconds($0) }) ?? true {}
            return Response.noContent
        }
    }
}
