import Kernel
import Testing

@Suite struct JSONReaderTests {
    @Test(
        arguments: [
            ("null", JSONValue.null), (" true ", true), ("false", false), ("0", 0), ("-7", -7), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("-0", .number(-0.0)),
            ("1.5", 1.5),
            ("1e2", .number(100)), ("1E-2", 0.01), ("-1.25e+2", -125.0), ("0e1", .number(0)), ("1e-400", .number(0)),
            ("5e-324", .number(.leastNonzeroMagnitude)),
        ])
    func `numbers and literals`(text: String, value: JSONValue) throws {
        #expect(try JSON.read(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "0.1", "2.2250738585072014e-308", "9007199254740993.0", "0.30000000000000004", "1.7976931348623157e308", "123456789012345678901234567890.5",
    ])
    func `doubles are the nearest there are`(text: String) throws {
        #expect(try JSON.read(Array(text.utf8)).number == Double(text))
    }

    @Test func `a number of ten thousand digits is still read`() throws {
        let text = "0." + String(repeating: "3", count: 10_000)
        #expect(try JSON.read(Array(text.utf8)).number == 1.0 / 3.0)
    }

    @Test(arguments: [
        (#""""#, ""), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "é€"), (#""\uD834\uDD1E""#, "𝄞"),
        ("\"é𝄞\u{7F}\u{2028}\"", "é𝄞\u{7F}\u{2028}"),
        (#""\\u0000""#, "\\u0000"),
    ])
    func `strings and their escapes`(text: String, value: String) throws {
        #expect(try JSON.read(Array(text.utf8)).string == value)
    }

    @Test func `code points that no character has are text, too`() throws {
        #expect(try JSON.read(Array(#""\uFFFF\uFDD0""#.utf8)).string?.unicodeScalars.map(\.value) == [0xFFFF, 0xFDD0])
    }

    @Test func `members keep their order`() throws {
        let value = try JSON.read(Array(#"{"b": [1, {"x": null}], "a": {}, "": 2}"#.utf8))
        #expect(value.object?.members.map(\.name) == ["b", "a", ""])
        #expect(value["b"]?[1]?["x"] == .null)
        #expect(value["missing"] == nil)
        #expect(value["b"]?[2] == nil)
        #expect(value.description == #"{"b":[1,{"x":null}],"a":{},"":2}"#)
    }

    @Test(arguments: [
        ("", "expected a value, found the end of the text"), (" ", "expected a value"), ("[1 true]", "expected ',' or ']', found 't'"),
        ("[1,]", "expected a value, found ']'"), ("[,1]", "expected a value, found ','"), ("[1", "expected ',' or ']', found the end"),
        ("[1]]", "expected the end of the text, found ']'"), ("{\"a\" 1}", "expected ':'"), ("{a: 1}", "expected a member's name in double quotes"),
        ("{\"a\":1,}", "expected a member's name"), ("{\"a\":1 \"b\":2}", "expected ',' or '}'"), ("{'a':1}", "expected a member's name"),
        ("nul", "expected null, found the end"), ("truE", "expected true, found 'E'"), ("nan", "expected null, found 'a'"),
        ("01", "may not begin with 0"),
        ("-01", "may not begin with 0"), ("+1", "expected a value, found '+'"), ("-", "expected a digit"), (".5", "expected a value, found '.'"),
        ("1.", "expected a digit after the decimal point"), ("1.e3", "expected a digit after the decimal point"),
        ("1e", "expected a digit of the exponent"),
        ("1e+", "expected a digit of the exponent"), ("0x1", "found 'x'"), ("1_000", "found '_'"), ("Infinity", "expected a value, found 'I'"),
        ("1e400", "beyond ±1.8e308"), ("-1e400", "beyond ±1.8e308"), ("\"", "expected '\"' at the end of the string"), ("\"\\", "expected an escape"),
        ("\"\\x41\"", "after the backslash, found 'x'"), ("\"\\u12G4\"", "four hexadecimal digits"), ("\"a\nb\"", "without control characters"),
        ("\"\\uD800\"", "surrogate without its other half"), ("\"\\uDC00\"", "surrogate"), ("\"\\uD800\\n\"", "surrogate"),
        ("\"\\uD800\\uD800\"", "surrogate"),
        ("\"\\u0000\"", "\\u0000 cannot be stored"), ("{\"a\":1,\"a\":2}", "\"a\" is given twice"),
        ("\u{FEFF}1", "expected a value, found byte 0xef"),
        ("1 // note", "expected the end"), ("[1\u{C}]", "found byte 0x0c"), ("[1\u{A0}]", "found byte 0xc2"), ("é", "found byte 0xc3"),
    ])
    func `what is wrong is named`(text: String, message: String) {
        let error = #expect(throws: AppError.self) { try JSON.read(Array(text.utf8)) }
        #expect(error?.code == .badRequest)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func `line, column and byte say where`() {
        let error = #expect(throws: AppError.self) { try JSON.read(Array("{\n  \"é\": 1,\n  \"é\" : ?\n}".utf8)) }
        #expect(error?.message.hasPrefix("Not valid JSON at line 3, column 3 (byte 15): the member") == true, "\(error?.message ?? "")")
    }

    @Test(
        arguments: [
            [0xFF], [0x61, 0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x5C, 0x6E, 0xE2, 0x28, 0xA1], [0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused at their place`(bytes: [UInt8]) {
        let error = #expect(throws: AppError.self) { try JSON.read([0x22] + bytes + [0x22]) }
        #expect(error?.message.contains("not UTF-8") == true)
        let place = bytes.firstIndex { $0 >= 0x80 }! + 1
        #expect(error?.message.contains("(byte \(place))") == true, "\(error?.message ?? "")")
    }

    @Test func `a UTF-16 text is refused`() {
        #expect(throws: AppError.self) { try JSON.read([0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00]) }
    }

    @Test func `nesting ends at its limit`() throws {
        func nested(_ depth: Int) -> [UInt8] { Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8) }
        _ = try JSON.read(nested(64))
        let error = #expect(throws: AppError.self) { try JSON.read(nested(65)) }
        #expect(error?.message.contains("deeper than 64 levels") == true)
        #expect(throws: AppError.self) { try JSON.read(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) }
        _ = try JSONReader(maximumDepth: 10_000).read(nested(512))
        #expect(throws: AppError.self) { try JSONReader(maximumDepth: 10_000).read(nested(513)) }
    }

    @Test func `a text above the size is too large, not wrong`() {
        let error = #expect(throws: AppError.self) { try JSONReader(maximumBytes: 4).read(Array("12345".utf8)) }
        #expect(error?.code == .tooLarge)
    }

    @Test func `NUL is read where the reader allows it`() throws {
        #expect(try JSONReader(allowsNUL: true).read(Array(#""a\u0000""#.utf8)) == "a\u{0}")
    }

    @Test func `the last of many members is compared with all before`() throws {
        var text = "{" + (0..<5000).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
        #expect(try JSON.read(Array((text + "}").utf8)).object?.count == 5000)
        text += ",\"m17\":0}"
        #expect(throws: AppError.self) { try JSON.read(Array(text.utf8)) }
    }

    @Test func `a cut at any byte is an error, never a trap`() {
        let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\uD834\uDD1E",true,null],"é":{"b":false}}"#.utf8)
        for end in 0..<text.count { #expect(throws: AppError.self) { try JSON.read(text[..<end].map { $0 }) } }
        for index in text.indices {
            for byte in [0, 0x22, 0x5C, 0x7B, 0x5D, 0x80, 0xFF] as [UInt8] {
                var changed = text
                changed[index] = byte
                _ = try? JSON.read(changed)
            }
        }
    }
}
