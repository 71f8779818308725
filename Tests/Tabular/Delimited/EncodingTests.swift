import Kernel
import Tabular
import Testing

/// Files in the encodings of the world are read as their characters, marked or not.
@Suite struct EncodingTests {
    static let french = "ville,habitants\nOrléans,114 644\nBéziers,77 177\nNîmes,151 001\nSaint-Étienne,171 057\nBesançon,115 934\n"
    static let german = "Stadt,Einwohner\nMünchen,1471508\nKöln,1085664\nDüsseldorf,619294\nGießen,88546\n"
    static let polish =
        "miasto,ludność\nŁódź,679941\nKraków,774839\nGdańsk,466631\nBiałystok,297554\nCzęstochowa,220433\nŚwidnica,57014\nWąbrzeźno,13824\n"
    static let czech = "město,obyvatelé\nPlzeň,171707\nČeské Budějovice,94229\nÚstí nad Labem,92716\nŽďár,20844\nTřebíč,35451\nDěčín,48594\n"
    static let russian = "город,население\nМосква,12655050\nСанкт-Петербург,5384342\nНовосибирск,1620162\nЕкатеринбург,1495066\n"
    static let japanese = "都市,人口\n東京,13960000\n大阪市,2752000\n名古屋市,2332000\nさいたま市,1324000\n横浜,3777000\nカタカナ町,1200\n"
    static let chinese = "城市,人口\n上海,24870000\n北京,21890000\n广州,18680000\n深圳,17560000\n成都,20940000\n重庆,32050000\n"
    static let taiwanese = "城市,人口\n臺北,2602000\n高雄,2765000\n臺中,2820000\n新北,4030000\n桃園,2268000\n臺南,1874000\n"
    static let korean = "도시,인구\n서울특별시,9736000\n부산광역시,3350000\n인천광역시,2948000\n대구광역시,2385000\n대전,1452000\n"

    static let files: [(text: String, name: String, encoding: TextEncoding)] = [
        (french, "CP1252", .cp1252), (german, "CP1252", .cp1252), (german + "Preis €,12 €\n", "CP1252", .cp1252),
        (german + "Preis €,12 €\nœuvre,1\n", "ISO-8859-15", .latin9),
        (polish, "CP1250", .cp1250), (polish, "ISO-8859-2", .latin2), (czech, "CP1250", .cp1250), (czech, "ISO-8859-2", .latin2),
        (russian, "CP1251", .cp1251),
        (japanese, "CP932", .shiftJIS), (japanese, "EUC-JP", .eucJP), (japanese, "ISO-2022-JP", .iso2022JP),
        (chinese, "GB18030", .gb18030), (taiwanese, "BIG5-HKSCS", .big5), (korean, "CP949", .cp949),
        (french, "UTF-8", .utf8), (japanese, "UTF-8", .utf8),
        (french, "UTF-16LE", .utf16le), (french, "UTF-16BE", .utf16be), (french, "UTF-32LE", .utf32le), (french, "UTF-32BE", .utf32be),
        (japanese, "UTF-16LE", .utf16le), (japanese, "UTF-16BE", .utf16be), (russian, "UTF-16LE", .utf16le), (korean, "UTF-16BE", .utf16be),
    ]

    @Test func encodingsAreFoundByTheirBytesAlone() throws {
        for (text, name, encoding) in Self.files {
            let bytes = try #require(encoded(text, name), "\(name)")
            let expected = try ReadDelimited(text)
            for pieces in [1, 7, 65_536] {
                let read = try ReadDelimited(bytes: bytes, pieces: pieces)
                #expect(read.shape.encoding == encoding, "\(name): \(text.prefix(12))")
                #expect(read.all == expected.all, "\(name) in pieces of \(pieces)")
            }
        }
    }

    @Test(
        arguments: [
            ([0xEF, 0xBB, 0xBF], "UTF-8", TextEncoding.utf8), ([0xFF, 0xFE], "UTF-16LE", .utf16le), ([0xFE, 0xFF], "UTF-16BE", .utf16be),
            ([0xFF, 0xFE, 0, 0], "UTF-32LE", .utf32le), ([0, 0, 0xFE, 0xFF], "UTF-32BE", .utf32be),
        ] as [([UInt8], String, TextEncoding)])
    func marksNameTheEncodingAndAreNoText(mark: [UInt8], name: String, encoding: TextEncoding) throws {
        let read = try ReadDelimited(bytes: mark + (encoded(Self.french, name) ?? []), pieces: 3)
        #expect(read.shape.encoding == encoding)
        #expect(read.header == ["ville", "habitants"])
        #expect(read.rows.count == 5)
    }

    @Test func aGivenEncodingHolds() throws {
        var overrides = ShapeOverrides()
        overrides.encoding = "windows-1251"
        let read = try ReadDelimited(bytes: encoded(Self.french, "CP1252") ?? [], overrides: overrides)
        #expect(read.shape.encoding == .cp1251)
        #expect(read.rows[0][0] == "Orlйans")
    }

    @Test func bytesThatAreNoUTF8AmongUTF8AreReadAsCp1252() throws {
        let long = String(repeating: "Zürich,1\nGenève,2\n", count: 40)
        let bytes = Array(("ort,zahl\n" + long).utf8) + [0x4B, 0xF6, 0x6C, 0x6E] + Array(",3\n".utf8)
        let read = try ReadDelimited(bytes: bytes)
        #expect(read.shape.encoding == .utf8)
        #expect(read.rows.last == ["Köln", "3"])
        #expect(read.summary.undecodable == 1)
        #expect(read.summary.warnings.contains { $0.kind == .encoding })
    }
}
