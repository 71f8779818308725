import Kernel
import Tabular
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What is still read of a table that was spoilt, in each way at each place.
@Suite struct PollutionTests {
    /// Whether all is read as it was written; at most one row otherwise where one was damaged.
    private static func isRead(_ pollution: Pollution) throws -> Bool {
        let read = try ReadDelimited(pollution.text)
        let found = read.all.map { $0.map(tidied) }
        let expected = ((pollution.header.map { [$0] } ?? []) + pollution.rows).map { $0.map(tidied) }
        guard found.count == expected.count else { return false }
        let different = zip(found, expected).filter { $0 != $1 }.count
        return different <= (pollution.isDamaged ? 1 : 0)
    }

    /// Without blanks around it, line ends all the same.
    private static func tidied(_ cell: String) -> String {
        var cell = cell.replacing("\r\n", with: "\n")[...]
        while let last = cell.last, last == " " || last == "\n" { cell.removeLast() }
        while let first = cell.first, first == " " || first == "\n" { cell.removeFirst() }
        return String(cell)
    }

    @Test(arguments: [UInt64(1), 2])
    func filesPartsAndHeadersAreReadAsTheyAreMeant(seed: UInt64) throws {
        let table = CleanTable(seed: seed)
        for pollution in Pollution.all(table) where !pollution.name.hasPrefix("row_") && pollution.name != "escape_none" {
            #expect(try Self.isRead(pollution), "\(pollution.name)")
        }
    }

    /// One in a hundred may be lost. Of the damages one in so many is tried, others with another seed; all of them where `TENANTRY_FUZZ_ROUNDS` asks for more than the usual.
    private static let stride = getenv("TENANTRY_FUZZ_ROUNDS") == nil ? 5 : 1

    @Test(arguments: [UInt64(1), 2])
    func aDamagedRowIsTheOnlyOneThatSuffers(seed: UInt64) throws {
        let damaged = Pollution.all(CleanTable(seed: seed)).filter { $0.name.hasPrefix("row_") }.enumerated().filter {
            $0.offset % Self.stride == Int(seed) % Self.stride
        }.map(\.element)
        var lost: [String] = []
        for pollution in damaged where try !Self.isRead(pollution) { lost.append(pollution.name) }
        #expect(lost.count * 100 <= damaged.count, "\(lost.count) of \(damaged.count): \(lost.prefix(40))")
    }

    /// `TENANTRY_POLLUTED=FOLDER` writes all files there, with `cases.json` and what is expected, for a scorer of another making.
    @Test(.enabled(if: getenv("TENANTRY_POLLUTED") != nil)) func writesTheFiles() throws {
        let folder = String(cString: getenv("TENANTRY_POLLUTED"))
        try File.makeFolder("\(folder)/csv")
        try File.makeFolder("\(folder)/clean")
        var cases: [String] = []
        var strict = WrittenTable()
        strict.quotesAll = true
        for pollution in Pollution.all(CleanTable(seed: 1)) {
            let name = "\(pollution.name).csv"
            try File.write(Array(pollution.text.utf8), to: "\(folder)/csv/\(name)")
            let synthetic = (pollution.rows.first ?? []).indices.map { "col_\($0)" }
            let expected = pollution.rows.isEmpty && pollution.header == nil ? [] : [pollution.header ?? synthetic] + pollution.rows
            try File.write(Array(strict.text(expected).utf8), to: "\(folder)/clean/\(name)")
            let free = pollution.header == nil && !pollution.rows.isEmpty ? ",\"header_free\":\"synthetic\"" : ""
            let group = pollution.name.hasPrefix("row_") ? pollution.name.split(separator: "_").prefix(2).joined(separator: "_") : pollution.name
            let delimiter = pollution.delimiter.replacing("\t", with: "\\t").replacing("\u{1F}", with: "\\u001f")
            cases.append(
                "{\"id\":\"\(name)\",\"file\":\"csv/\(name)\",\"expect\":\"clean/\(name)\",\"group\":\"\(group)\",\"params\":{\"delimiter\":\"\(delimiter)\"}\(free)}"
            )
        }
        try File.write(Array("[\(cases.joined(separator: ",\n"))]".utf8), to: "\(folder)/cases.json")
    }
}
