import HandlerKit
import Testing
import Tokens

@testable import Mailing

@Suite struct MailTemplateTests {
    private static let occasion = MailTemplate.Occasion(
        at: Timestamp("2026-03-01T08:05:09Z")!, address: "192.0.2.7", userAgent: "Mozilla/5.0 (X11; Linux x86_64)")
    static let all: [MailTemplate] =
        [
            .verifyEmail(name: "Ann", token: "tok-en_1"), .alreadyRegistered(name: "Ann"), .resetPassword(name: "Ann", token: "tok-en_1"),
            .passwordChanged(name: "Ann", occasion), .emailChange(name: "Ann", newEmail: "ann2@example.org", token: "tok-en_1"),
            .emailChanged(name: "Ann", newEmail: "ann2@example.org", occasion),
            .invitation(inviter: "Bob", tenant: "Acme", role: "analyst", token: "tok-en_1"), .newSignIn(name: "Ann", occasion),
            .accountLocked(name: "Ann", occasion),
            .notice(subject: "Sales high fires", text: "sales 50 is above 10\nand more", facts: [.init(name: "Business", value: "Bäckerei & Co")]),
        ] + MailTemplate.MFAChange.allCases.map { .mfaChanged(name: "Ann", change: $0, occasion) }

    private static let renderer = MailRenderer(appURL: "https://app.example.com/")

    private static func queue(_ ids: [Int] = [1]) throws -> MailQueue {
        MailQueue(ring: try SealingRing(try SecretRing(ids.map { .init(id: $0, bytes: [UInt8](repeating: UInt8($0), count: 32)) })))
    }

    @Test(arguments: all) func `a template comes out of the outbox as it went in`(template: MailTemplate) throws {
        let queue = try Self.queue()
        let tenant = TenantID(UUID("01980000-0000-7000-8000-000000000001")!)
        let call = try queue.call(template, to: "ann@example.org", tenant: tenant)
        guard case .bytes(let sealed) = call.binds[3], case .text(let name) = call.binds[0] else { throw AppError(.internalError) }
        #expect(try queue.open(sealed, template: name, recipient: "ann@example.org", tenant: tenant) == template)
        #expect(try Self.queue([2, 1]).open(sealed, template: name, recipient: "ann@example.org", tenant: tenant) == template)
        // Neither for another recipient nor as another mail, nor by another key.
        #expect(throws: AppError.self) { try queue.open(sealed, template: name, recipient: "eve@example.org", tenant: tenant) }
        #expect(throws: AppError.self) { try queue.open(sealed, template: name, recipient: "ann@example.org", tenant: nil) }
        #expect(throws: AppError.self) { try queue.open(sealed, template: "invitation2", recipient: "ann@example.org", tenant: tenant) }
        #expect(throws: AppError.self) { try Self.queue([2]).open(sealed, template: name, recipient: "ann@example.org", tenant: tenant) }
    }

    @Test func `a mail to no address is refused before it is queued`() throws {
        #expect(throws: AppError.self) { try Self.queue().call(.alreadyRegistered(name: "Ann"), to: "a@b, c@d", tenant: nil) }
    }

    @Test(arguments: all) func `both forms say the same`(template: MailTemplate) throws {
        let from = try Mailbox("Tenantry <noreply@example.com>", field: "from")
        let message = Self.renderer.message(
            template, id: UUID("01980000-0000-7000-8000-000000000001")!, from: from, to: try Mailbox(address: "ann@example.org"),
            at: Timestamp("2026-03-01T08:05:09Z")!)
        let read = try Python.read(message.bytes)
        #expect(read.defects == [])
        #expect(read.text == message.text && read.html == message.html)
        let links = ["\"https://app.example.com/", "\nhttps://app.example.com/"]
        switch template {
        case .verifyEmail, .resetPassword, .emailChange, .invitation:
            #expect(read.html.contains(links[0]) && read.text.contains(links[1]) && read.text.contains("?token=tok-en_1\n"))
        default: #expect(!read.text.contains("tok-en_1"))
        }
    }

    @Test func `notify-08: what others chose is text in HTML`() {
        let evil = "<img src=x onerror=alert(1)>\"'&"
        for template in [
            MailTemplate.verifyEmail(name: evil, token: evil), .invitation(inviter: evil, tenant: evil, role: evil, token: evil),
            .newSignIn(name: evil, .init(at: Self.occasion.at, address: evil, userAgent: evil)),
            .emailChanged(name: evil, newEmail: evil, .init(at: Self.occasion.at, address: evil, userAgent: evil)),
            .notice(subject: evil, text: evil, facts: [.init(name: evil, value: evil)]),
        ] {
            let html = Self.renderer.content(template).html
            #expect(!html.contains("<img") && !html.contains("alert(1)>"))
            #expect(html.contains("&lt;img src=x"))
        }
    }

    @Test(arguments: [
        "win at http://evil.example", "evil.example/now", "www.evil.example", "line\nsecond line\r\nthird", "mail me@evil.example", "a\u{202E}b",
        "\\\\evil\\share",
    ])
    func `a stranger's name is no link and no second line in our mail`(name: String) {
        let clean = CleanText.name(name)
        #expect(!clean.contains(where: { ":/\\@\n\r\u{202E}".contains($0) }))
        #expect(!clean.split(separator: " ").contains { $0.dropLast().contains(".") })
    }

    @Test(arguments: [
        ("Dr. Ann St. John", "Dr. Ann St. John"), ("Müller & Söhne", "Müller & Söhne"), ("J.R. Smith", "J. R. Smith"), ("  a   b  ", "a b"),
    ])
    func `ordinary names stay`(name: String, clean: String) {
        #expect(CleanText.name(name) == clean)
    }

    @Test func `long names are cut`() {
        #expect(CleanText.name(String(repeating: "n", count: 500)).count == 64)
    }
}
