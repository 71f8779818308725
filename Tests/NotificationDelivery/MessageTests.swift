import Kernel
import NotificationRules
import Testing

@testable import NotificationDelivery

@Suite struct MessageTests {
    private static let time = Timestamp("2026-03-01T08:00:00Z")!

    private func notice(_ title: String, _ text: String = "", severity: Severity = .warning, facts: [Notice.Fact] = [], at time: Timestamp = time)
        -> Notice
    {
        Notice(type: "alert.fired", severity: severity, title: title, text: text, facts: facts, data: ["n": 1], occurredAt: time)
    }

    private func slack(_ notice: Notice) throws -> String { try #require(JSON.read(SlackBody.bytes(notice))["text"]?.string) }

    @Test("notify-09: nothing in a name calls anybody, links anywhere or hides") func slackEscapes() throws {
        let text = try slack(
            notice(
                "<!channel> <@U123> & <https://evil.example|click>", "@channel @here\u{202E}x\u{0}y", facts: [.init("<b>", "a > b")]))
        #expect(text.contains("&lt;!channel&gt; &lt;@\u{2060}U123&gt; &amp; &lt;https://evil.example|click&gt;"))
        #expect(!text.contains("@channel") && !text.contains("@here") && !text.contains("<"))
        #expect(!text.unicodeScalars.contains("\u{202E}") && !text.unicodeScalars.contains("\u{0}"))
        #expect(text.contains("• &lt;b&gt;: a &gt; b"))
        let body = try JSON.read(SlackBody.bytes(notice("x")))
        #expect(body["link_names"] == false && body["unfurl_links"] == false)
        #expect(try slack(notice(String(repeating: "x", count: 20_000))).count == SlackBody.longest)
    }

    @Test("a generic webhook has type, timestamp and data, as the standard says") func webhook() throws {
        let body = try JSON.read(WebhookBody.bytes(notice("Sales \"low\"", "now", facts: [.init("Metric", "sales")])))
        #expect(body["type"] == "alert.fired" && body["timestamp"] == "2026-03-01T08:00:00Z")
        #expect(body["data"]?["title"] == "Sales \"low\"" && body["data"]?["severity"] == "warning" && body["data"]?["details"] == ["n": 1])
        #expect(body["data"]?["facts"]?[0]?["value"] == "sales")
    }

    @Test("notify-11: a storm becomes one message that names the worst and counts all") func digest() throws {
        let many = (0..<1000).map { index in
            notice("alert \(index)", severity: index == 500 ? .critical : .info, at: Self.time + .seconds(index))
        }
        let waiting = many.enumerated().map { index, notice in
            DispatchPlan.Waiting(
                id: UUID(high: 1, low: UInt64(index)), severity: notice.severity, createdAt: Self.time, occurredAt: notice.occurredAt, attempts: 0)
        }
        let named = NoticeDigest.named(waiting)
        #expect(named.prefix(2).map(\.low) == [500, 999] && named.count == 25)
        let folded = try #require(NoticeDigest.fold(named.map { many[Int($0.low)] }, of: waiting))
        #expect(folded.occurredAt == Self.time + .seconds(999))
        #expect(folded.title == "1000 notifications" && folded.severity == .critical && folded.type == "digest")
        let lines = folded.text.split(separator: "\n")
        #expect(
            lines.count == 26 && lines[0].hasSuffix("critical: alert 500") && lines[1].hasSuffix("info: alert 999") && lines[25] == "and 975 more")
        #expect(folded.facts == [.init("critical", "1"), .init("info", "999")])
        #expect(NoticeDigest.fold([many[0]], of: [waiting[0]]) == many[0])
        #expect(NoticeDigest.fold([], of: []) == nil)
    }

    @Test("notify-11: a digest fits where messages are kept, however large those are that it gathers") func digestBound() throws {
        let title = String(repeating: "\u{1F600}", count: 300)
        for size in [1, 1000, 10_000, 60_000] {
            let notices = (0..<25).map { _ in
                Notice(
                    type: "alert.fired", severity: .warning, title: title, text: String(repeating: "t", count: 4000),
                    data: ["blob": .string(String(repeating: "x", count: size))], occurredAt: Self.time)
            }
            let waiting = (0..<1000).map {
                DispatchPlan.Waiting(id: UUID(high: 1, low: UInt64($0)), severity: .warning, createdAt: Self.time, attempts: 0)
            }
            let folded = try #require(NoticeDigest.fold(notices, of: waiting))
            // What the table allows, in characters; the database writes a blank behind each comma and colon.
            #expect(try JSON.encode(folded).count + 1000 < 4 * 65_536 && String(decoding: try JSON.encode(folded), as: UTF8.self).count < 60_000)
            #expect(folded.data["count"] == 1000 && (folded.data["notices"]?.array?.count ?? 0) <= 25)
            #expect((folded.data["notices"]?.array?.isEmpty == true) == (size == 60_000))
        }
    }

    @Test("keys tell messages apart, and are the same for the same one") func keys() {
        let id = UUID(high: 1, low: 2)
        #expect(NoticeKey(alert: id, firing: 1, kind: "fired").description == NoticeKey(alert: id, firing: 1, kind: "fired").description)
        let keys = [
            NoticeKey(alert: id, firing: 1, kind: "fired"), NoticeKey(alert: id, firing: 2, kind: "fired"),
            NoticeKey(alert: id, firing: 1, kind: "resolved"),
            NoticeKey(alert: id, firing: 1, kind: "repeated", turn: "a"), NoticeKey(alert: id, firing: 1, kind: "repeated", turn: "b"),
            NoticeKey("test", id: id),
        ]
        #expect(Set(keys).count == keys.count)
    }
}
