import JSONTables
import Kernel
import Testing
import TypedTables

@Suite struct JSONTableReaderTests {
    @Test(arguments: [1, 3, 4096])
    func anArrayOfObjects(pieces: Int) throws {
        let text = #"""
            [{"id": 1, "name": "Zürich 😀", "at": {"city": "B\u00e4rn", "zip": null}},
             {"id": 2.50, "at": {"zip": 3000, "city": "x\ny"}, "ok": true},
             {}, {"name": "", "tags": ["a", {"b": [1, 2]}]}]
            """#
        let read = try ReadJSON(text, pieces: pieces)
        #expect(read.header == ["id", "name", "at.city", "at.zip", "ok", "tags"])
        #expect(read.rows == ["1|Zürich 😀|Bärn", "2.50|-|x\ny|3000|true", "", #"-||-|-|-|["a", {"b": [1, 2]}]"#])
        #expect(read.kinds[1] == [.number, .empty, .text, .number, .bool])
        #expect(read.kinds[3] == [.empty, .text, .empty, .empty, .empty, .json])
        #expect(read.lines == [1, 2, 3, 3])
        #expect(read.warnings.map(\.kind) == ["array"])
    }

    @Test(arguments: [1, 2, 5, 4096])
    func anObjectALine(pieces: Int) throws {
        let read = try ReadJSON("\u{FEFF}{\"a\": 1}\r\n\n {\"b\": \"x\"}\n{\"a\": 3, \"b\": null}", pieces: pieces)
        #expect(read.header == ["a", "b"])
        #expect(read.rows == ["1", "-|x", "3"])
        #expect(read.lines == [1, 3, 4])
    }

    @Test(arguments: [1, 4096])
    func theListWithinAnObject(pieces: Int) throws {
        let text = #"{"count": 2, "meta": {"tags": [1, 2]}, "result": {"items": [{"a": 1}, {"a": 2}], "next": null}, "more": [{"x": 1}]}"#
        let read = try ReadJSON(text, pieces: pieces)
        #expect(read.listPath == "result.items")
        #expect(read.header == ["a"])
        #expect(read.rows == ["1", "2"])
        #expect(read.warnings.map(\.kind) == Array(repeating: "member_not_read", count: 4))
    }

    @Test func aLargeObjectIsReadWhileItComes() throws {
        let items = (0..<60_000).map { "{\"id\": \($0), \"name\": \"item \($0)\"}" }.joined(separator: ",\n")
        let read = try ReadJSON("{\"type\": \"x\", \"items\": [\(items)]}", pieces: 65_536)
        #expect(read.rows.count == 60_000)
        #expect(read.rows.last == "59999|item 59999")
        #expect(read.lines.last == 60_000)
    }

    @Test func arraysOfArraysHaveNoHeader() throws {
        let read = try ReadJSON(#"[["a", "b"], [1, null, true], [], [[1], {"x": 2}]]"#)
        #expect(read.header == nil)
        #expect(read.rows == ["a|b", "1|-|true", "", #"[1]|{"x": 2}"#])
    }

    @Test func whatIsNoObjectIsAValue() throws {
        #expect(try ReadJSON("[1, \"x\", null, {\"a\": 2}]").rows == ["1", "x", "", "-|2"])
        #expect(try ReadJSON("[1, {\"a\": 2}]").header == ["value", "a"])
        #expect(try ReadJSON("42").rows == ["42"])
        #expect(try ReadJSON("{\"a\": {\"b\": 1}}").rows == ["1"])
        #expect(try ReadJSON("[]").rows == [])
        #expect(try ReadJSON("{}\n").rows == [""])
    }

    @Test func theLastOfTwoMembersHolds() throws {
        let read = try ReadJSON(#"[{"a": 1, "b": 2, "a": 3}]"#)
        #expect(read.rows == ["3|2"])
        #expect(read.warnings.map(\.kind) == ["duplicate_member"])
    }

    @Test(arguments: [
        ("", "line 1, column 1 (byte 0): the file is empty; expected a value"), ("[1,]", "line 1, column 4 (byte 3): expected a value, found ']'"),
        ("[\n {\"ü\": tru}]", "line 2, column 11 (byte 13): expected true, found '}'"),
        ("[1] x", "line 1, column 5 (byte 4): expected the end of the file, found 'x'"),
        ("{\"a\": 1}\n{\"a\" 2}", "line 2, column 6 (byte 14): expected ':', found '2'"),
        ("{\"a\": 1} {\"a\": 2}", "line 1, column 10 (byte 9): expected the end of the line, found '{'"),
        ("[{\"a\": 1}", "line 1, column 10 (byte 9): expected ',' or ']', found the end of the file"),
        ("[{\"a\": \"x", "line 1, column 10 (byte 9): expected '\"' at the end of the string, found the end of the file"),
        ("[\"\\ud800\"]", "line 1, column 3 (byte 2): a surrogate without its other half"),
    ])
    func says(text: String, message: String) {
        for pieces in [1, 2, 4096] { #expect(failure(Array(text.utf8), pieces: pieces) == "Not valid JSON at \(message)") }
    }

    @Test("pitfall 47: deep, wide and long JSON is refused within bounds")
    func hostile() {
        let deep = String(repeating: "[{\"\":", count: 100_000)
        #expect(failure(Array(deep.utf8), pieces: 65_536)?.contains("nested deeper than 200 levels") == true)
        let wide = "[{" + (0..<20_000).map { "\"c\($0)\": 1" }.joined(separator: ",") + "}]"
        #expect(failure(Array(wide.utf8))?.contains("more than 10000 columns") == true)
        var limits = JSONTableLimits()
        limits.recordBytes = 10_000
        let long = "[{\"a\": 1}, {\"a\": \"" + String(repeating: "x", count: 50_000) + "\"}]"
        #expect(failure(Array(long.utf8), limits: limits) == "Not valid JSON at line 1, column 12 (byte 11): a record is longer than 10000 bytes")
        let sparse = (0..<9000).map { "{\"k\($0)\": 1}" }.joined(separator: "\n")
        #expect(failure(Array(sparse.utf8), pieces: 65_536)?.contains("empty fields stand before") == true)
    }

    @Test("pitfall 47: a record that names few columns very often holds them once, the last of each") func again() throws {
        var limits = JSONTableLimits()
        limits.typed.columns = 4
        let members = (0..<1001).map { "\"\(["a", "b", "c"][$0 % 3])\": \($0)" }.joined(separator: ",")
        let read = try ReadJSON("[{\(members)}, {\"c\": 7, \"a\": 5}]", limits: limits)
        #expect(read.rows == ["999|1000|998", "5|-|7"])
        #expect(read.warnings.map(\.message) == ["998 members stand behind others of the same name; the last one holds"])
    }

    @Test func aMillionSmallPiecesCostNoSquare() throws {
        let text = "[" + String(repeating: "{\"a\": \"xxxxxxxxxxxxxxxx\"},", count: 20_000) + "{}]"
        #expect(try ReadJSON(text, pieces: 16).rows.count == 20_001)
    }
}
