import Kernel
import TableFiles
import TableSupport
import Testing

@Suite struct InspectionTests {
    private struct Answer {
        var json: JSONValue = .null
        /// The delimited text, where it is one.
        var text: [UInt8] = []
        var error: AppError?
    }

    private static func inspect(_ bytes: [UInt8], _ name: String? = nil, member: String? = nil, limits: TableFileLimits = .init()) -> Answer {
        var answer = Answer()
        do {
            let found = try TableFileInspection.run(
                size: bytes.count, choice: .init(name: name, member: member), limits: limits,
                read: { (range) throws(AppError) in Array(bytes[range.clamped(to: 0..<bytes.count)]) },
                text: { (piece) throws(AppError) in answer.text += piece })
            if let found { answer.json = try JSON.read(found) }
        } catch { answer.error = error }
        return answer
    }

    private static let csv = Array((0..<30_000).map { "row \($0),\($0 &* 7919)\n" }.joined().utf8)
    private static let json = Array(#"[{"a": 1.50, "b": null}, {"a": "x", "c": true}]"#.utf8)
    private static let book = SheetXML.book(
        "<row><c><v>1.5</v></c><c t='b'><v>0</v></c><c t='str'><v>x</v></c><c/><c s='1'><v>45322</v></c></row>", formats: ["yyyy"])

    private static func zip(_ files: KeyValuePairs<String, [UInt8]>) -> [UInt8] {
        var zip = ZipBuilder()
        for file in files { zip.add(file.key, file.value) }
        return zip.finished()
    }

    @Test func delimitedTextIsHandedOnHoweverItIsPacked() {
        let packed = [
            ("a.csv", Self.csv), ("a.csv.gz", Deflate.gzip(Self.csv)), ("a.zip", Self.zip(["a.csv": Self.csv])),
            (
                "a.zip",
                Self.zip(["folder/": [], "folder/a.csv": Self.csv, "__MACOSX/folder/._a.csv": [1, 2], "folder/.DS_Store": [0], "Thumbs.db": [0]])
            ),
        ]
        for (name, bytes) in packed {
            let answer = Self.inspect(bytes, name)
            #expect(answer.text == Self.csv)
            #expect(answer.json == .null && answer.error == nil)
        }
        #expect(Self.inspect([], "a.csv").text == [])
    }

    @Test func jsonHoweverItIsPacked() throws {
        for bytes in [Self.json, Deflate.gzip(Self.json), Self.zip(["data.json": Self.json])] {
            let answer = Self.inspect(bytes).json
            #expect(answer["header"] == ["a", "b", "c"])
            #expect(answer["rows"] == [["1.50"], ["x", .null, "true"]])
            #expect(answer["row_count"] == 2)
            #expect(answer["ok"] == true)
        }
        #expect(Self.inspect(Array("{\"a\":".utf8), "x.json").error?.code == .unprocessableFile)
    }

    @Test func workbooksHoweverTheyArePacked() throws {
        for bytes in [Self.book, Deflate.gzip(Self.book), Self.zip(["in/book.xlsx": Self.book])] {
            let sheet = try #require(Self.inspect(bytes).json["sheets"]?[0])
            #expect(sheet["name"] == "Data")
            #expect(sheet["rows"] == [[1.5, false, "x", .null, "2024-01-31"]])
            #expect(sheet["row_count"] == 1)
        }
    }

    @Test func columnsOfWorkbooksAndJSONAreTold() throws {
        let rows = [
            "<row><c t='str'><v>Sales</v></c></row>", "<row><c t='str'><v>day</v></c><c t='str'><v>units</v></c></row>",
            "<row><c s='1'><v>45322</v></c><c><v>5</v></c></row>", "<row><c s='1'><v>45323</v></c><c><v>7</v></c></row>",
        ]
        let sheet = try #require(Self.inspect(SheetXML.book(rows.joined(), formats: ["yyyy"])).json["sheets"]?[0])
        #expect(sheet["header"] == ["day", "units"] && sheet["header_rows"] == 1 && sheet["skip_rows"] == 1, "\(sheet)")
        #expect(sheet["columns"]?.array?.compactMap { $0["type"]?.string } == ["date", "number"])
        #expect(sheet["columns"]?[1]?["sum"]?.number == 12 && sheet["rows"]?.array?.count == 4)
        // A column that only later records have.
        let records = Self.inspect(Array(#"[{"a": 1}, {"a": 2, "b": "x"}, {"b": "y"}]"#.utf8)).json
        #expect(records["columns"]?.array?.compactMap { $0["name"]?.string } == ["a", "b"], "\(records)")
        #expect(records["columns"]?.array?.compactMap { $0["nulls"]?.integer } == [1, 1])
    }

    @Test("pitfall 47: archives of several files, of none, of names that lead out, packed twice")
    func archives() {
        let several = Self.zip(["a.csv": Self.csv, "b.json": Self.json])
        #expect(Self.inspect(several).error?.message == "the zip archive holds 2 files; expected one, or its name as `member`: \"a.csv\", \"b.json\"")
        #expect(Self.inspect(several, member: "b.json").json["row_count"] == 2)
        #expect(Self.inspect(several, member: "c").error?.message.contains("holds no \"c\"") == true)
        #expect(Self.inspect(Self.zip([:])).error?.message.contains("is empty") == true)
        #expect(Self.inspect(Self.zip(["../../etc/cron.d/x.csv": Self.csv])).error?.message.contains("leads out of its folder") == true)
        #expect(Self.inspect(Deflate.gzip(Deflate.gzip(Self.csv))).error?.message.contains("packed more than once") == true)
        #expect(Self.inspect(Deflate.gzip(Self.zip(["a.csv": Self.csv]))).error?.message.contains("no workbook") == true)
        var limits = TableFileLimits()
        limits.heldBytes = 500
        #expect(Self.inspect(Deflate.gzip(Self.book), limits: limits).error?.message.contains("unpack it first") == true)
    }

    @Test func otherKindsAreNamedWithWhatIsExpected() {
        let error = Self.inspect(Array("%PDF-1.7\n…".utf8), "report.csv").error
        #expect(error?.code == .unsupportedMedia)
        #expect(error?.message.hasPrefix("The file is a PDF document; expected CSV or another delimited text, JSON, XLSX") == true)
        #expect(Self.inspect(Deflate.gzip([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A])).error?.code == .unsupportedMedia)
        #expect(
            String(decoding: TableFileInspection.failure(AppError(.notFound)), as: UTF8.self).hasPrefix(#"{"ok":false,"error":{"code":"NOT_FOUND""#))
    }

    @Test func aFileThatEndsEarlyIsAnError() {
        var answer: AppError?
        do {
            _ = try TableFileInspection.run(size: 1_000_000, read: { (_) throws(AppError) in Array("a,b\n".utf8) }, text: { (_) throws(AppError) in })
        } catch { answer = error }
        #expect(answer?.message.contains("ended at byte") == true)
    }
}
