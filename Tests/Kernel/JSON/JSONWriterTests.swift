import Kernel
import Testing

@Suite struct JSONWriterTests {
    @Test func `commas come by themselves`() throws {
        var writer = JSONWriter()
        try writer.object { (writer) throws(AppError) in
            writer.key("id")
            writer.value(UUID.zero)
            writer.key("at")
            writer.value(Timestamp(seconds: 0))
            writer.key("points")
            try writer.array { (writer) throws(AppError) in
                try writer.value(1.5)
                writer.value(2)
                writer.null()
                writer.array { _ in }
                writer.object { _ in }
                writer.raw("{\"raw\":1}".utf8)
            }
            writer.key(named: "a\"b")
            writer.value(true)
        }
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"id":"00000000-0000-0000-0000-000000000000","at":"1970-01-01T00:00:00Z","points":[1.5,2,null,[],{},{"raw":1}],"a\"b":true}"#)
    }

    @Test func `every character survives a round trip`() throws {
        let text = String(String.UnicodeScalarView((1..<0x250).map { Unicode.Scalar($0)! })) + "𝄞\u{10FFFD}"
        #expect(try JSON.read(JSON.encode(text)) == .string(text))
        var writer = JSONWriter()
        writer.value("\u{1}\n\u{1F}\"\\/")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #""\u0001\n\u001f\"\\/""#)
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "-0.0"), (1, "1"), (-12.8, "-12.8"), (0.1, "0.1"), (100.25, "100.25"), (0.0625, "0.0625"), (1234.5678, "1234.5678"),
        (1e15, "1000000000000000"),
        (0.30000000000000004, "0.30000000000000004"), (.leastNonzeroMagnitude, "5e-324"), (1e300, "1e+300"), (0.001, "0.001"), (1.0005, "1.0005"),
        (99_999_999_999.5, "99999999999.5"),
    ])
    func `doubles are as short as they can be`(value: Double, text: String) throws {
        var writer = JSONWriter()
        try writer.value(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test func `doubles read back bit by bit`() throws {
        var random = SequenceGenerator()
        for _ in 0..<20_000 {
            let bits = Double(bitPattern: random.next())
            let cents =
                Double(Int64(truncatingIfNeeded: random.next() % 100_000_000_000)) / [1, 10, 100, 1000, 10_000, 100_000][Int(random.next() % 6)]
            for value in [bits, cents] where value.isFinite {
                var writer = JSONWriter()
                try writer.value(value)
                #expect(try JSON.read(writer.bytes).number?.bitPattern == value.bitPattern)
                #expect(writer.bytes.count <= value.description.utf8.count)
            }
        }
    }

    @Test func `integers go out whole`() {
        for value in [0, 1, -1, 9, 10, 99, 100, .max, .min] as [Int64] {
            var writer = JSONWriter()
            writer.value(value)
            #expect(String(decoding: writer.bytes, as: UTF8.self) == value.description)
        }
        var writer = JSONWriter()
        writer.value(UInt64.max)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == UInt64.max.description)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `a number that JSON cannot say is refused`(value: Double) {
        var writer = JSONWriter()
        #expect(throws: AppError.self) { try writer.value(value) }
        #expect(throws: AppError.self) { try JSON.encode([value]) }
    }
}
