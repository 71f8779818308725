import ArchiveFormat
import Kernel
import Testing

/// What holds for every archive, whole or broken.
@Suite("The form of archives") struct ArchiveFormatTests {
    @Test("what was written is read again, value for value, however it arrives", arguments: 1...30 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SampleArchive.Random(state: seed &* 0x9E37_79B9_7F4A_7C15)
        for _ in 0..<10 {
            let archive = SampleArchive.random(&random)
            let bytes = try archive.bytes()
            for pieces in [1, 13, 1000, bytes.count] {
                let read = try SampleArchive.read(bytes, pieces: pieces)
                #expect(read.manifest == archive.manifest)
                #expect(read.rows == archive.rows)
                #expect(read.end.rows == archive.rows.map { Int64($0.count) })
            }
        }
    }

    @Test("a cut archive is refused wherever it is cut, and never as a whole one") func cut() throws {
        let bytes = try SampleArchive([[["a", nil], ["é\n", "2"]], [], [["x"]]], columns: [2, 1, 1]).bytes()
        // Without its last line end nothing but that is missing.
        for count in 0..<bytes.count {
            let refusal = SampleArchive.refusal(Array(bytes[..<count]))
            #expect(refusal?.contains("UNPROCESSABLE_FILE") == true, "\(count) bytes: \(refusal ?? "taken")")
        }
        #expect(SampleArchive.refusal(bytes) == nil)
    }

    @Test("a changed byte is found, whichever it is") func changed() throws {
        let bytes = try SampleArchive([[["alpha", nil], ["beta", "2"]], [["x"]]], columns: [2, 1]).bytes()
        for index in bytes.indices {
            for flipped in [bytes[index] ^ 1, bytes[index] ^ 0x20, 0x30] where flipped != bytes[index] {
                var other = bytes
                other[index] = flipped
                #expect(SampleArchive.refusal(other) != nil, "byte \(index): \(String(decoding: other, as: UTF8.self))")
            }
        }
    }

    @Test("rows that are taken out, put in or moved are found") func rows() throws {
        let lines = try SampleArchive([[["a"], ["b"], ["c"]], [["d"]]], columns: [1, 1]).bytes().split(separator: 10).map(Array.init)
        func joined(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [10] } }
        #expect(SampleArchive.refusal(joined(lines)) == nil)
        for index in lines.indices {
            var fewer = lines
            fewer.remove(at: index)
            #expect(SampleArchive.refusal(joined(fewer)) != nil, "without line \(index + 1)")
            var more = lines
            more.insert(lines[index], at: index)
            #expect(SampleArchive.refusal(joined(more)) != nil, "line \(index + 1) twice")
        }
        var moved = lines
        moved.swapAt(2, 3)
        #expect(SampleArchive.refusal(joined(moved))?.contains("the hash does not fit") == true)
        #expect(SampleArchive.refusal(joined(lines) + Array("[\"e\"]\n".utf8))?.contains("nothing behind the last line") == true)
        #expect(SampleArchive.refusal(joined(lines) + [10])?.contains("nothing behind the last line") == true)
    }

    @Test("nothing that is no row passes as one", arguments: hostileRows) func hostileRow(_ row: String, _ expected: String) throws {
        var writer = ArchiveWriter(SampleArchive([[]], columns: [2]).manifest)
        let bytes = try writer.begin() + writer.beginTable() + writer.append(lines: Array(row.utf8), count: 1) + writer.end().bytes
        let refusal = SampleArchive.refusal(bytes)
        #expect(refusal?.contains(expected) == true, "\(row): \(refusal ?? "taken")")
        #expect(refusal?.contains("line 3") == true, "\(refusal ?? "")")
    }

    private static let hostileRows = [
        ("[\"a\"]", "1 more values"), ("[\"a\",\"b\",\"c\"]", "`]` behind 2 values"), ("[\"a\",1]", "a string or null"),
        ("[\"a\",true]", "a string or null"),
        ("[\"a\",[\"b\"]]", "a string or null"), ("[\"a\",{}]", "a string or null"), ("[ \"a\",\"b\"]", "a string or null"),
        ("[\"a\" ,\"b\"]", "1 more values"),
        ("[\"a\",\"b\"] ", "the end of the line"), ("[\"a\",\"b\"]]", "the end of the line"), ("[\"a\",\"b", "at the end of a string"),
        ("[\"a\",\"\\x\"]", "an escape"), ("[\"a\",\"\\u12\"]", "four hexadecimal digits"), ("[\"a\",\"\\u0000\"]", "cannot store"),
        ("[\"a\",\"\\ud800\"]", "other half"), ("[\"a\",\"\\udc00\"]", "other half"), ("[\"a\",\"\\ud800\\u0041\"]", "other half"),
        ("[\"a\",\"\u{1}\"]", "without control characters"), ("[\"a\",nul]", "a string or null"), ("[\"a\",NULL]", "a string or null"),
        ("[", "a string or null"),
        ("[]", "a string or null"), ("[\"a\",\"\\", "an escape"),
    ]

    @Test("bytes that are not UTF-8 are refused in a value, in a manifest and between them")
    func notUTF8() throws {
        let manifest = SampleArchive([[]], columns: [1]).manifest
        for bad: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80]] {
            var writer = ArchiveWriter(manifest)
            let bytes =
                try writer.begin() + writer.beginTable() + writer.append(lines: Array("[\"".utf8) + bad + Array("\"]".utf8), count: 1)
                + writer.end().bytes
            #expect(SampleArchive.refusal(bytes)?.contains("not UTF-8") == true)
            #expect(SampleArchive.refusal(Array("{\"tenantry_archive\":1,\"x\":\"".utf8) + bad + Array("\"}\n".utf8)) != nil)
            #expect(SampleArchive.refusal(bad + [10]) != nil)
        }
    }

    @Test("a manifest that contradicts itself, is newer or is none is refused with what was expected", arguments: hostileManifests)
    func hostileManifest(_ text: String, _ expected: String) {
        let refusal = SampleArchive.refusal(Array("\(text)\n".utf8))
        #expect(refusal?.contains(expected) == true, "\(text): \(refusal ?? "taken")")
    }

    private static let rest =
        #""made_at":"2026-01-01T00:00:00Z","tenant":{"id":"00000000-0000-0000-0000-000000000001","slug":"a","name":"A","plan":"free","region":"default","#
        + #""time_zone":"UTC","weight":100,"mfa_required":false,"created_at":"2026-01-01T00:00:00Z"},"migrations":[],"left_out":[]"#

    private static let hostileManifests = [
        ("", "expected JSON"), ("[]", "expected JSON"), ("{}", "this is no archive"), ("{\"table\":\"app.businesses\"}", "this is no archive"),
        (#"{"tenantry_archive":2,\#(rest),"tables":[]}"#, "upgrade it first"), (#"{"tenantry_archive":0,\#(rest),"tables":[]}"#, "has the form 0"),
        (#"{"tenantry_archive":"1",\#(rest),"tables":[]}"#, "this is no archive"),
        (#"{"tenantry_archive":1,\#(rest)}"#, "the manifest is not one: tables"),
        (#"{"tenantry_archive":1,"tables":[]}"#, "the manifest is not one: made_at"),
        (#"{"tenantry_archive":1,\#(rest),"tables":[{"name":"app.x","columns":[]},{"name":"app.x","columns":[]}]}"#, "named twice"),
        (
            #"{"tenantry_archive":1,\#(rest),"tables":[{"name":"app.x","columns":[{"name":"a","type":"text"},{"name":"a","type":"text"}]}]}"#,
            "named twice"
        ),
        (#"{"tenantry_archive":1,\#(rest),"tables":[{"name":"","columns":[]}]}"#, "expected a table as"),
        (#"{"tenantry_archive":1,\#(rest),"tables":[{"name":"a.b.c","columns":[]}]}"#, "expected a table as"),
        (#"{"tenantry_archive":1,\#(rest),"tables":[{"name":"app.\n","columns":[]}]}"#, "expected a table as"),
        (#"{"tenantry_archive":1,"tenantry_archive":2,\#(rest),"tables":[]}"#, "expected JSON"),
        (String(repeating: "[", count: 5000), "expected JSON"),
    ]

    @Test("a line without end is refused before it fills the memory") func longLine() throws {
        var reader = ArchiveReader()
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        #expect(throws: AppError.self) { for _ in 0..<3 { _ = try reader.read(piece) } }
        var writer = ArchiveWriter(SampleArchive([[]], columns: [1]).manifest)
        var rows = ArchiveReader()
        _ = try rows.read(try writer.begin() + writer.beginTable() + Array("[\"".utf8))
        var taken = 0
        #expect(throws: AppError.self) {
            for _ in 0..<20 {
                _ = try rows.read(piece)
                taken += 1
            }
        }
        #expect(taken == 15, "16 MiB with what stands in front of it")
    }

    @Test("a reader keeps at most a batch: many rows leave it while they come") func flat() throws {
        let archive = SampleArchive([(0..<20_000).map { ["row \($0)", nil] }], columns: [2])
        let bytes = try archive.bytes()
        var reader = ArchiveReader()
        var largest = 0
        var batches = 0
        var next = 3
        for start in stride(from: 0, to: bytes.count, by: 8192) {
            for case .rows(let batch) in try reader.read(Array(bytes[start..<min(start + 8192, bytes.count)])) {
                largest = max(largest, batch.count)
                batches += 1
                #expect(batch.firstLine == next, "a batch names its first line")
                next += batch.count
            }
        }
        #expect(try reader.finish().total == 20_000)
        #expect(largest <= 4096 && batches >= 5)
    }

    @Test("a writer refuses tables that its manifest does not have, and an end that comes too early") func order() throws {
        var writer = ArchiveWriter(SampleArchive([[]], columns: [1]).manifest)
        _ = try writer.begin()
        #expect(throws: AppError.self) { try writer.append(lines: [], count: 1) }
        #expect(throws: AppError.self) { try writer.end() }
        _ = try writer.beginTable()
        #expect(throws: AppError.self) { try writer.beginTable() }
    }

    @Test("lines of the database become the same batch as lines of a file") func lines() throws {
        let rows: [[String?]] = [["a", nil], ["b\n", "é"], [nil, "\"\\"]]
        let lines = Array(rows.map { RowLine.write($0) }.joined(separator: [10]))
        let batch = try RowBatch(lines: lines, table: 3, width: 2, firstLine: 10)
        #expect(batch.count == 3 && batch.table == 3)
        #expect((0..<3).map { row in (0..<2).map { batch.cell(row, $0).map { String(decoding: $0, as: UTF8.self) } } } == rows)
        #expect(throws: AppError.self) { try RowBatch(lines: Array("[\"a\"]".utf8), table: 0, width: 2) }
    }
}
