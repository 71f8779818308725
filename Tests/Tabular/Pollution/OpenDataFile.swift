/// A file such as offices publish: a title or remarks above the table, names in up to three rows, gaps, footnotes or a second table below it, in an
/// encoding of its country. The same for the same seed.
struct OpenDataFile {
    let bytes: [UInt8]
    let header: [String]
    let rows: [[String]]
    /// What was put around the table, for messages.
    let parts: String
    let encoding: String

    init?(seed: UInt64) {
        var random = SplitMix(seed &* 7919)
        let country = Country.all[random.below(Country.all.count)]
        encoding = country.encodings[random.below(country.encodings.count)]
        let named = 1 + random.below(2)
        let width = named + 2 + random.below(5)
        let names = Array(country.names.prefix(width))
        let top = random.below(7)
        let head = random.below(5)
        let bottom = random.below(5)
        var written = WrittenTable()
        written.delimiter = country.delimiter
        written.lineEnd = random.below(2) == 0 ? "\r\n" : "\n"
        let headers = Self.headers(country, names, named, head, &random)
        header = (0..<names.count).map { column in headers.map { $0[column] }.filter { !$0.isEmpty }.joined(separator: " ") }
        rows = (0..<(4 + random.below(60))).map { row in
            (0..<names.count).map { column in
                if column == 0 { return "\(country.places[random.below(country.places.count)])\(random.below(4) == 0 ? " \(row)" : "")" }
                if column < named { return country.date(1 + random.below(28), 1 + random.below(12)) }
                if random.below(9) == 0 { return ["", "-", ".."][random.below(3)] }
                return column % 2 == 0 ? "\(random.below(100_000))" : "\(random.below(900))\(country.decimal)\(random.below(10))"
            }
        }
        let above = Self.above(country, names.count, top)
        let below = Self.below(country, bottom)
        let end = written.lineEnd
        let text = (above.isEmpty ? "" : above.joined(separator: end) + end) + written.text(headers + rows) + below.map { $0 + end }.joined()
        guard let bytes = encoded(text, encoding) else { return nil }
        self.bytes = bytes
        parts = "above \(top), header \(head), below \(bottom), \(encoding)"
    }

    private static func headers(_ country: Country, _ names: [String], _ named: Int, _ kind: Int, _ random: inout SplitMix) -> [[String]] {
        func units(_ form: (String) -> String) -> [String] {
            names.indices.map { $0 < named ? "" : form(country.units[$0 % country.units.count]) }
        }
        var groups = names.indices.map { $0 < named || ($0 - named) % 2 == 1 ? "" : country.groups[(($0 - named) / 2) % country.groups.count] }
        let sub = names.indices.map { $0 < named ? names[$0] : country.units[$0 % country.units.count] }
        switch kind {
        case 0, 1: return [names]
        case 2: return [names, units { "(\($0))" }]
        case 3:
            if random.below(2) == 0 { return [groups, sub] }
            // The names on the left stand in the upper row.
            for column in 0..<named { groups[column] = names[column] }
            return [groups, names.indices.map { $0 < named ? "" : sub[$0] }]
        default: return [groups, sub, units { "[\($0)]" }]
        }
    }

    private static func above(_ country: Country, _ width: Int, _ kind: Int) -> [String] {
        let delimiter = country.delimiter
        let title = country.titles[0]
        let pad = String(repeating: delimiter, count: width - 1)
        switch kind {
        case 1: return [title]
        case 2: return country.titles + [""]
        case 3: return [title + pad, pad]
        case 4: return ["", title, ""]
        case 5:
            return [
                "\(country.names[1])\(delimiter)2019" + pad.dropFirst(), "\(country.names[3])\(delimiter)\(country.units[0])" + pad.dropFirst(), pad,
            ]
        case 6: return country.notes.map { "# \($0)" }
        default: return []
        }
    }

    private static func below(_ country: Country, _ kind: Int) -> [String] {
        let delimiter = country.delimiter
        switch kind {
        case 1: return [country.notes[0]]
        case 2: return [""] + country.notes
        case 3:
            let head = country.places.prefix(2).map { "\($0) A" }.joined(separator: delimiter)
            return ["", head] + (1..<6).map { "\(country.places[$0])\(delimiter)\($0 * 17)" }
        case 4: return ["", "\(country.notes[0].split(separator: ":")[0])\(delimiter)\(country.places[0])"]
        default: return []
        }
    }
}
