import Kernel
import NotificationDelivery
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Channels, the delivery log, the inbox, and what members want to hear.
    @Suite("Notifications", .testDatabase) struct Notifications {
        private func send(_ world: AlertWorld, _ channels: [String], _ message: String = "hello", more: JSONObject = [:]) async throws {
            var body: JSONObject = ["message": .string(message), "channel_ids": .array(channels.map { .string($0) })]
            for member in more { body[member.name] = member.value }
            let answer = try await world.post("/system/notifications/send", .object(body))
            #expect(answer.status == 202, "\(answer.text)")
        }

        private func log(_ world: AlertWorld, _ channel: String) async throws -> [JSONValue] {
            try await world.get("/notifications/deliveries?channel_id=\(channel)")["deliveries"]?.array ?? []
        }

        @Test("notify-03, notify-04, notify-05: what receivers do wrong is waited out, cut off or ends the channel, and is in the log") func faults()
            async throws
        {
            try await AlertWorld.run { world in
                let paths = ["/status/500", "/after/3600", "/redirect", "/big", "/drip", "/reset", "/status/410", "/flaky"]
                var channels: [String: String] = [:]
                for path in paths { channels[path] = try await world.channel(path, name: path).id }
                try await send(world, Array(channels.values))
                for path in paths.dropLast(2) {
                    try await world.eventually("\(path) was tried") { try await log(world, channels[path] ?? "").first?["outcome"] == "again" }
                }
                #expect(try await log(world, channels["/redirect"] ?? "").first?["status"] == 301)
                #expect(try await log(world, channels["/big"] ?? "").first?["reason"]?.string?.contains("too large") == true)
                let drip = try await log(world, channels["/drip"] ?? "").first?["reason"]?.string ?? ""
                #expect(["too slow", "timed out"].contains(drip), "\(drip)")
                let due = try await TestDatabase.current.query(
                    "select due_at > now() + interval '50 minutes' from app.notification_outbox where channel_id = $1",
                    [.uuid(try #require(UUID(channels["/after/3600"] ?? "")))])
                #expect(try due[0].bool(0))
                // Nobody followed the redirect.
                #expect(try !world.received().contains { $0["path"] == "/ok" })
                // The second try has the same id.
                try await world.eventually("the second try arrived") {
                    try await log(world, channels["/flaky"] ?? "").first?["outcome"] == "delivered"
                }
                let tries = try world.received().filter { $0["path"] == "/flaky" }
                #expect(tries.count == 2 && tries[0]["webhook-id"] == tries[1]["webhook-id"] && tries[0]["body"] == tries[1]["body"])
                // Who wants no more is not called again, and the tenant is told.
                let list = try await world.get("/notifications/channels")["channels"]?.array ?? []
                let gone = list.first { $0["id"]?.string == channels["/status/410"] }
                #expect(gone?["enabled"] == false && gone?["disabled_reason"]?.string?.contains("410") == true)
                let inbox = try await world.get("/notifications")["notifications"]?.array ?? []
                #expect(inbox.contains { $0["type"] == "channel.switched_off" && $0["title"]?.string?.contains("/status/410") == true })
            }
        }

        @Test("notify-02: a new secret signs beside the old one; secrets are shown once and kept sealed") func rotation() async throws {
            try await AlertWorld.run { world in
                let (id, old) = try await world.channel("/ok")
                let answer = try await world.act("/notifications/channels/\(id)/rotate-secret")
                let fresh = try #require(try answer.json["secret"]?.string)
                #expect(answer.status == 200 && fresh != old)
                #expect(try await world.act("/notifications/channels/\(id)/test").status == 202)
                try await world.eventually("it arrived") { try !world.received().isEmpty }
                let line = try #require(world.received().first)
                for secret in [old, fresh] {
                    try WebhookSignature([try WebhookSecret(secret)]).verify(
                        id: line["webhook-id"]?.string, timestamp: line["webhook-timestamp"]?.string, signature: line["webhook-signature"]?.string,
                        body: Array((line["body"]?.string ?? "").utf8), at: TimeSource.system.now())
                }
                let listed = try await world.host.get("/notifications/channels", token: world.token)
                #expect(!listed.text.contains("whsec_") && !listed.text.contains("/ok\""))
                let stored = try await TestDatabase.current.query("select encode(secret, 'escape') from app.notification_channels")[0].text(0)
                #expect(!stored.contains("whsec_") && !stored.contains("127.0.0.1"))
            }
        }

        @Test("notify-04: a channel leads nowhere inside; its kind and its members are checked") func channels() async throws {
            try await AlertWorld.run { world in
                for url in [
                    "http://169.254.169.254/latest", "http://10.0.0.1/", "http://127.0.0.1:1/", "ftp://example.com/", "http://user@example.com/",
                ] {
                    let answer = try await world.post("/notifications/channels", ["name": "x", "type": "webhook", "url": .string(url)])
                    #expect(answer.status == 400 && answer.text.contains("url"), "\(url): \(answer.text)")
                }
                let stranger = try await Member.make(2)
                for user in [stranger.user.description, "\(UUID.zero)"] {
                    let answer = try await world.post("/notifications/channels", ["name": "x", "type": "email", "user_ids": [.string(user)]])
                    #expect(answer.status == 400 && answer.text.contains("user_ids"), "\(answer.text)")
                }
                let zone = try await world.post(
                    "/notifications/channels",
                    ["name": "x", "type": "email", "user_ids": [.string("\(world.member.user)")], "time_zone": "Europe/Nowhere"])
                #expect(zone.status == 400 && zone.text.contains("time_zone"))
                let wording = try await world.post(
                    "/notifications/channels",
                    ["name": "x", "type": "email", "user_ids": [.string("\(world.member.user)")], "wording": ["title": "{{#a}}"]])
                #expect(wording.status == 400 && wording.text.contains("wording.title"), "\(wording.text)")
            }
        }

        @Test("notify-09, notify-11: a storm is one message, in Slack's form and in the channel's own words") func storm() async throws {
            try await AlertWorld.run { world in
                let (slack, _) = try await world.channel("/slack", name: "slack", type: "slack")
                let (worded, _) = try await world.channel("/worded", name: "worded", more: ["wording": ["title": "{{severity}}! {{title}}"]])
                _ = try await TestDatabase.current.query(
                    """
                    insert into app.notification_outbox (tenant_id, id, channel_id, key, severity, notice, due_at)
                    select $1, gen_random_uuid(), $2, 'n' || n, 'warning', jsonb_build_object('type', 'message', 'severity', 'warning', 'title', '<!channel> ' || n,
                        'text', 't', 'facts', '[]'::jsonb, 'data', '{}'::jsonb, 'occurred_at', '2026-01-01T00:00:00Z'), now() + interval '1 second'
                    from generate_series(1, 1000) n
                    """, [.id(world.member.tenant), .uuid(try #require(UUID(slack)))])
                try await send(world, [worded], "Attention", more: ["severity": "critical"])
                try await send(world, [slack], "one more")
                try await world.eventually("all went out") {
                    try await TestDatabase.current.query("select count(*) from app.notification_outbox where status = 'waiting'")[0].int64(0) == 0
                }
                let lines = try world.received()
                let stormed = lines.filter { $0["path"] == "/slack" }.compactMap { $0["body"]?.string }
                #expect((1...3).contains(stormed.count), "\(stormed.count)")
                #expect(stormed.contains { $0.contains("notifications*") && $0.contains("more") } && !stormed.joined().contains("<!channel>"))
                let own = try JSON.read(Array((lines.first { $0["path"] == "/worded" }?["body"]?.string ?? "").utf8))
                #expect(own["data"]?["title"] == "critical! Attention")
            }
        }

        @Test("the tenant's own words for a type of message are tried, kept and used where a channel has none") func templates() async throws {
            try await AlertWorld.run { world in
                func put(_ type: String, _ body: String) async throws -> HTTPAnswer {
                    try await world.host.request(
                        "PUT", "/notifications/templates/\(type)", token: world.token, headers: [("content-type", "application/json")],
                        body: Array(body.utf8))
                }
                let preview = try await world.post(
                    "/notifications/templates/preview", ["text": "{{#facts}}{{name}}={{value}} {{/facts}}{{data.n}}", "data": ["n": 7]])
                #expect(try preview.json == ["title": "Sales high fires", "text": "Business=Bakery Severity=warning 7"], "\(preview.text)")
                let wrong = try await put("news", #"{"title": "{{#a}}"}"#)
                #expect(wrong.status == 400 && wrong.text.contains("{{/a}}"), "\(wrong.text)")
                #expect(try await put("No-Type", #"{"title": "a"}"#).status == 400)
                #expect(try await put("news", "{}").status == 400)
                #expect(try await put("news", #"{"title": "Own: {{title}}"}"#).status == 200)
                let kept = try await world.get("/notifications/templates")["templates"]?.array ?? []
                #expect(kept.map { $0["type"] } == ["news"] && kept[0]["title"] == "Own: {{title}}" && kept[0]["text"]?.isNull == true)
                let (plain, _) = try await world.channel("/plain", name: "plain")
                let (worded, _) = try await world.channel("/worded", name: "worded", more: ["wording": ["title": "Channel: {{title}}"]])
                try await send(world, [plain, worded], "first", more: ["type": "news", "title": "A"])
                try await send(world, [plain], "second", more: ["title": "B"])
                try await world.eventually("all three arrived") { try world.received().count == 3 }
                let titles = try world.received().map { line in
                    "\(line["path"]?.string ?? "") \(try JSON.read(Array((line["body"]?.string ?? "").utf8))["data"]?["title"]?.string ?? "")"
                }
                #expect(Set(titles) == ["/plain Own: A", "/worded Channel: A", "/plain B"], "\(titles)")
                let path = "/notifications/templates/news"
                #expect(try await world.host.request("DELETE", path, token: world.token).status == 204)
                #expect(try await world.host.request("DELETE", path, token: world.token).status == 404)
            }
        }

        @Test("notify-10: mail goes to members as they want it, and waits for the end of their quiet hours") func preferences() async throws {
            try await AlertWorld.run { world in
                let quiet = try await Member.join(world.member.tenant, number: 7, role: .viewer)
                let silent = try await Member.join(world.member.tenant, number: 8, role: .viewer)
                func put(_ member: Member, _ body: String) async throws -> HTTPAnswer {
                    try await world.host.request(
                        "PUT", "/notifications/preferences", token: try world.host.token(member), headers: [("content-type", "application/json")],
                        body: Array(body.utf8))
                }
                let hours = try await put(quiet, #"{"quiet_hours": {"from": "00:00", "to": "00:00"}, "time_zone": "Asia/Tokyo"}"#)
                #expect(hours.status == 200, "\(hours.text)")
                #expect(try await put(silent, #"{"email": false}"#).status == 200)
                #expect(try await put(silent, #"{"email": false, "time_zone": "Nowhere"}"#).status == 400)
                let people: [JSONValue] = [world.member, quiet, silent].map { .string("\($0.user)") }
                let answer = try await world.post("/notifications/channels", ["name": "mail", "type": "email", "user_ids": .array(people)])
                let channel = try #require(try answer.json["id"]?.string)
                try await send(world, [channel], "<b>Bold</b> news")
                func recipients() async throws -> [String] {
                    try await TestDatabase.current.query("select recipient from identity.mail_outbox where template = 'notice' order by 1").map {
                        try $0.text(0)
                    }
                }
                try await world.eventually("mail was handed over") { try await !recipients().isEmpty }
                #expect(try await recipients() == ["user-1@example.test"])
                let waits = try await TestDatabase.current.query(
                    "select recipient, due_at > now() from app.notification_outbox where status = 'waiting'")
                #expect(waits.count == 1)
                #expect(try waits[0].uuid(0) == quiet.user.uuid)
                #expect(try waits[0].bool(1))
                // What is critical does not wait; who wants no mail gets none.
                try await send(world, [channel], "Fire", more: ["severity": "critical"])
                try await world.eventually("the second was handed over") { try await recipients().count == 3 }
                #expect(try await recipients() == ["user-1@example.test", "user-1@example.test", "user-7@example.test"])
                try await world.eventually("a file holds it") {
                    guard File.exists("\(world.host.home)/mail") else { return false }
                    return try File.names(in: "\(world.host.home)/mail").contains { name in
                        let text = String(decoding: try File.read("\(world.host.home)/mail/\(name)"), as: UTF8.self)
                        return text.contains("Subject: <b>Bold</b> news") && text.contains("&lt;b&gt;Bold&lt;/b&gt; news")
                    }
                }
            }
        }

        @Test("notify-12: unread is right under parallel reads, each member's own, and never another tenant's") func inbox() async throws {
            try await AlertWorld.run { world in
                let colleague = try await Member.join(world.member.tenant, number: 7, role: .viewer)
                let stranger = try await Member.make(2)
                let (theirs, others) = (try world.host.token(colleague), try world.host.token(stranger))
                for number in 0..<10 { try await send(world, [], "message \(number)") }
                try await send(world, [], "for one", more: ["user_id": .string("\(world.member.user)")])
                let all = try await world.get("/notifications?limit=200")
                #expect(all["unread"] == 11 && all["notifications"]?[0]?["message"] == "for one")
                #expect(try await world.host.get("/notifications", token: theirs).json["unread"] == 10)
                #expect(try await world.host.get("/notifications", token: others).json["unread"] == 0)
                let ids = all["notifications"]?.array?.compactMap { $0["id"]?.string } ?? []
                await withDiscardingTaskGroup { group in
                    for id in ids.prefix(6) + ids.prefix(6) {
                        group.addTask {
                            let answer = try? await world.act("/notifications/\(id)/read")
                            #expect(answer?.status == 204, "\(answer?.text ?? "")")
                        }
                    }
                }
                #expect(try await world.get("/notifications?unread=true")["notifications"]?.array?.count == 5)
                #expect(try await world.get("/notifications")["unread"] == 5)
                #expect(try await world.host.get("/notifications", token: theirs).json["unread"] == 10)
                // Neither another tenant's nor another member's.
                #expect(try await world.host.request("POST", "/notifications/\(ids[1])/read", token: others).status == 404)
                #expect(try await world.host.request("POST", "/notifications/\(ids[0])/read", token: theirs).status == 404)
                let rest = try await world.act("/notifications/read")
                #expect(try rest.json["read"] == 5)
                #expect(try await world.get("/notifications")["unread"] == 0)
            }
        }
    }
}
