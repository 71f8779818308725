import Kernel
import NotificationRules
import Testing

@testable import NotificationDelivery

@Suite struct TemplateTests {
    private func render(_ source: String, _ variables: JSONValue = [:]) throws -> String { try MessageTemplate(source).render(variables) }

    private func issue(_ source: String) -> String? {
        do throws(AppError) {
            _ = try MessageTemplate(source)
            return nil
        } catch { return error.issues.first.map { "\($0.field): \($0.issue)" } }
    }

    @Test("variables, dotted names, misses, and values of every kind") func variables() throws {
        let values: JSONValue = ["a": "x<y", "n": 1.5, "flag": true, "none": nil, "deep": ["er": ["est": 7]]]
        #expect(try render("{{a}} {{ n }} {{&a}} {{{a}}} {{flag}}[{{none}}][{{gone}}]", values) == "x<y 1.5 x<y x<y true[][]")
        #expect(try render("{{deep.er.est}}|{{deep.no.est}}|{{a.b}}", values) == "7||")
        #expect(try render("no tag { {here} }", values) == "no tag { {here} }")
    }

    @Test("sections over lists, objects, truth and nothing") func sections() throws {
        let values: JSONValue = [
            "items": [["n": "a"], ["n": "b"]], "words": ["p", "q"], "yes": true, "no": false, "one": ["n": "z"], "empty": [], "n": "outer",
        ]
        #expect(try render("{{#items}}({{n}}){{/items}}", values) == "(a)(b)")
        #expect(try render("{{#words}}{{.}},{{/words}}", values) == "p,q,")
        #expect(try render("{{#yes}}Y{{n}}{{/yes}}{{#no}}N{{/no}}{{^no}}not{{/no}}{{^yes}}x{{/yes}}", values) == "Youternot")
        #expect(try render("{{#one}}{{n}}{{/one}}{{^empty}}none{{/empty}}{{#empty}}x{{/empty}}{{^gone}}gone{{/gone}}", values) == "znonegone")
    }

    @Test("a section's tag alone on its line takes the line with it; comments vanish") func lines() throws {
        #expect(try render("a\n{{#x}}\n- {{.}}\n{{/x}}\nb", ["x": ["1", "2"]]) == "a\n- 1\n- 2\nb")
        #expect(try render("a\n  {{! a note }}  \nb{{! another }}c") == "a\nbc")
        #expect(try render("{{#x}}\r\nin\r\n{{/x}}\r\n", ["x": true]) == "in\r\n")
        #expect(try render("a {{#x}} b {{/x}} c", ["x": true]) == "a  b  c")
    }

    @Test(
        "what cannot be read is named with its line",
        arguments: [
            ("a\n{{#x}}", "template: line 2: expected {{/x}} behind {{#x}}"), ("{{/x}}", "template: line 1: {{/x}} closes nothing"),
            ("{{#a}}\n{{#b}}{{/a}}{{/b}}", "template: line 2: expected {{/b}}, found {{/a}}"), ("{{a", "template: line 1: expected }} behind {{"),
            ("{{> partial}}", "template: line 1: {{>…}} is not known here: partials and other delimiters are not read"),
            ("{{=<% %>=}}", "template: line 1: {{=…}} is not known here: partials and other delimiters are not read"),
            ("{{a b}}", "template: line 1: expected a name such as title or data.value between {{ and }}"),
            ("{{}}", "template: line 1: expected a name such as title or data.value between {{ and }}"),
        ])
    func faults(source: String, expected: String) { #expect(issue(source) == expected) }

    @Test("depth, length and work are bounded: a section over lists in lists ends") func bounds() throws {
        func nested(_ depth: Int) -> String { depth == 0 ? "x" : "{{#a}}\(nested(depth - 1)){{/a}}" }
        #expect(issue(nested(8)) == nil && issue(nested(9))?.contains("8 deep") == true)
        #expect(issue(String(repeating: "x", count: MessageTemplate.longestSource + 1)) != nil)
        let list = JSONValue.array(Array(repeating: true, count: 50))
        #expect(try render(nested(8), ["a": list]).utf8.count < MessageTemplate.steps)
        let long = try render("{{#a}}{{b}}{{/a}}", ["a": list, "b": .string(String(repeating: "é", count: 5000))])
        #expect(long.utf8.count <= MessageTemplate.longestResult && long.utf8.count > MessageTemplate.longestResult - 8)
    }

    @Test("random bytes between braces never end a process, and what can be read can be rendered") func fuzz() {
        var random = SystemRandomNumberGenerator()
        let pieces = ["{{", "}}", "{{{", "}}}", "#", "/", "^", "!", "a", ".", "b", "\n", " ", "\r\n", "é", "&", ">", "="]
        for _ in 0..<5000 {
            let source = (0..<Int.random(in: 0...20, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            if let template = try? MessageTemplate(source) { #expect(template.render(["a": ["b": "x"]]).utf8.count <= 200, "\(source)") }
        }
    }

    @Test("a channel's own words; a title stays one line") func wording() throws {
        let notice = Notice(
            type: "alert.fired", severity: .critical, title: "Sales low", text: "80 is below 100", facts: [.init("Metric", "sales")],
            data: ["firing": 3], occurredAt: Timestamp("2026-03-01T08:00:00Z")!)
        let worded = MessageWording(
            title: "[{{severity}}]\n{{title}} #{{data.firing}}", text: "{{#facts}}{{name}}={{value}}{{/facts}} at {{occurred_at}}"
        ).worded(notice)
        #expect(worded.title == "[critical] Sales low #3" && worded.text == "Metric=sales at 2026-03-01T08:00:00Z" && worded.facts.isEmpty)
        #expect(MessageWording().worded(notice) == notice)
        var issues: [AppError.Issue] = []
        MessageWording(title: "{{", text: "{{#a}}").validate(&issues)
        #expect(issues.map(\.field) == ["title", "text"])
    }
}
