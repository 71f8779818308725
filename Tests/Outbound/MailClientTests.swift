import Kernel
import ServerPrograms
import Testing
import Tokens

@testable import Addresses
@testable import Outbound

@Suite(.enabled(if: File.exists("/usr/lib/python3/dist-packages/aiosmtpd"), "python3-aiosmtpd is not installed")) struct MailClientTests {
    private static let message = Array("From: a@example.com\r\nTo: b@example.com\r\nSubject: Hi\r\n\r\n.dot\r\nline\r\n".utf8)

    private static func client(
        _ url: String, user: String? = nil, password: String? = nil, authorities: String? = nil, timeout: Duration = .seconds(900)
    )
        throws -> MailClient
    {
        MailClient(
            try MailServer(url: url, user: user, password: password, field: "TENANTRY_SMTP_URL"), authorities: authorities, timeout: timeout)
    }

    @Test func `a mail goes over STARTTLS with a password`() async throws {
        let certificate = try Certificate()
        let server = try ServerProgram(
            "mail_server.py",
            ["--tls", "starttls", "--certificate", certificate.path, "--key", certificate.keyPath, "--user", "ann", "--password", "sesame"])
        let url = "smtp://127.0.0.1:\(server.port)"
        let client = try Self.client(url, user: "ann", password: "sesame", authorities: certificate.pem)
        #expect(await client.send(Self.message, from: "a@example.com", to: "b@example.com") == .accepted)
        let mail = try #require(try server.next().object)
        #expect(mail["tls"] == true && mail["user"] == "ann" && mail["from"] == "a@example.com" && mail["to"] == ["b@example.com"])
        let content = try #require(mail["content"]?.string.flatMap { Base64.standard.decode($0.prefix { $0 != "=" }) })
        #expect(content == Self.message)

        // A certificate that nobody vouches for, or none at all: no mail, and no password, is sent.
        guard case .postponed = await (try Self.client(url, user: "ann", password: "sesame")).send(Self.message, from: "a@b", to: "c@d") else {
            Issue.record("the mail left over a connection that nobody vouches for")
            return
        }
        // A refused sign-in of ours is no reason to give a mail up.
        guard
            case .postponed(let reason) = await (try Self.client(url, user: "ann", password: "wrong", authorities: certificate.pem)).send(
                Self.message, from: "a@b", to: "c@d")
        else {
            Issue.record("expected the mail to wait")
            return
        }
        #expect(!reason.contains("wrong"))
    }

    @Test func `a mail goes over TLS from the first byte`() async throws {
        let certificate = try Certificate()
        let server = try ServerProgram("mail_server.py", ["--tls", "implicit", "--certificate", certificate.path, "--key", certificate.keyPath])
        let client = try Self.client("smtps://127.0.0.1:\(server.port)", authorities: certificate.pem)
        #expect(await client.send(Self.message, from: "a@example.com", to: "b@example.com") == .accepted)
        #expect(try server.next().object?["tls"] == true)
    }

    @Test func `without STARTTLS there is no mail unless that was asked for`() async throws {
        let server = try ServerProgram("mail_server.py")
        let strict = try Self.client("smtp://127.0.0.1:\(server.port)")
        guard case .postponed = await strict.send(Self.message, from: "a@example.com", to: "b@example.com") else {
            Issue.record("the mail left unprotected")
            return
        }
        let open = try Self.client("smtp://127.0.0.1:\(server.port)?tls=none")
        #expect(await open.send(Self.message, from: "a@example.com", to: "b@example.com") == .accepted)
        #expect(try server.next().object?["tls"] == false)
    }

    @Test func `what the server says decides whether a mail waits or ends`() async throws {
        let server = try ServerProgram("mail_server.py")
        let client = try Self.client("smtp://127.0.0.1:\(server.port)?tls=none")
        #expect(await client.send(Self.message, from: "a@b", to: "later@example.com") == .postponed("451 4.3.0 come again"))
        #expect(await client.send(Self.message, from: "a@b", to: "never@example.com") == .rejected("550 5.1.1 nobody of that name"))
        #expect(await client.send(Self.message, from: "a@b", to: "full@example.com") == .rejected("552 5.2.2 the box is full"))
        #expect(await client.send(Self.message, from: "a@b", to: "greylisted@example.com") == .postponed("450 4.7.1 greylisted"))
        #expect(await client.send(Self.message, from: "a@b", to: "greylisted@example.com") == .accepted)
        for name in ["drop", "nonsense"] {
            guard case .postponed = await client.send(Self.message, from: "a@b", to: "\(name)@example.com") else {
                Issue.record("expected the mail to wait: \(name)")
                continue
            }
        }
        let hasty = try Self.client("smtp://127.0.0.1:\(server.port)?tls=none", timeout: .milliseconds(200))
        #expect(await hasty.send(Self.message, from: "a@b", to: "slow@example.com") == .postponed("timed out"))
        let nobody = try Self.client("smtp://127.0.0.1:1?tls=none")
        guard case .postponed = await nobody.send(Self.message, from: "a@b", to: "b@example.com") else {
            Issue.record("expected the mail to wait")
            return
        }
    }

    @Test(arguments: [
        "b@example.com\r\nRCPT TO:<eve@example.net>", "b@example.com> <eve@example.net", "b@example.com eve@example.net", "b@example.com\n",
    ])
    func `notify-07: an address cannot bring a second one`(address: String) async throws {
        let client = try Self.client("smtp://127.0.0.1:1?tls=none")
        #expect(await client.send(Self.message, from: "a@example.com", to: address) == .rejected("an address that is none"))
        #expect(await client.send(Self.message, from: address, to: "a@example.com") == .rejected("an address that is none"))
    }

    @Test(arguments: [
        ("smtp://mail.example.com", 587, MailServer.Security.starttls), ("smtps://mail.example.com", 465, .tls),
        ("smtp://mail.example.com:25", 25, .starttls), ("smtp://127.0.0.1:1025?tls=none", 1025, .none), ("smtps://mail.example.com:443/", 443, .tls),
    ])
    func `a server's URL`(url: String, port: Int, security: MailServer.Security) throws {
        let server = try MailServer(url: url, user: nil, password: nil, field: "url")
        #expect(server.port == port && server.security == security)
    }

    @Test(arguments: [
        "mail.example.com", "smtp://", "smtp://u:p@mail.example.com", "http://mail.example.com", "smtp://a b", "smtps://x?tls=none", "smtp://x?a=b",
    ])
    func `what is no server's URL`(url: String) {
        #expect(throws: AppError.self) { try MailServer(url: url, user: nil, password: nil, field: "url") }
    }

    @Test func `no password without protection`() {
        #expect(throws: AppError.self) { try MailServer(url: "smtp://127.0.0.1?tls=none", user: "a", password: "b", field: "url") }
        #expect(throws: AppError.self) { try MailServer(url: "smtp://127.0.0.1", user: "a", password: nil, field: "url") }
    }
}
