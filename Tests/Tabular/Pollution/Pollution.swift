/// One way of spoiling a table, and what a careful person still reads in it.
///
/// After the pollutions of "Pollock: A Data Loading Benchmark" (Vitagliano, Hameed, Jiang, Reisener, Wu, Naumann, VLDB 2023): whole files written
/// otherwise, parts put around the table, and one row damaged at each of its places.
struct Pollution {
    let name: String
    let text: String
    let header: [String]?
    let rows: [[String]]
    /// Whether one row may be read otherwise, since its cells can no longer be told.
    var isDamaged = false

    var delimiter = ","

    /// All of them for one table.
    static func all(_ table: CleanTable) -> [Pollution] {
        files(table) + around(table) + headers(table) + damages(table)
    }

    private static func plain(_ table: CleanTable, _ name: String, _ written: WrittenTable = WrittenTable(), delimiter: String? = nil) -> Pollution {
        Pollution(
            name: name, text: written.text([table.header] + table.rows), header: table.header, rows: table.rows,
            delimiter: delimiter ?? written.delimiter)
    }

    private static func files(_ table: CleanTable) -> [Pollution] {
        var all = [plain(table, "clean")]
        for (name, end) in [("lf", "\n"), ("cr", "\r"), ("crlf", "\r\n")] {
            var written = WrittenTable()
            written.lineEnd = end
            all.append(plain(table, "lines_\(name)", written))
        }
        for (name, delimiter) in [
            ("semicolon", ";"), ("tab", "\t"), ("bar", "|"), ("blank", " "), ("comma_blank", ", "), ("colon", ":"), ("caret", "^"),
            ("unit", "\u{1F}"),
        ] {
            var written = WrittenTable()
            written.delimiter = delimiter
            all.append(plain(table, "delimiter_\(name)", written))
            written.lineEnd = "\n"
            all.append(plain(table, "delimiter_\(name)_lf", written))
        }
        var single = WrittenTable()
        single.quote = "'"
        single.escape = "'"
        all.append(plain(table, "quote_single", single))
        var backslash = WrittenTable()
        backslash.escape = "\\"
        all.append(plain(table, "escape_backslash", backslash))
        var full = WrittenTable()
        full.quotesAll = true
        all.append(plain(table, "quotes_everywhere", full))
        full.escape = ""
        var unescaped = plain(table, "escape_none", full)
        unescaped.isDamaged = true
        all.append(unescaped)
        return all
    }

    private static func around(_ table: CleanTable) -> [Pollution] {
        let written = WrittenTable()
        let body = written.text([table.header] + table.rows)
        func make(_ name: String, _ text: String) -> Pollution { Pollution(name: name, text: text, header: table.header, rows: table.rows) }
        let blanks = String(repeating: ",", count: table.header.count - 1)
        let other = written.text([["Region", "Manager", "Since"], ["North", "Ada", "2011"], ["South", "Ben", "2012"], ["West", "Cem", "2014"]])
        let more = written.text([
            ["Region", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J"], ["North"] + (1...10).map(String.init),
            ["South"] + (2...11).map(String.init),
        ])
        var same = table.header.map { "Old \($0)" }
        same[0] = "Day"
        return [
            make("no_final_line_end", String(body.dropLast(1))),
            make("two_final_line_ends", body + "\r\n"),
            make(
                "empty_lines_within",
                written.text([table.header] + Array(table.rows.prefix(9))) + "\r\n\r\n" + written.text(Array(table.rows.dropFirst(9)))),
            make("preamble_one", "Sales of the shop\r\n" + body),
            make("preamble_three", "Sales of the shop\r\nMade on 3 May 2019, by the till\r\n\r\n" + body),
            make("preamble_padded", "Sales of the shop\(blanks)\r\nMade by the till\(blanks)\r\n\(blanks)\r\n" + body),
            make("preamble_comments", "# Sales of the shop\r\n# made by the till, again\r\n" + body),
            make("footnote", body + "\r\nSource: the till\r\n"),
            make("footnotes", body + "* without tax\r\n** with tax\r\n"),
            make("tables_less", body + "\r\n" + other),
            make("tables_less_titled", body + "\r\nManagers\r\n" + other),
            make("tables_more", body + "\r\n" + more),
            make("tables_same", body + "\r\n" + written.text([same] + Array(table.rows.prefix(5)))),
            make("tables_same_direct", body + written.text([same] + table.rows.prefix(5).map { Array($0.reversed()) })),
            Pollution(name: "no_payload", text: "", header: nil, rows: []),
            Pollution(name: "header_only", text: written.text([table.header]), header: table.header, rows: []),
            Pollution(name: "one_row", text: written.text([table.header, table.rows[0]]), header: table.header, rows: [table.rows[0]]),
        ]
    }

    private static func headers(_ table: CleanTable) -> [Pollution] {
        let written = WrittenTable()
        let body = written.text(table.rows)
        let upper = table.header.map { String($0.split(separator: " ").first!) }
        let lower = table.header.map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
        let joined = zip(upper, lower).map { $1.isEmpty ? $0 : "\($0) \($1)" }
        let units = ["", "", "(pcs)", "", "(USD)", "", "", "", ""]
        return [
            Pollution(name: "no_header", text: body, header: nil, rows: table.rows),
            Pollution(name: "header_two_rows", text: written.text([upper, lower]) + body, header: joined, rows: table.rows),
            Pollution(
                name: "header_three_rows",
                text: written.text([table.header, table.header.map { "\($0) name" }, table.header.map { "\($0) unit" }]) + body,
                header: table.header.map { "\($0) \($0) name \($0) unit" }, rows: table.rows),
            Pollution(
                name: "header_units", text: written.text([table.header, units]) + body,
                header: zip(table.header, units).map { $1.isEmpty ? $0 : "\($0) \($1)" }, rows: table.rows),
            Pollution(
                name: "header_short", text: written.text([Array(table.header.dropLast())]) + body, header: Array(table.header.dropLast()),
                rows: table.rows,
                isDamaged: true),
            Pollution(
                name: "header_long", text: written.text([table.header + ["Extra"]]) + body, header: table.header + ["Extra"],
                rows: table.rows.map { $0 + [""] }),
        ]
    }

    /// One row damaged, at each place: a delimiter too few, one too many, a quote that nothing closes in front of and behind a cell, another delimiter.
    private static func damages(_ table: CleanTable) -> [Pollution] {
        let written = WrittenTable()
        let lines = ([table.header] + table.rows).map { written.row($0) + written.lineEnd }
        var all: [Pollution] = []
        for (index, row) in ([table.header] + table.rows).enumerated() {
            let cells = row.map(written.cell)
            for column in row.indices {
                func add(_ kind: String, _ damaged: String) {
                    var spoilt = lines
                    spoilt[index] = damaged + written.lineEnd
                    all.append(
                        Pollution(
                            name: "row_\(kind)_\(index)_\(column)", text: spoilt.joined(), header: table.header, rows: table.rows, isDamaged: true))
                }
                if column > 0 { add("less", cells[..<column].joined(separator: ",") + cells[column...].joined(separator: ",")) }
                add("more", (cells[..<column] + [""] + cells[column...]).joined(separator: ","))
                add("quote", (cells[..<column] + ["\"" + cells[column]] + cells[(column + 1)...]).joined(separator: ","))
                add("quote_behind", (cells[..<column] + [cells[column] + "\""] + cells[(column + 1)...]).joined(separator: ","))
            }
            if index > 0 {  // The header decides more than a row.
                var other = written
                other.delimiter = ";"
                var spoilt = lines
                spoilt[index] = other.row(row) + written.lineEnd
                all.append(Pollution(name: "row_delimiter_\(index)", text: spoilt.joined(), header: table.header, rows: table.rows, isDamaged: true))
            }
        }
        return all
    }
}
