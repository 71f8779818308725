import Connectors
import Kernel
import Testing

/// Queries of RFC 9535; the documents and results are those of its tables 2 and following, where there are any.
@Suite struct JSONPathTests {
    private func values(_ path: String, _ json: String) throws -> String {
        JSONValue.array(try #require(try JSONPath(path, field: "p").values(in: try JSON.read(Array(json.utf8))))).description
    }

    @Test(
        "RFC 9535 sections 2.2 to 2.5",
        arguments: [
            ("$", #"{"k":"v"}"#, #"[{"k":"v"}]"#),
            ("$.o['j j']", #"{"o":{"j j":{"k.k":3}},"'":{"@":2}}"#, #"[{"k.k":3}]"#),
            ("$.o['j j']['k.k']", #"{"o":{"j j":{"k.k":3}}}"#, "[3]"),
            (#"$["o"]["j j"]["k.k"]"#, #"{"o":{"j j":{"k.k":3}}}"#, "[3]"),
            (#"$["'"]["@"]"#, #"{"'":{"@":2}}"#, "[2]"),
            ("$[*]", #"{"o":{"j":1},"a":[5,3]}"#, #"[{"j":1},[5,3]]"#),
            ("$.o[*, *]", #"{"o":{"j":1,"k":2}}"#, "[1,2,1,2]"),
            ("$[1]", #"["a","b"]"#, #"["b"]"#), ("$[-2]", #"["a","b"]"#, #"["a"]"#), ("$[2]", #"["a","b"]"#, "[]"),
            ("$[1:3]", #"["a","b","c","d","e","f","g"]"#, #"["b","c"]"#), ("$[5:]", #"["a","b","c","d","e","f","g"]"#, #"["f","g"]"#),
            ("$[1:5:2]", #"["a","b","c","d","e","f","g"]"#, #"["b","d"]"#), ("$[5:1:-2]", #"["a","b","c","d","e","f","g"]"#, #"["f","d"]"#),
            ("$[::-1]", #"["a","b","c"]"#, #"["c","b","a"]"#), ("$[0:2, 5]", #"["a","b","c","d","e","f","g"]"#, #"["a","b","f"]"#),
            ("$..j", #"{"o":{"j":1,"k":2},"a":[5,3,[{"j":4},{"k":6}]]}"#, "[1,4]"),
            ("$..[0]", #"{"o":{"j":1,"k":2},"a":[5,3,[{"j":4},{"k":6}]]}"#, #"[5,{"j":4}]"#),
            ("$.a..[0, 1]", #"{"a":[5,3,[{"j":4},{"k":6}]]}"#, #"[5,3,{"j":4},{"k":6}]"#),
            ("$.straße", #"{"straße":1}"#, "[1]"), ("$.x.y", #"{"x":3}"#, "[]"),
        ]) func standard(path: String, json: String, expected: String) throws
    { #expect(try values(path, json) == expected) }

    @Test(
        "what is no query is refused with its place",
        arguments: [
            ("", 1), ("x", 1), ("$.", 3), ("$[", 3), ("$['a", 5), ("$[01]", 5), ("$[-0]", 5), ("$[?@.a]", 4), ("$.1a", 3), ("$ .a", 2), ("$[1 2]", 5),
            ("$[]", 3),
        ]) func refused(path: String, place: Int) throws
    {
        let error = #expect(throws: AppError.self) { try JSONPath(path, field: "config.records") }
        let issue = try #require(error?.issues.first)
        #expect(issue.field == "config.records" && issue.issue.hasPrefix("at character \(place):"), "\(issue)")
    }

    @Test("a query that would give more than the most gives nothing") func bounded() throws {
        let deep = try JSON.read(Array("[\(Array(repeating: "[1,2,3]", count: 80_000).joined(separator: ","))]".utf8))
        #expect(try JSONPath("$..*", field: "p").values(in: deep) == nil)
        #expect(try JSONPath("$[*]", field: "p").values(in: deep)?.count == 80_000)
    }
}
