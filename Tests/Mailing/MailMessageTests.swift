import HandlerKit
import Testing

@testable import Mailing

@Suite struct MailMessageTests {
    private static let date = Timestamp("2026-03-01T08:05:09Z")!
    private static let id = UUID("01980000-0000-7000-8000-000000000001")!

    private static func message(
        subject: String = "Hello", text: String = "Hello\n", html: String = "<p>Hello</p>\n", from: String = "Tenantry <noreply@example.com>",
        to: String = "ann@example.org"
    ) throws -> MailMessage {
        MailMessage(
            id: id, from: try Mailbox(from, field: "from"), to: try Mailbox(address: to), subject: subject, text: text, html: html, date: date)
    }

    @Test func `the form of a message`() throws {
        let read = try Python.read(try Self.message().bytes)
        #expect(read.defects == [])
        #expect(read.types == ["multipart/alternative", "text/plain", "text/html"])
        #expect(read.text == "Hello\n" && read.html == "<p>Hello</p>\n")
        #expect(read.recipients == [["", "ann@example.org"]])
        #expect(read.senders == [["Tenantry", "noreply@example.com"]])
        #expect(read.date == Double(Self.date.seconds))
        #expect(read.header("Date") == "Sun, 01 Mar 2026 08:05:09 +0000")
        #expect(read.header("Message-ID") == "<\(Self.id)@example.com>")
        #expect(read.header("Auto-Submitted") == "auto-generated")
    }

    @Test(arguments: [
        "Grüße aus München", "日本語の件名がとても長いのでいくつかの行に分けられなければならないのです、本当に長いのです", "a =?utf-8?q?b?= c", " blank in front and behind ",
        "a  double  blank", String(repeating: "long words in a subject ", count: 20).trimmed, String(repeating: "x", count: 300), "🎉🎊 party 👩‍👩‍👧",
        "quotes \" and \\ and (comments)", "",
    ])
    func `RFC 2047: a subject comes back as it was`(subject: String) throws {
        let bytes = try Self.message(subject: subject).bytes
        let read = try Python.read(bytes)
        #expect(read.defects == [])
        #expect(read.header("Subject") == CleanText.line(subject, most: 500))
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\r\n") { #expect(line.utf8.count <= 78) }
    }

    @Test(arguments: ["Müller & Söhne GmbH", "Doe, John \"Jo\"", "日本", String(repeating: "Long Name ", count: 6).trimmed, "a\\b"])
    func `a sender's name comes back as it was`(name: String) throws {
        let read = try Python.read(try Self.message(from: "\(name) <noreply@example.com>").bytes)
        #expect(read.defects == [])
        #expect(read.senders == [[name, "noreply@example.com"]])
    }

    @Test(arguments: [
        "Subject\r\nBcc: eve@example.net", "Subject\nBcc: eve@example.net", "Subject\rBcc: eve@example.net", "\r\n\r\nbody", "a\u{0}b",
        "a\u{2028}Bcc: x",
        "a\u{85}Bcc: x",
    ])
    func `notify-07: no subject makes a header`(subject: String) throws {
        let read = try Python.read(try Self.message(subject: subject).bytes)
        #expect(read.defects == [])
        #expect(read.headers.map { $0[0] }.sorted() == Self.names)
        #expect(read.recipients.count == 1 && read.text == "Hello\n")
    }

    private static let names = [
        "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To", "X-Auto-Response-Suppress",
    ]

    @Test(arguments: [
        "ann@example.org\r\nBcc: eve@example.net", "ann@example.org\n", "ann@example.org, eve@example.net", "ann@example.org,eve@example.net",
        "Ann <ann@example.org>", "<ann@example.org>", "ann@example.org;eve@example.net", "a b@example.org", "\"ann\"@example.org", "ann@[127.0.0.1]",
        "@example.org", "ann@", "ann", "ann@exa mple.org", "ann..b@example.org", ".ann@example.org", "ann@-example.org", "ann@example..org",
        "ann@example.org>", "ann@exam\u{200B}ple.org", "ann\u{202E}@example.org", "a\u{0}@example.org", "ann(comment)@example.org", "",
        "\(String(repeating: "a", count: 65))@example.org", "ann@\(String(repeating: "a", count: 64)).org",
    ])
    func `notify-07: one plain address is a recipient, nothing else`(address: String) {
        #expect(throws: AppError.self) { try Mailbox(address: address) }
    }

    @Test(arguments: ["ann@example.org", "a.b+c@sub.example.org", "o'neil@example.co.uk", "用户@例子.世界", "jörg@müller.example", "x@y"])
    func `RFC 6532: addresses of any alphabet are recipients`(address: String) throws {
        let read = try Python.read(try Self.message(to: address).bytes)
        #expect(read.recipients == [["", address]])
        #expect(try Mailbox(address: address).needsUTF8 == !address.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test(arguments: [
        "A line of text that is quite a bit longer than the seventy-six columns that fit into a line of quoted-printable, as you see.\n",
        "ends with blank \nand tab\t\n.\n..dots\n--=_boundary\nFrom here\n=3D is not a code\n\n\n", "größer, 日本語, 🎉\n",
        String(repeating: "é", count: 500) + "\n", "\u{FEFF}start\n",
    ])
    func `RFC 2045: a body comes back as it was`(text: String) throws {
        let bytes = try Self.message(text: text).bytes
        #expect(try Python.read(bytes).text == text)
        #expect(bytes.allSatisfy { $0 < 0x80 })
        for line in String(decoding: bytes, as: UTF8.self).components(of: "\r\n") {
            #expect(line.utf8.count <= 78 && !line.contains("\n") && !line.contains("\r") && line != ".")
        }
    }

    @Test func `a message has the same id at each try`() throws {
        #expect(try Self.message().bytes == Self.message().bytes)
    }
}

extension String {
    fileprivate var trimmed: String { hasSuffix(" ") ? String(dropLast()) : self }

    fileprivate func components(of separator: String) -> [String] {
        var result: [String] = []
        var rest = Array(utf8)[...]
        let mark = Array(separator.utf8)
        while let place = rest.indices.first(where: { rest[$0...].starts(with: mark) }) {
            result.append(String(decoding: rest[..<place], as: UTF8.self))
            rest = rest[(place + mark.count)...]
        }
        return result + [String(decoding: rest, as: UTF8.self)]
    }
}
