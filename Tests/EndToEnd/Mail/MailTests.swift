import Glibc
import HandlerKit
import Kernel
import Mailing
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// From the outbox to a file or to a mail server, through the gateway that runs it.
    @Suite("mail", .testDatabase) struct MailTests {
        private static let folder = "\(Environment.package)/Tests/Servers"
        private static var hasServer: Bool { File.exists("/usr/lib/python3/dist-packages/aiosmtpd") }

        /// Puts a mail into the outbox, sealed as the running installation's handlers would.
        private func queue(_ template: MailTemplate, to recipient: String, _ host: RunningHost, keys: MasterSecret? = nil) async throws {
            let master = try keys ?? MasterSecret(json: try File.read("\(host.home)/keys/master.json"))
            let queue = MailQueue(ring: try SealingRing(try master.ring(of: .mail, at: TimeSource.system.now())))
            let binds = try queue.call(template, to: recipient, tenant: nil).binds
            _ = try await TestDatabase.current.query(
                "insert into identity.mail_outbox (template, recipient, variables) values ($1, $2, $3)", [binds[0], binds[1], binds[3]])
        }

        /// What the outbox says of a recipient's mail: status, attempt, whether variables are left, and the reason.
        private func row(_ recipient: String) async throws -> (status: String, attempt: Int32, isSealed: Bool, reason: String) {
            let row = try await TestDatabase.current.query(
                "select status, attempt, variables is not null, coalesce(reason, '') from identity.mail_outbox where recipient = $1",
                [.text(recipient)])[0]
            return (try row.text(0), try row.int32(1), try row.bool(2), try row.text(3))
        }

        private func wait(_ recipient: String, until isDone: (String, Int32, String) -> Bool) async throws {
            try await RunningHost.eventually("the mail to \(recipient) is where it should be", within: .seconds(120)) {
                let row = try await row(recipient)
                return isDone(row.status, row.attempt, row.reason)
            }
        }

        @Test("without a mail server messages are files of the installation's home") func files() async throws {
            try await RunningHost.run(.init(environment: ["TENANTRY_APP_URL": "https://app.example.com"])) { host in
                try await queue(.resetPassword(name: "Ann", token: "secret-token"), to: "ann@example.org", host)
                try await wait("ann@example.org") { status, _, _ in status == "sent" }
                let files = try File.names(in: "\(host.home)/mail").filter { $0.hasSuffix(".eml") }
                #expect(files.count == 1)
                let text = String(decoding: try File.read("\(host.home)/mail/\(try #require(files.first))"), as: UTF8.self)
                #expect(text.contains("To: ann@example.org\r\n") && text.contains("\r\nhttps://app.example.com/reset-password?token=3Dsecret-token"))
                #expect(try await row("ann@example.org").isSealed == false)
                // Sealed by somebody else: nobody can ever read it.
                try await queue(.alreadyRegistered(name: "Eve"), to: "eve@example.org", host, keys: MasterSecret(at: TimeSource.system.now()))
                try await wait("eve@example.org") { status, _, _ in status == "failed" }
                #expect(try await row("eve@example.org").isSealed == false)
                // The host alone calls the handler.
                #expect(try await host.post("/internal/mail/deliver", token: "", json: [:]).status == 404)
            }
        }

        @Test(
            "a mail server takes, refuses and postpones", .enabled(if: hasServer, "python3-aiosmtpd is not installed"))
        func server() async throws {
            let (server, port) = try await Blocking.run {
                let server = try ChildProgram("/usr/bin/python3", ["\(Self.folder)/mail_server.py"], environment: [:])
                guard let port = server.line(containing: "listening on ")?.split(separator: " ").last else {
                    throw AppError(.internalError, server.printed)
                }
                return (server, String(port))
            }
            let environment = ["TENANTRY_SMTP_URL": "smtp://127.0.0.1:\(port)?tls=none", "TENANTRY_MAIL_FROM": "Acme <noreply@acme.example>"]
            try await RunningHost.run(.init(environment: environment)) { host in
                for name in ["bob", "later", "never"] { try await queue(.alreadyRegistered(name: name), to: "\(name)@example.org", host) }
                try await wait("bob@example.org") { status, _, _ in status == "sent" }
                try await wait("never@example.org") { status, _, _ in status == "failed" }
                try await wait("later@example.org") { _, attempt, reason in attempt == 1 && !reason.isEmpty }
                let never = try await row("never@example.org")
                #expect(never.reason == "550 5.1.1 nobody of that name" && !never.isSealed && never.attempt == 1)
                let later = try await row("later@example.org")
                #expect(later.status == "waiting" && later.reason == "451 4.3.0 come again" && later.isSealed)
                let due = try await TestDatabase.current.query(
                    "select due_at > now() + interval '10 seconds' from identity.mail_outbox where recipient = 'later@example.org'")
                #expect(try due[0].bool(0))
                let mails = server.printed.split(separator: "\n").filter { $0.hasPrefix("{") }
                #expect(mails.count == 1)
                let mail = try JSON.read(Array(try #require(mails.first).utf8))
                #expect(mail["from"] == "noreply@acme.example" && mail["to"] == ["bob@example.org"])
            }
            server.signal(SIGKILL)
        }
    }
}
