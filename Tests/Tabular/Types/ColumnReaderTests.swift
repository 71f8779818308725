import Testing

@testable import Tabular

@Suite struct ColumnReaderTests {
    private static func read(_ reader: inout ColumnReader, _ text: String) -> ColumnValue {
        var text = text
        return text.withUTF8 { reader.read($0) }
    }

    @Test func readsWhatTheColumnWasTakenFor() {
        var comma = ColumnReader(column(["1.234,5", "-", "x"]).type)
        #expect(Self.read(&comma, "1.234") == .number(1234))
        #expect(Self.read(&comma, " 2,5 ") == .number(2.5))
        #expect(Self.read(&comma, "-") == .null)
        #expect(Self.read(&comma, "") == .null)
        #expect(Self.read(&comma, "2.5") == .invalid)
        var dates = ColumnReader(column(["31/01/2012", "01/02/2012"]).type)
        #expect(Self.read(&dates, "01/02/2012") == .time(1_328_054_400_000_000))
        #expect(Self.read(&dates, "01/02/2012") == .time(1_328_054_400_000_000))
        #expect(Self.read(&dates, "1/2/2012") == .time(1_328_054_400_000_000))
        #expect(Self.read(&dates, "01/31/2012") == .invalid)
        var compact = ColumnReader(column(["20240101", "20240102", "20240103"]).type)
        #expect(Self.read(&compact, "19700102") == .time(86_400_000_000) && Self.read(&compact, "20241301") == .invalid)
        var flags = ColumnReader(column(["ja", "nein"]).type)
        #expect(
            Self.read(&flags, "JA") == .boolean(true) && Self.read(&flags, "nein") == .boolean(false) && Self.read(&flags, "vielleicht") == .invalid)
        var texts = ColumnReader(.text)
        #expect(Self.read(&texts, "none") == .text && Self.read(&texts, "NULL") == .null && Self.read(&texts, "5") == .text)
        var clocks = ColumnReader(column(["00:00:31", "10:00:00"]).type)
        #expect(Self.read(&clocks, "00:01:00") == .duration(60_000_000))
    }

    @Test func aTimeOfTheSameLengthAsADateIsNotTakenForOne() {
        var dates = ColumnReader(column(["31/1/24 1:05", "1/2/24 1PM"]).type)
        let first = Self.read(&dates, "1/2/24 10:05")
        #expect(first == .time(1_706_781_900_000_000))
        let short = Self.read(&dates, "1/2/24 1:05")
        #expect(short == .time(1_706_749_500_000_000))
        #expect(Self.read(&dates, "1/2/24 1PM") == .time(1_706_792_400_000_000))
        #expect(Self.read(&dates, "1/2/24 1PM") == .time(1_706_792_400_000_000))
        #expect(Self.read(&dates, "01/02/2024") == .time(1_706_745_600_000_000))
    }

    @Test func whatWasCountedIsWhatIsRead() {
        let fields = ["1.234,50 €", "(5,00 €)", "n/a", "7,25 €", "", "1.000 €", "abc"]
        let profile = column(fields + Array(repeating: "1,00 €", count: 20))
        var reader = ColumnReader(profile.type)
        var sum = 20.0
        var nulls = 0
        var invalid = 0
        for field in fields {
            switch Self.read(&reader, field) {
            case .number(let value): sum += value
            case .null: nulls += 1
            default: invalid += 1
            }
        }
        #expect(profile.sum == sum && profile.nulls == nulls && profile.invalid == invalid)
    }

    @Test func noBytesAreTooStrange() {
        var state: UInt64 = 12_345
        let alphabet = Array("0123456789.,'-+()%$€ /:TZaeJn\u{A0}年月日\u{0}\u{7F}".utf8) + [0xFF, 0xC2, 0xE2, 0x80, 0xA0]
        var readers = [ColumnType.Base.number, .date, .datetime, .time, .boolean, .text].map {
            ColumnReader(ColumnType($0, kind: .text, dateOrder: .dayMonthYear))
        }
        var evidence = ColumnEvidence(limits: ProfileLimits())
        var added = 0
        for round in 0..<60_000 {
            var bytes: [UInt8] = []
            state = state &* 6_364_136_223_846_793_005 &+ 1
            for _ in 0..<Int(state >> 33 % 24) {
                state = state &* 6_364_136_223_846_793_005 &+ 1
                bytes.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            bytes.withUnsafeBufferPointer { field in
                for index in readers.indices { _ = readers[index].read(field) }
                guard let base = field.baseAddress else { return }
                evidence.add(base, field.count, line: round)
                added += 1
            }
        }
        let choice = TypeChoice(name: "x", evidence: evidence, context: TypeContext([evidence], delimiter: nil))
        #expect(choice.decide().type.base == .text)
        #expect(evidence.filled + evidence.empty == added)
    }
}
