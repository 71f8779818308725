import Glibc
import Kernel
import Postgres
import ServerPrograms
import TestSupport
import Testing

extension EndToEnd {
    /// The gateway is killed behind each step between a value over its limit and the mail of it, and another one goes on.
    @Suite("Alerts over killed gateways", .testDatabase) struct KilledGateways {
        /// What has happened by then, and the question that says so of an alert.
        private static let steps = [
            ("the alert is made with the job that evaluates it", "select from app.alerts where id = $1"),
            ("it has fired, with jobs that tell of it", "select from app.alert_firings where alert_id = $1"),
            ("a message is claimed", "select from app.notification_outbox where alert_id = $1 and attempts > 0"),
            ("its mail is handed over", "select from app.notification_outbox where alert_id = $1 and status = 'delivered'"),
            ("its mail is on its way", "select from identity.mail_outbox where attempt > 0 offset 4"),
        ]

        private static var hasServer: Bool { File.exists("/usr/lib/python3/dist-packages/aiosmtpd") }

        @Test(
            "notify-06: killed behind each step, one alert fires once, is shown once, and is mailed under one id",
            .enabled(if: hasServer, "python3-aiosmtpd is not installed")) func steps() async throws
        {
            let member = try await Member.make(1)
            let business = try await member.business(1)
            let database = try TestDatabase.current
            let file = "\(database.home)/\(database.name)-webhooks.jsonl"
            let receiver = try await Blocking.run { try ServerProgram("webhook_receiver.py", [file]) }
            let (mail, port) = try await Blocking.run {
                let server = try ChildProgram("/usr/bin/python3", ["\(Environment.package)/Tests/Servers/mail_server.py"], environment: [:])
                guard let port = server.line(containing: "listening on ")?.split(separator: " ").last else {
                    throw AppError(.internalError, server.printed)
                }
                return (server, String(port))
            }
            let options = RunningHost.Options(environment: [
                "TENANTRY_OUTBOUND_ALLOW": "127.0.0.1/32", "TENANTRY_OUTBOUND_PORTS": "\(receiver.port)",
                "TENANTRY_SMTP_URL": "smtp://127.0.0.1:\(port)?tls=none", "TENANTRY_MAIL_FROM": "Acme <noreply@acme.example>",
            ])
            let environment = try await Blocking.run { try RunningHost.environment(database, options) }
            var host = try await RunningHost.start(environment: environment)
            func world() throws -> AlertWorld {
                AlertWorld(host: host, member: member, business: business, token: try host.token(member), receiver: receiver, file: file)
            }
            _ = try await world().channel("/ok")
            let people: JSONValue = [.string("\(member.user)")]
            let channel = try await world().post("/notifications/channels", ["name": "mail", "type": "email", "user_ids": people, "per_hour": 15])
            #expect(channel.status == 201, "\(channel.text)")
            try await world().setSales(50)
            var alerts: Set<String> = []
            for (number, step) in Self.steps.enumerated() {
                let alert = try await world().alert(["name": .string("alert \(number)")])
                alerts.insert(alert)
                let id = Bind.uuid(try #require(UUID(alert)))
                try await world().eventually(step.0, within: .seconds(120)) {
                    let binds = step.1.contains("$1") ? [id] : []
                    return try await !TestDatabase.current.query(step.1, binds).isEmpty
                }
                host.program.signal(SIGKILL)
                _ = try await Blocking.run { [host] in host.program.end() }
                host = try await RunningHost.start(environment: environment)
            }
            func count(_ question: String) async throws -> Int64 {
                try await TestDatabase.current.query("select count(*) from \(question)")[0].int64(0)
            }
            // What was under way belongs to the dead ones for half a minute, a mail for three: these pass.
            try await database.execute(
                """
                update identity.mail_outbox set due_at = now() where status = 'waiting';
                update app.notification_outbox set claimed_until = '-infinity' where status = 'waiting'
                """)
            try await world().eventually("all has arrived", within: .seconds(120)) {
                let fired = try await count("app.alert_firings")
                let waiting = try await count("app.notification_outbox where status = 'waiting'")
                let mails = try await count("identity.mail_outbox where status = 'sent'")
                return fired == 5 && waiting == 0 && mails == 5
            }
            #expect(try await count("app.alert_firings where number > 1") == 0)
            #expect(try await world().get("/notifications")["unread"] == 5)
            let mails = try mail.printed.split(separator: "\n").filter { $0.hasPrefix("{") }.map { try JSON.read(Array($0.utf8)) }
            let subjects = Dictionary(grouping: mails) { $0["subject"]?.string ?? "" }
            #expect(Set(subjects.keys) == Set((0..<5).map { "alert \($0) fires" }), "\(subjects.keys)")
            for (subject, same) in subjects { #expect(Set(same.map { $0["id"] }).count == 1, "\(subject): \(same)") }
            let calls = try world().received()
            let told = try calls.map { try JSON.read(Array(($0["body"]?.string ?? "").utf8))["data"]?["details"]?["alert_id"]?.string ?? "" }
            #expect(Set(told) == alerts)
            for alert in alerts {
                let ids = zip(told, calls).filter { $0.0 == alert }.map { $0.1["webhook-id"] }
                #expect(Set(ids).count == 1, "\(ids)")
            }
            mail.signal(SIGKILL)
            host.program.signal(SIGKILL)
            _ = try await Blocking.run { [host] in host.program.end() }
        }
    }
}
