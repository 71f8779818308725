import Kernel
import Tokens
import Wire

extension Gateway {
    /// Answers the host's own routes.
    func answer(_ route: HostRoute, _ call: inout Call) async {
        switch route {
        case .health: answer(["status": "ok"], &call)
        case .ready: await answerReady(&call)
        case .version:
            answer(
                [
                    "name": "tenantry", "version": .string(Version.current), "api": .string(Version.api),
                    "wire": .integer(Int64(WireVersion.current)),
                ], &call)
        case .capabilities: answer(capabilities, &call)
        case .keys:
            // A key stands by for longer than that before it signs, so that a kept copy knows it.
            let lines = [
                HeaderLine(name: "content-type", value: "application/jwk-set+json"),
                HeaderLine(name: "cache-control", value: "public, max-age=\(JWTKeyRing.announcement.milliseconds / 1000)"),
            ]
            answer(200, lines, keys.published, &call)
        }
    }

    private func answerReady(_ call: inout Call) async {
        let database = await status.databaseAnswers()
        var checks: JSONObject = [
            "database": database ? "ok" : "unavailable",
            "directory": directory.isListening ? "ok" : "not_listening",
            "signing_key": contexts.isReady ? "ok" : "missing",
        ]
        if status.stoppingSince != nil { checks["host"] = "stopping" }
        var pools: JSONObject = [:]
        for handler in handlers {
            let figures = handler.pool.figures
            let queue = gates.gate(before: handler).figures
            pools[handler.name] = [
                "processes": .integer(Int64(figures.processes)), "ready": .integer(Int64(figures.ready)),
                "in_flight": .integer(Int64(figures.inFlight)), "waiting": .integer(Int64(figures.waiting + queue.waiting)),
                "heavy": .integer(Int64(queue.heavy)), "circuit": .string(figures.circuit.rawValue),
                "suspects": .integer(Int64(handler.docket.figures.suspects)),
                "convicted": .integer(Int64(handler.docket.figures.convicted)),
            ]
        }
        let isReady = database && contexts.isReady && status.stoppingSince == nil
        answer(
            ["status": isReady ? "ready" : "unavailable", "checks": .object(checks), "handlers": .object(pools)], status: isReady ? 200 : 503, &call)
    }

    private var capabilities: JSONValue {
        let served = handlers.map { handler -> JSONValue in
            let routes = handler.description.routes.map { route -> JSONValue in
                ["method": .string(route.method), "path": .string("/api/v1" + route.path), "summary": .string(route.summary)]
            }
            let feeds = handler.description.feeds.map { JSONValue.string($0.channel) }
            return ["name": .string(handler.name), "routes": .array(routes), "feeds": .array(feeds)]
        }
        return [
            "api": .string(Version.api), "handlers": .array(served),
            "body_limit_in_memory": .integer(Int64(settings.limits.memoryBody)), "formats": ["application/json", "text/event-stream"],
        ]
    }
}
