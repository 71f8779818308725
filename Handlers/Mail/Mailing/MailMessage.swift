public import HandlerKit

/// A message as it goes over the wire (RFC 5322, RFC 2045): text and HTML as two forms of one content, sent by a program (RFC 3834).
///
/// No value can end a line or begin a header: addresses were checked, all else is encoded.
public struct MailMessage: Sendable {
    public let id: UUID
    public let from: Mailbox
    public let to: Mailbox
    public let subject: String
    /// Lines ended by `\n`.
    public let text: String
    public let html: String
    public let date: Timestamp

    /// The same for each try, so that a mail that came twice is shown once.
    public var messageID: String { "<\(id)@\(from.domain)>" }

    /// The bytes, each line ended by CRLF and at most 78 long (an address may be longer).
    public var bytes: [UInt8] {
        // A quoted-printable line cannot hold `=_`, so no content can hold the boundary.
        let boundary = "=_\(id)"
        let lines = [
            "Date: \(date.withWeekday(zone: "+0000"))",
            "From: \(MailHeader.mailbox(from, indent: 6))",
            "To: \(MailHeader.mailbox(to, indent: 4))",
            "Subject: \(MailHeader.text(subject, indent: 9))",
            "Message-ID: \(messageID)",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"",
            "",
            "--\(boundary)",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            QuotedPrintable.encode(text),
            "--\(boundary)",
            "Content-Type: text/html; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            QuotedPrintable.encode(html),
            "--\(boundary)--",
            "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }
}
