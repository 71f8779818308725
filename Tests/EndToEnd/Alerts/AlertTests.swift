import Glibc
import Kernel
import NotificationDelivery
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// From a value over its limit to whoever is told, through jobs of both handlers.
    @Suite("Alerts", .testDatabase) struct Alerts {
        @Test("notify-01, auth-18: an alert fires once and is resolved once, signed, in the app and in its history") func firesOnce() async throws {
            try await AlertWorld.run { world in
                let (_, secret) = try await world.channel("/ok")
                let alert = try await world.alert(["name": "Sales high"])
                // What is new is looked at without the timer.
                try await world.evaluated()
                #expect(try await TestDatabase.current.query("select last_slot > '-infinity' from app.alerts")[0].bool(0))
                #expect(try await world.phase(alert) == "normal")
                try await world.setSales(50)
                try await world.evaluate()
                #expect(try await world.phase(alert) == "firing")
                try await world.eventually("it was told") { try world.types().contains("alert.fired") }
                // Evaluated again and again, also by several jobs at once, it was told of once.
                for _ in 0..<4 { #expect(try await world.act("/jobs/timers/alerts/process_alerts/run").status == 200) }
                try await world.evaluate()
                try await world.setSales(1)
                try await world.evaluate()
                #expect(try await world.phase(alert) == "normal")
                try await world.eventually("its end was told") { try world.types().contains("alert.resolved") }
                #expect(try world.types() == ["alert.fired", "alert.resolved"])

                let first = try #require(world.received().first)
                try WebhookSignature([try WebhookSecret(secret)]).verify(
                    id: first["webhook-id"]?.string, timestamp: first["webhook-timestamp"]?.string, signature: first["webhook-signature"]?.string,
                    body: Array((first["body"]?.string ?? "").utf8), at: TimeSource.system.now())
                let data = try JSON.read(Array((first["body"]?.string ?? "").utf8))["data"]
                #expect(data?["title"] == "Sales high fires" && data?["text"] == "sales 50 is above 10" && data?["details"]?["value"] == 50)

                let inbox = try await world.get("/notifications")
                #expect(inbox["unread"] == 2)
                #expect(inbox["notifications"]?.array?.compactMap { $0["type"]?.string } == ["alert.resolved", "alert.fired"])
                let history = try await world.get("/dashboard/alerts/\(alert)/history")
                #expect(history["firings"]?.array?.count == 1 && history["firings"]?[0]?["resolved_at"]?.string != nil)
                let kinds = history["events"]?.array?.compactMap { $0["kind"]?.string }
                #expect(kinds == ["resolved", "fired", "created"])
                let log = try await world.get("/notifications/deliveries")
                #expect(log["deliveries"]?.array?.map { $0["outcome"] } == ["delivered", "delivered"])
                let timers = try await world.get("/jobs/timers")["timers"]?.array ?? []
                #expect(timers.contains { $0["handler"] == "alerts" && $0["schedule"] == "every 15m" })
            }
        }

        @Test("notify-06: handlers killed at every moment: each alert fires once, each message arrives, under one id") func killed() async throws {
            try await AlertWorld.run { world in
                _ = try await world.channel("/ok", more: ["per_hour": 3600])
                var alerts: Set<String> = []
                for number in 0..<4 { alerts.insert(try await world.alert(["name": .string("alert \(number)")])) }
                try await world.setSales(50)
                _ = try await world.act("/jobs/timers/alerts/process_alerts/run")
                var kills = 0
                func messages() throws -> [(key: String, id: String)] {
                    try world.received().flatMap { line -> [(String, String)] in
                        let body = try JSON.read(Array((line["body"]?.string ?? "").utf8))
                        let details = body["data"]?["details"]
                        // A digest holds the data of those that it gathered.
                        let all = details?["notices"]?.array ?? [details ?? .null]
                        return all.map { ("\($0["alert_id"]?.string ?? "") \($0["firing"]?.integer ?? 0)", line["webhook-id"]?.string ?? "") }
                    }
                }
                var random = SystemRandomNumberGenerator()
                try await world.eventually("all were told", within: .seconds(150)) {
                    if kills < 12, Int.random(in: 0..<40, using: &random) == 0 {
                        for program in ["alerts-handler", "notifications-handler"] {
                            for pid in try world.host.processes(of: program) where kill(pid, SIGKILL) == 0 { kills += 1 }
                        }
                        // Processes come back with the next job.
                        _ = try await world.act("/jobs/timers/alerts/process_alerts/run")
                    }
                    let told = Set(try messages().map(\.key))
                    return kills >= 6 && told.count == alerts.count
                }
                try await world.eventually("nothing waits") {
                    try await TestDatabase.current.query("select count(*) from app.notification_outbox where status = 'waiting'")[0].int64(0) == 0
                }
                #expect(Set(try messages().map(\.key)) == Set(alerts.map { "\($0) 1" }))
                for (_, same) in Dictionary(grouping: try messages(), by: \.key) { #expect(Set(same.map(\.id)).count == 1) }
                #expect(try await TestDatabase.current.query("select count(*) from app.alert_firings")[0].int64(0) == Int64(alerts.count))
                #expect(try await world.get("/notifications")["unread"] == .integer(Int64(alerts.count)))
            }
        }

        @Test("acknowledged, snoozed, tried, changed and deleted") func actions() async throws {
            try await AlertWorld.run { world in
                let (channel, _) = try await world.channel("/ok")
                let (later, _) = try await world.channel("/later", name: "later", more: ["only_named": true])
                let alert = try await world.alert([
                    "channel_ids": [.string(channel)], "escalation": ["steps": [["after_seconds": 60, "channel_ids": [.string(later)]]]],
                ])
                #expect(try await world.act("/dashboard/alerts/\(alert)/acknowledge").status == 409)
                // Neither one that is told first nor one that an escalation tells can go.
                for named in [channel, later] {
                    let refused = try await world.host.request("DELETE", "/notifications/channels/\(named)", token: world.token)
                    #expect(refused.status == 409 && refused.text.contains("\\\"sales\\\""), "\(refused.text)")
                }
                #expect(try await world.act("/dashboard/alerts/\(alert)/test").status == 202)
                try await world.eventually("the test arrived") { try world.types() == ["alert.test"] }
                try await world.setSales(50)
                try await world.evaluate()
                try await world.eventually("it was told") { try world.types().contains("alert.fired") }
                func waiting() async throws -> String {
                    try await TestDatabase.current.query("select coalesce(string_agg(status, ','), '') from app.notification_outbox where step > 0")[
                        0
                    ].text(0)
                }
                #expect(try await waiting() == "waiting")
                let answer = try await world.act("/dashboard/alerts/\(alert)/acknowledge")
                #expect(answer.status == 200, "\(answer.text)")
                #expect(try answer.json["state"]?["acknowledged_at"]?.string != nil)
                #expect(try await waiting() == "cancelled")
                let snoozed = try await world.post("/dashboard/alerts/\(alert)/snooze", ["until": "2020-01-01T00:00:00Z"])
                #expect(snoozed.status == 400)
                let until = (TimeSource.system.now() + .seconds(3600)).description
                #expect(try await world.post("/dashboard/alerts/\(alert)/snooze", ["until": .string(until)]).status == 200)
                // Another rule ends what the old one found; while it is snoozed nobody is told.
                let changed = try await world.host.request(
                    "PUT", "/dashboard/alerts/\(alert)", token: world.token, headers: [("content-type", "application/json")],
                    body: Array(
                        """
                        {"business_id": "\(world.business)", "rule": {"type": "all", "conditions": [
                            {"type": "threshold", "metric": "sales", "operator": "above", "value": 1000},
                            {"type": "no_data", "metric": "visitors", "window_seconds": 3600}]}}
                        """.utf8))
                #expect(changed.status == 200, "\(changed.text)")
                #expect(try changed.json["phase"] == "normal")
                #expect(try changed.json["condition"] == "all" && changed.json["metric"]?.isNull == true)
                let kinds = try await world.get("/dashboard/alerts/\(alert)/history")["events"]?.array?.compactMap { $0["kind"]?.string } ?? []
                #expect(Set(kinds).isSuperset(of: ["created", "test", "fired", "acknowledged", "snoozed", "resolved", "changed"]), "\(kinds)")
                #expect(try await world.host.request("DELETE", "/dashboard/alerts/\(alert)", token: world.token).status == 204)
                #expect(try await world.host.request("DELETE", "/notifications/channels/\(later)", token: world.token).status == 204)
                #expect(try await world.host.request("DELETE", "/notifications/channels/\(later)", token: world.token).status == 404)
                #expect(try await world.act("/dashboard/alerts/\(alert)/test").status == 404)
                #expect(try await world.get("/dashboard/alerts/\(world.business)")["alerts"] == [])
            }
        }

        @Test("a rule over a forecast's band, and one over what is unusual, fire for the newest value; a preview agrees") func expectations()
            async throws
        {
            try await AlertWorld.run { world in
                // Ten weeks that are alike but for the newest day.
                _ = try await TestDatabase.current.query(
                    """
                    with source as (
                        insert into app.kpi_sources (tenant_id, id, business_id, name, type) values ($1, gen_random_uuid(), $2, 'visitors', 'manual')
                        returning id)
                    insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
                    select $1, id, date_trunc('day', now(), 'UTC') - make_interval(days => 69 - n),
                        case n when 69 then 5000 else 200 + 20 * (n % 7) + (n * 7919) % 11 end
                    from source, generate_series(0, 69) n
                    """, [.id(world.member.tenant), .uuid(world.business)])
                for type in ["forecast", "anomaly"] {
                    let rule: JSONObject = [
                        "business_id": .string("\(world.business)"), "rule": ["type": .string(type), "metric": "visitors", "direction": "above"],
                    ]
                    let made = try await world.post("/dashboard/alerts", .object(rule))
                    #expect(made.status == 201, "\(made.text)")
                    let id = try #require(try made.json["id"]?.string)
                    try await world.evaluated()
                    #expect(try await world.phase(id) == "firing", "\(type)")
                    let history = try await world.get("/dashboard/alerts/\(id)/history")
                    #expect(
                        history["firings"]?[0]?["value"] == 5000 && history["firings"]?[0]?["summary"]?.string?.hasPrefix("visitors 5000 is") == true)
                    let from = (TimeSource.system.now() - .seconds(3 * 86_400)).description
                    let preview = try await world.post(
                        "/dashboard/alerts/preview", ["alert": .object(rule), "from": .string(from), "step_seconds": 3600])
                    #expect(preview.status == 200, "\(preview.text)")
                    let last = try preview.json["firings"]?.array?.last
                    #expect(last?["value"] == 5000 && last?["resolved_at"]?.isNull != false, "\(type): \(preview.text)")
                }
                // The forecast was made once, and is kept with its rule.
                let kept = try await TestDatabase.current.query(
                    "select jsonb_array_length(bands -> 'bands') from app.alerts where condition = 'forecast'")
                #expect(try kept[0].int32(0) == 1)
                let again = try await TestDatabase.current.query("select bands from app.alerts where condition = 'forecast'")[0].json(0)
                try await world.evaluate()
                #expect(try await TestDatabase.current.query("select bands from app.alerts where condition = 'forecast'")[0].json(0) == again)
            }
        }

        @Test("an alert that cannot be evaluated is set aside with its reason, and the others of its page go on") func setAside() async throws {
            try await AlertWorld.run { world in
                let broken = try await world.alert(["name": "broken"])
                let taken = try await world.alert(["name": "taken"])
                let whole = try await world.alert(["name": "whole"])
                try await world.evaluated()
                // One whose state nobody can read, and one whose firing is there already.
                _ = try await TestDatabase.current.query(
                    "update app.alerts set state = '{\"phase\": 7}' where id = $1", [.uuid(try #require(UUID(broken)))])
                _ = try await TestDatabase.current.query(
                    """
                    insert into app.alert_firings (tenant_id, alert_id, number, severity, fired_at, resolved_at, summary)
                    values ($1, $2, 1, 'info', now(), now(), 's')
                    """, [.id(world.member.tenant), .uuid(try #require(UUID(taken)))])
                try await world.setSales(50)
                try await world.evaluate()
                try await world.evaluate()
                #expect(try await world.phase(whole) == "firing")
                let firing = try await world.get("/dashboard/alerts?phase=firing")["alerts"]?.array ?? []
                #expect(firing.map { $0["id"]?.string } == [whole])
                #expect(try await world.get("/dashboard/alerts?limit=2")["alerts"]?.array?.count == 2)
                #expect(try await world.host.get("/dashboard/alerts?phase=burning", token: world.token).status == 400)
                for alert in [broken, taken] {
                    let events = try await world.get("/dashboard/alerts/\(alert)/history")["events"]?.array ?? []
                    #expect(events.compactMap { $0["kind"]?.string } == ["failed", "created"], "\(events)")
                    #expect(events.first?["details"]?["reason"]?.string?.hasPrefix("it cannot be evaluated: ") == true)
                }
                #expect(try await world.act("/dashboard/alerts/\(broken)/test").status == 409)
                // Replaced, it begins anew.
                let replaced = try await world.host.request(
                    "PUT", "/dashboard/alerts/\(broken)", token: world.token, headers: [("content-type", "application/json")],
                    body: Array(#"{"business_id": "\#(world.business)", "metric": "sales", "condition": "above", "threshold": 10}"#.utf8))
                #expect(replaced.status == 200, "\(replaced.text)")
                try await world.evaluated()
                #expect(try await world.phase(broken) == "firing")
            }
        }

        @Test("a preview says what the rule would have done; what is wrong is named") func preview() async throws {
            try await AlertWorld.run { world in
                for (day, value) in [(1, 5.0), (2, 20), (3, 30), (4, 5)] {
                    _ = try await TestDatabase.current.query(
                        """
                        insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
                        select $1, id, timestamptz '2026-03-01Z' + make_interval(days => $2), $3 from app.kpi_sources where tenant_id = $1
                        """, [.id(world.member.tenant), .int32(Int32(day)), .float8(value)])
                }
                let rule: JSONObject = ["business_id": .string("\(world.business)"), "metric": "sales", "condition": "above", "threshold": 10]
                let answer = try await world.post(
                    "/dashboard/alerts/preview",
                    ["alert": .object(rule), "from": "2026-03-02T00:00:00Z", "to": "2026-03-06T00:00:00Z", "step_seconds": 3600])
                #expect(answer.status == 200, "\(answer.text)")
                let preview = try answer.json
                #expect(preview["evaluations"] == 97 && preview["firing_count"] == 1 && preview["notice_count"] == 2)
                #expect(
                    preview["firings"]?[0]?["fired_at"] == "2026-03-03T00:00:00Z" && preview["firings"]?[0]?["resolved_at"] == "2026-03-05T00:00:00Z")
                #expect(preview["unknown_metrics"] == [])
                var misspelt = rule
                misspelt["metric"] = "slaes"
                let none = try await world.post("/dashboard/alerts/preview", ["alert": .object(misspelt)])
                #expect(try none.json["unknown_metrics"] == ["slaes"] && none.json["firing_count"] == 0, "\(none.text)")
                let many = try await world.post("/dashboard/alerts/preview", ["alert": .object(rule), "from": "2020-01-01", "to": "2026-01-01"])
                #expect(many.status == 400 && many.text.contains("step_seconds"))
                var wrong = rule
                wrong["business_id"] = .string("\(UUID.zero)")
                #expect(try await world.post("/dashboard/alerts", .object(wrong)).status == 404)
                let empty = try await world.post("/dashboard/alerts", ["business_id": .string("\(world.business)")])
                #expect(empty.status == 400)
                #expect(try empty.json["error"]?["errors"]?.array?.compactMap { $0["field"]?.string } == ["metric", "condition", "threshold"])
                let foreign = try await world.post(
                    "/dashboard/alerts", .object(rule.adding(["channel_ids": [.string("\(UUID.zero)")]])))
                #expect(foreign.status == 400 && foreign.text.contains("channel_ids"))
            }
        }
    }
}

extension JSONObject {
    fileprivate func adding(_ more: JSONObject) -> JSONObject {
        var all = self
        for member in more { all[member.name] = member.value }
        return all
    }
}
