/// What a column was taken for, and what became of its fields.
struct TypeDecision {
    var type: ColumnType
    /// 0…1.
    var confidence = 1.0
    var reasons: [String] = []
    var warnings: [ColumnWarning] = []
    /// Fields that stand for no value.
    var nulls = 0
    /// Fields that are no value of the type.
    var invalid = 0
    /// The values; nil where they have no order or no distance.
    var values: Distribution?
}

/// Decides on a column's type when all of it has been seen.
struct TypeChoice {
    let name: String
    let evidence: ColumnEvidence
    let context: TypeContext
    let override: ColumnOverride
    private let strictNulls: Int
    private let lenientNulls: Int
    /// Words that this column alone uses for no value.
    private let ownNulls: [StrayWords.Word]

    init(name: String, evidence: ColumnEvidence, context: TypeContext, override: ColumnOverride = ColumnOverride()) {
        self.name = name
        self.evidence = evidence
        self.context = context
        self.override = override
        strictNulls = evidence.nulls.filter { NullWords.isStrict($0.key) }.values.reduce(0, +)
        let known = evidence.nulls.values.reduce(0, +)
        ownNulls = Self.ownNulls(evidence, candidates: evidence.filled - known, override: override)
        lenientNulls = known - strictNulls + ownNulls.reduce(0) { $0 + $1.count }
    }

    /// One or two words again and again among numbers or times stand for no value, such as `closed` or `trace`.
    private static func ownNulls(_ evidence: ColumnEvidence, candidates: Int, override: ColumnOverride) -> [StrayWords.Word] {
        let given = Set((override.nullWords ?? []).map { $0.lowercased() })
        let words = evidence.strays.words.filter { given.contains($0.text.lowercased()) }
        if !words.isEmpty { return words }
        let values = max(evidence.numbers.count, evidence.times.dates, evidence.times.clocks.count)
        let strays = evidence.strays
        guard !strays.isOver, strays.words.allSatisfy({ $0.count >= 2 }), candidates >= 10, values + strays.count == candidates,
            values * 10 >= candidates * 6
        else { return [] }
        return strays.words
    }

    func decide() -> TypeDecision {
        switch override.type {
        case .number: return numbers(isSure: true)
        case .date, .datetime: return evidence.times.dates == 0 ? calendarDates() ?? dates(forced: override.type) : dates(forced: override.type)
        case .time: return clocks()
        case .boolean: return booleans() ?? texts(["said so"])
        case .text: return texts(["said so"])
        case .empty, nil: return guess()
        }
    }

    /// Fields that are no null word of any kind.
    private var candidates: Int { evidence.filled - strictNulls - lenientNulls }

    private func guess() -> TypeDecision {
        guard evidence.filled > strictNulls else {
            return finish(ColumnType(.empty, kind: .empty), nulls: evidence.empty + strictNulls, invalid: 0, reasons: ["no field holds a value"])
        }
        if let booleans = booleans() { return booleans }
        guard candidates > 0 else {
            // Dashes and dots alone are nothing; words may be values.
            guard evidence.nulls.keys.allSatisfy({ NullWords.isStrict($0) || NullWords.isMark($0) }) else { return texts(["its fields are words"]) }
            return finish(ColumnType(.empty, kind: .empty), nulls: evidence.empty + evidence.filled, invalid: 0, reasons: ["no field holds a value"])
        }
        if isEnough(evidence.numbers.count) { return number() }
        if evidence.times.seasons > 1, evidence.times.seasons == evidence.times.dates, evidence.distinct.count > 1 {
            return texts(["its fields name two years in a row, such as \(evidence.examples.times.first?.text ?? "2009-10")"])
        }
        if isEnough(evidence.times.dates) { return dates(forced: nil) }
        let clocks = evidence.times.count(.time) + evidence.times.count(.duration)
        if isEnough(clocks) { return self.clocks() }
        return texts(["\(evidence.texts) of \(candidates) fields are neither numbers nor times"])
    }

    /// Nine of ten fields, four of five among few, all among very few.
    private func isEnough(_ count: Int) -> Bool {
        let others = candidates - count
        return count > 0 && (others == 0 || (candidates >= 10 ? others * 10 <= candidates : candidates >= 5 && others * 5 <= candidates))
    }

    // MARK: Numbers

    private func number() -> TypeDecision {
        let numbers = evidence.numbers
        if let calendar = calendarDates() { return calendar }
        if numbers.zeroLed > 0, numbers.bare == numbers.count, numbers.money == 0 {
            return codes("\(numbers.zeroLed) of its numbers begin with a zero")
        }
        if numbers.plusses * 2 > numbers.count { return codes("its numbers begin with + as telephone numbers do") }
        if evidence.texts > 0, ownNulls.isEmpty, numbers.bare == numbers.count, NameHints.isIdentifier(name) {
            return codes("some of its values have letters")
        }
        if numbers.longestWhole > 15, numbers.bare == numbers.count { return codes("its numbers have more than 15 digits") }
        return self.numbers(isSure: false)
    }

    private func codes(_ why: String) -> TypeDecision {
        var decision = texts(["\(why): a code, not a quantity"])
        decision.type.kind = .identifier
        decision.confidence = 0.9
        return decision
    }

    private func numbers(isSure: Bool) -> TypeDecision {
        let numbers = evidence.numbers
        let choice =
            override.decimalMark.map { MarkDecision(mark: $0, confidence: 1, reason: "the decimal mark was given") }
            ?? MarkDecision.of(numbers, context)
        let readable = numbers.readable(choice.mark)
        var invalid = evidence.filled - strictNulls - lenientNulls - readable
        if !isSure, !isEnough(readable) {
            var mixed = texts(["\(numbers.onlyPoint) of its numbers have a decimal point and \(numbers.onlyComma) a decimal comma"])
            mixed.warnings.append(warning("ambiguous_number", "holds numbers with either decimal mark; read as text"))
            return mixed
        }
        invalid = max(invalid, 0)
        var type = ColumnType(.number, kind: numbers.hasFraction(choice.mark) ? .decimal : .integer, decimalMark: choice.mark)
        type.thousandsMark = thousands(numbers, choice.mark)
        type.format = choice.mark.rawValue + (type.thousandsMark ?? "")
        type.nullWords = nullWords
        var warnings: [ColumnWarning] = []
        if choice.isAmbiguous {
            warnings.append(
                warning("ambiguous_number", choice.reason, evidence.examples.numbers.first { $0.text.contains(".") || $0.text.contains(",") }))
        }
        kind(&type, numbers, &warnings)
        if invalid > 0 { warnings.append(strays(invalid, "a number", evidence.examples.texts + evidence.examples.times)) }
        var decision = finish(
            type, nulls: evidence.empty + strictNulls + lenientNulls, invalid: invalid,
            reasons: ["\(readable) of \(candidates) fields are numbers", choice.reason], warnings: warnings)
        decision.confidence = choice.confidence * Double(readable) / Double(max(candidates, 1))
        decision.values = numbers.distribution(choice.mark)
        return decision
    }

    private func thousands(_ numbers: NumberEvidence, _ mark: DecimalMark) -> String? {
        if numbers.blanks > 0 { return " " }
        if numbers.apostrophes > 0 { return "'" }
        let grouped = mark == .point ? numbers.groupedByComma : numbers.groupedByPoint
        let other = mark == .point ? "," : "."
        if grouped > 0 { return other }
        guard numbers.either > 0 else { return nil }
        // Where the other reading is the smaller one, this one took the mark for thousands.
        let mine = mark == .point ? numbers.point : numbers.comma
        let theirs = mark == .point ? numbers.comma : numbers.point
        return mine.moments.greatest.magnitude > theirs.moments.greatest.magnitude ? other : nil
    }

    /// What the numbers are for.
    private func kind(_ type: inout ColumnType, _ numbers: NumberEvidence, _ warnings: inout [ColumnWarning]) {
        if numbers.money * 2 > numbers.count {
            type.kind = .currency
            let codes = numbers.currencies.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { CurrencyWords.code($0.key) }
            type.currency = codes.first
            if codes.count > 1 {
                warnings.append(warning("mixed_currency", "holds amounts in \(codes.prefix(5).joined(separator: ", ")); their sum says nothing"))
            }
        } else if numbers.percents > 0 {
            if numbers.percents * 2 > numbers.count { type.kind = .percent }
            if numbers.percents < numbers.count {
                warnings.append(warning("mixed_percent", "\(numbers.percents) of \(numbers.count) numbers have a percent sign; 12 % was read as 12"))
            }
        } else if type.kind == .integer, numbers.bare == numbers.count {
            let values = numbers.plain.moments
            if values.least >= 1900, values.greatest <= 2100, NameHints.holds(name, NameHints.times) {
                type.kind = .year
            } else if NameHints.isIdentifier(name) {
                type.kind = .identifier
            }
        }
    }

    /// Numbers that are all dates.
    private func calendarDates() -> TypeDecision? {
        let calendar = evidence.numbers.calendar
        guard let form = calendar.form, calendar.values.count == evidence.numbers.count else { return nil }
        let isNamed = NameHints.holds(name, NameHints.times)
        let isSure = isNamed || override.type != nil
        switch form {
        case .month: guard isSure else { return nil }
        case .monthYear: guard calendar.isZeroLed || isSure else { return nil }
        default: guard isSure || calendar.varies && calendar.values.count >= 3 else { return nil }
        }
        let base: ColumnType.Base = form.hasClock ? .datetime : .date
        var type = ColumnType(base, kind: form.hasClock ? .datetime : .date, format: form.rawValue)
        type.nullWords = nullWords
        let invalid = candidates - calendar.values.count
        var decision = finish(
            type, nulls: evidence.empty + strictNulls + lenientNulls, invalid: invalid,
            reasons: ["all its numbers are dates of the form \(form.rawValue)"],
            warnings: invalid > 0 ? [strays(invalid, "a date such as \(form.rawValue)", evidence.examples.texts + evidence.examples.times)] : [])
        decision.confidence = isSure ? 0.98 : 0.85
        decision.values = calendar.values
        return decision
    }

    // MARK: Times

    private func dates(forced: ColumnType.Base?) -> TypeDecision {
        let times = evidence.times
        let choice =
            override.dateOrder.map { OrderDecision(order: $0, confidence: 1, reason: "the order was given") } ?? OrderDecision.of(times, context)
        let readable = times.readable(choice.order)
        let isDateTime = forced.map { $0 == .datetime } ?? (times.count(.dateTime) * 20 >= times.dates)
        var type = ColumnType(isDateTime ? .datetime : .date, kind: isDateTime ? .datetime : .date, dateOrder: choice.order)
        let pattern = times.commonPattern { $0.form != .none && ($0.clock > 0) == isDateTime } ?? times.commonPattern { $0.form != .none }
        type.format = pattern.map { TimeFormat.pattern($0, choice.order) } ?? ""
        type.nullWords = nullWords
        let invalid = max(candidates - readable, 0)
        var warnings: [ColumnWarning] = []
        if choice.isAmbiguous, times.triples > 0 { warnings.append(warning("ambiguous_date", choice.reason, evidence.examples.times.first)) }
        if invalid > 0 { warnings.append(strays(invalid, "a date such as \(type.format)", evidence.examples.texts + evidence.examples.numbers)) }
        var decision = finish(
            type, nulls: evidence.empty + strictNulls + lenientNulls, invalid: invalid,
            reasons: ["\(readable) of \(candidates) fields are dates", choice.reason], warnings: warnings)
        decision.confidence = choice.confidence * Double(readable) / Double(max(candidates, 1))
        decision.values = times.distribution(choice.order)
        return decision
    }

    private func clocks() -> TypeDecision {
        let times = evidence.times
        let count = times.clocks.count
        var type = ColumnType(.time, kind: times.count(.duration) > 0 ? .duration : .time)
        type.format = times.commonPattern { $0.form == .none && $0.clock > 0 }.map { TimeFormat.pattern($0, .certain) } ?? ""
        type.nullWords = nullWords
        let invalid = max(candidates - count, 0)
        var decision = finish(
            type, nulls: evidence.empty + strictNulls + lenientNulls, invalid: invalid, reasons: ["\(count) of \(candidates) fields are times"],
            warnings: invalid > 0 ? [strays(invalid, "a time", evidence.examples.texts + evidence.examples.numbers)] : [])
        decision.confidence = Double(count) / Double(max(candidates, 1))
        decision.values = times.clocks
        return decision
    }

    // MARK: Words

    private func booleans() -> TypeDecision? {
        guard evidence.frequent.isExact, evidence.frequent.held <= 12 else { return nil }
        let counts = evidence.frequent.top(12)
        func pair(leavingOut words: Set<String>) -> (pair: (yes: String, no: String), nulls: Int)? {
            var kept: Set<String> = []
            var nulls = 0
            for entry in counts {
                let word = entry.value.lowercased()
                if words.contains(word) { nulls += entry.count } else { kept.insert(word) }
            }
            return BooleanWords.pair(kept).map { ($0, nulls) }
        }
        let strict = Set(evidence.nulls.keys.filter { NullWords.isStrict($0) }.map { NullWords.word($0) })
        let all = Set(evidence.nulls.keys.map { NullWords.word($0) })
        guard let (pair, nulls) = pair(leavingOut: strict) ?? pair(leavingOut: all) else { return nil }
        var type = ColumnType(.boolean, kind: .boolean, format: "\(pair.yes)/\(pair.no)")
        type.trueWord = pair.yes
        type.falseWord = pair.no
        type.nullWords = nullWords.filter { $0 != pair.yes && $0 != pair.no }
        return finish(type, nulls: evidence.empty + nulls, invalid: 0, reasons: ["its words are \(pair.yes) and \(pair.no)"])
    }

    private func texts(_ reasons: [String]) -> TypeDecision {
        let count = evidence.filled - strictNulls
        let distinct = evidence.distinct.count
        var type = ColumnType.text
        type.nullWords = evidence.nulls.keys.filter { NullWords.isStrict($0) }.map { NullWords.word($0) }.sorted()
        let isUnique = distinct * 50 >= count * 49 && evidence.textsWithBlanks == 0
        let haveDigits = evidence.texts * 2 < count || evidence.examples.texts.allSatisfy { $0.text.contains { $0.isNumber } }
        if isUnique, evidence.longest <= 64, NameHints.isIdentifier(name) || count >= 10 && haveDigits {
            type.kind = .identifier
        } else if distinct * 2 <= count, distinct <= 1000, evidence.longest <= 200 {
            type.kind = .category
        }
        return finish(type, nulls: evidence.empty + strictNulls, invalid: 0, reasons: reasons)
    }

    // MARK: Pieces

    private func finish(
        _ type: ColumnType, nulls: Int, invalid: Int, reasons: [String], warnings: [ColumnWarning] = []
    ) -> TypeDecision {
        var warnings = warnings
        if type.base != .text, type.base != .empty {
            warnings += ownNulls.map { warning("null_word", "\"\($0.text)\" stands in \($0.count) rows and was taken for no value") }
        }
        return TypeDecision(type: type, reasons: reasons, warnings: warnings, nulls: nulls, invalid: invalid)
    }

    /// The null words that the column holds.
    private var nullWords: [String] {
        Set(
            evidence.nulls.keys.map { NullWords.word($0) } + ownNulls.map { $0.text.lowercased() }
                + (override.nullWords ?? []).map { $0.lowercased() }
        )
        .sorted()
    }

    private func warning(_ kind: String, _ message: String, _ example: Examples.Example? = nil) -> ColumnWarning {
        let at = example.map { "; for example \"\($0.text)\"" } ?? ""
        return ColumnWarning(row: example?.line, column: name, kind: kind, message: "Column \"\(name)\": \(message)\(at)")
    }

    private func strays(_ count: Int, _ expected: String, _ examples: [Examples.Example]) -> ColumnWarning {
        warning("invalid_value", "\(count) \(count == 1 ? "field is" : "fields are") not \(expected)", examples.min { $0.line < $1.line })
    }
}
