import Kernel
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// What other systems push.
    @Suite("Pushes", .testDatabase) struct Pushes {
        private struct Hook {
            let world: SourcesWorld
            let id: String
            let secret: String

            static func make(_ world: SourcesWorld, _ config: JSONObject = [:]) async throws -> Hook {
                let answer = try await world.make("webhook", config, interval: nil, name: "hook")
                guard answer.status == 201, let id = try answer.json["id"]?.string, let secret = try answer.json["secret"]?.string else {
                    throw AppError(.internalError, "\(answer.status) \(answer.text)")
                }
                return Hook(world: world, id: id, secret: secret)
            }

            func send(
                _ body: String, message: String = "msg_1", secret: String? = nil, at time: Timestamp? = nil, signed: String? = nil
            ) async throws -> HTTPAnswer {
                let seconds = "\((time ?? TimeSource.system.now()).seconds)"
                let key = try #require(Base64.standard.decode((secret ?? self.secret).dropFirst(6).filter { $0 != "=" }))
                let mac = try MAC.sha256.authenticate(Array("\(message).\(seconds).\(signed ?? body)".utf8), key: key)
                return try await world.host.request(
                    "POST", "/api/v1/data/sources/\(id)/push",
                    headers: [
                        ("webhook-id", message), ("webhook-timestamp", seconds), ("webhook-signature", "v1,\(Base64.standard.encode(mac))="),
                        ("content-type", "application/json"),
                    ], body: Array(body.utf8))
            }
        }

        private let values = #"{"values": [{"metric": "Orders", "timestamp": "2026-01-01T10:00:00Z", "value": 3, "unit": "pieces"}]}"#

        @Test("what is signed is stored once, however often it comes; its run stands in the history") func taken() async throws {
            try await SourcesWorld.run { world in
                let hook = try await Hook.make(world)
                let first = try await hook.send(values)
                #expect(try first.status == 200 && first.json["accepted"] == 1, "\(first.text)")
                let again = try await hook.send(values)
                #expect(try again.status == 200 && again.json["duplicate"] == true, "\(again.text)")
                let next = try await hook.send(values.replacing("\"value\": 3", with: "\"value\": 4"), message: "msg_2")
                #expect(next.status == 200, "\(next.text)")
                #expect(try await world.values() == ["Orders 2026-01-01 4.0"])
                let runs = try await world.runs(hook.id)
                #expect(runs.count == 2 && runs.allSatisfy { $0["trigger"] == "push" && $0["status"] == "succeeded" }, "\(runs)")
                let shown = try await world.host.get("/data/sources/\(world.business)", token: world.token)
                #expect(!shown.text.contains("whsec_") && shown.text.contains("/push"), "\(shown.text)")
                #expect(try await world.post("/data/sources/\(hook.id)/sync").status == 409)
            }
        }

        @Test("a secret is made anew where it is taken out, shown once, and the one before is no good; what came with an archive is opened again")
        func secrets() async throws {
            try await SourcesWorld.run { world in
                let hook = try await Hook.make(world)
                func change(_ body: JSONObject) async throws -> HTTPAnswer {
                    try await world.host.request(
                        "PUT", "/data/sources/\(hook.id)", token: world.token, headers: [("content-type", "application/json")],
                        body: Array(JSONValue.object(body).description.utf8))
                }
                let kept = try await change(["name": "hook"])
                #expect(try kept.status == 200 && kept.json["secret"] == nil, "\(kept.text)")
                #expect(try await hook.send(values).status == 200)
                let renewed = try await change(["name": "hook", "credentials": [:]])
                let secret = try #require(try renewed.json["secret"]?.string, "\(renewed.text)")
                #expect(try await hook.send(values, message: "msg_2").status == 401)
                #expect(try await hook.send(values, message: "msg_2", secret: secret).status == 200)
                // As an archive leaves it.
                try await TestDatabase.current.execute(
                    "delete from tenancy.webhooks; update app.data_sources set credentials = null, status = 'paused'")
                #expect(try await hook.send(values, message: "msg_3", secret: secret).status == 404)
                #expect(try await world.post("/data/sources/\(hook.id)/resume").status == 200)
                let again = try #require(try await change(["name": "hook"]).json["secret"]?.string)
                #expect(try await hook.send(values, message: "msg_3", secret: again).status == 200)
            }
        }

        @Test("webhook forgery: what is not signed, signed by another, changed or old is refused and leaves nothing") func forged() async throws {
            try await SourcesWorld.run { world in
                let hook = try await Hook.make(world)
                let other = try await Hook.make(try await world.other())
                let now = TimeSource.system.now()
                let answers = [
                    try await hook.send(values, secret: other.secret), try await hook.send(values, signed: values + " "),
                    try await hook.send(values, at: now - .seconds(400)), try await hook.send(values, at: now + .seconds(400)),
                    try await world.host.request("POST", "/data/sources/\(hook.id)/push", body: Array(values.utf8)),
                    try await world.host.request("POST", "/data/sources/\(hook.id)/push", token: world.token, body: Array(values.utf8)),
                ]
                for answer in answers { #expect(answer.status == 401, "\(answer.status) \(answer.text)") }
                #expect(try await world.values().isEmpty)
                #expect(try await world.runs(hook.id).isEmpty)
                for path in ["/data/sources/\(UUID.zero)/push", "/data/sources/x/push"] {
                    #expect(try await world.host.request("POST", path, body: Array(values.utf8)).status == 404)
                }
            }
        }

        @Test("a message that cannot be read is answered with what was expected and stands in the history; the same id may come again")
        func unreadable()
            async throws
        {
            try await SourcesWorld.run { world in
                let hook = try await Hook.make(world)
                let bad = try await hook.send("{\"values\": [")
                #expect(bad.status == 400 && bad.text.contains("JSON"), "\(bad.text)")
                let part = try await hook.send(
                    #"{"values": [{"metric": "A", "timestamp": "2026-01-01", "value": 1}, {"metric": "A", "timestamp": "x", "value": 1}]}"#)
                #expect(try part.status == 200 && part.json["accepted"] == 1 && part.json["refused"] == 1, "\(part.text)")
                let runs = try await world.runs(hook.id)
                #expect(runs.map { $0["status"]?.string } == ["succeeded", "failed"], "\(runs)")
                #expect(try await world.post("/data/sources/\(hook.id)/pause").status == 200)
                #expect(try await hook.send(values, message: "msg_9").status == 409)
                try await TestDatabase.current.execute("update tenancy.tenants set status = 'suspended'")
                #expect(try await hook.send(values, message: "msg_9").status == 404)
            }
        }
    }
}
