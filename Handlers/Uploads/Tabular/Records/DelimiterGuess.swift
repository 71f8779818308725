/// Which delimiter makes the first records equally wide.
enum DelimiterGuess {
    private static let records = 50

    /// The best of ``Dialect/candidates``: most records as wide as the first, then the most columns; a comma where none separates anything.
    static func dialect(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, final: Bool, limits: TableLimits) -> Dialect {
        var best = (delimiter: Dialect.candidates[0], agreement: 0.0, width: 1)
        for delimiter in Dialect.candidates {
            let scanner = RecordScanner(dialect: Dialect(delimiter: delimiter), columns: 1, longestField: limits.fieldBytes)
            var position = start
            var width = 0
            var seen = 0
            var agreeing = 0
            while seen < records, position < end {
                guard case .record(let fields, let next, _, _) = scanner.scan(base, from: position, to: end, final: final) else { break }
                let blank = fields == 1 && (base[position] == 0x0A || base[position] == 0x0D)
                position = next
                if blank { continue }
                if seen == 0 { width = fields }
                seen += 1
                if fields == width { agreeing += 1 }
            }
            guard width > 1 else { continue }
            let agreement = Double(agreeing) / Double(seen)
            if agreement > best.agreement || agreement == best.agreement && width > best.width { best = (delimiter, agreement, width) }
        }
        return Dialect(delimiter: best.delimiter)
    }
}
