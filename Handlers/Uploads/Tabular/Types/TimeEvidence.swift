import Kernel

/// What the dates and times of one column say, read under every order at once, so that the whole column decides.
struct TimeEvidence: Sendable {
    /// Dates that read the same whatever the order; seconds since 1970.
    private(set) var certain: Distribution
    /// Dates of three short numbers, under each order that makes a date of them.
    private(set) var dayMonth: OrderEvidence
    private(set) var monthDay: OrderEvidence
    private(set) var yearFirst: OrderEvidence
    /// Dates of three short numbers.
    private(set) var triples = 0
    /// Of those, how many have a time with AM or PM, and how many have parts of one digit.
    private(set) var twelveHours = 0
    /// Times of day and durations, in seconds.
    private(set) var clocks: Distribution
    private var kinds = [Int](repeating: 0, count: TimeReading.Kind.allCases.count)
    /// How often each way of writing was seen; at most sixteen ways.
    private(set) var patterns: [(pattern: TimeReading.Pattern, count: Int)] = []
    private var lastPattern = 0

    init(size: Int) {
        certain = Distribution(size: size)
        clocks = Distribution(size: size)
        dayMonth = OrderEvidence(size: size)
        monthDay = OrderEvidence(size: size)
        yearFirst = OrderEvidence(size: size)
    }

    /// How many dates could be two years in a row, such as 2009-10.
    var seasons: Int { patterns.reduce(0) { $0 + ($1.pattern.isSeason ? $1.count : 0) } }

    /// How many readings of a kind there were.
    func count(_ kind: TimeReading.Kind) -> Int { kinds[Int(kind.rawValue)] }
    /// How many dates there were: days, days with times, months, quarters, weeks.
    var dates: Int { count(.date) + count(.dateTime) + periods }
    /// How many months, quarters and weeks.
    var periods: Int { count(.month) + count(.quarter) + count(.week) }

    mutating func add(_ time: TimeReading) {
        kinds[Int(time.kind.rawValue)] += 1
        note(time.pattern, 1)
        if time.kind == .time || time.kind == .duration {
            clocks.add(Double(time.micros) / 1_000_000)
        } else if time.certain != TimeReading.impossible {
            certain.add(Self.seconds(time.certain, time.micros))
        } else {
            triples += 1
            if time.pattern.isTwelveHour { twelveHours += 1 }
            dayMonth.add(time.dayMonth, time.micros)
            monthDay.add(time.monthDay, time.micros)
            yearFirst.add(time.yearFirst, time.micros)
        }
    }

    private mutating func note(_ pattern: TimeReading.Pattern, _ count: Int) {
        if lastPattern >= patterns.count || patterns[lastPattern].pattern != pattern {
            guard let known = patterns.firstIndex(where: { $0.pattern == pattern }) else {
                if patterns.count < 16 { patterns.append((pattern, count)) }
                return
            }
            lastPattern = known
        }
        patterns[lastPattern].count += count
    }

    /// The way most of them are written, of those that a condition holds for.
    func commonPattern(where holds: (TimeReading.Pattern) -> Bool) -> TimeReading.Pattern? {
        patterns.filter { holds($0.pattern) }.max { $0.count < $1.count }?.pattern
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    @inline(__always)
    static func seconds(_ days: Int32, _ micros: Int64) -> Double { Double(days) * 86_400 + Double(micros) / 1_000_000 }

    func evidence(_ order: DateOrder) -> OrderEvidence? {
        switch order {
        case .certain: nil
        case .dayMonthYear: dayMonth
        case .monthDayYear: monthDay
        case .yearMonthDay: yearFirst
        }
    }

    /// How many dates an order makes readable.
    func readable(_ order: DateOrder) -> Int { certain.count + (evidence(order)?.values.count ?? 0) }

    /// All dates under an order, in seconds since 1970.
    func distribution(_ order: DateOrder) -> Distribution {
        var all = certain
        if let values = evidence(order)?.values { all.merge(values) }
        return all
    }

    mutating func merge(_ other: TimeEvidence) {
        certain.merge(other.certain)
        clocks.merge(other.clocks)
        dayMonth.merge(other.dayMonth)
        monthDay.merge(other.monthDay)
        yearFirst.merge(other.yearFirst)
        triples += other.triples
        twelveHours += other.twelveHours
        for index in kinds.indices { kinds[index] += other.kinds[index] }
        for (pattern, count) in other.patterns { note(pattern, count) }
    }
}

/// The dates of a column under one order, and how regular they follow each other.
struct OrderEvidence: Sendable {
    private(set) var values: Distribution
    /// Steps from one date to the next; those that are as long as the step before, in days or in months; those backwards.
    private(set) var steps = 0
    private(set) var regular = 0
    private(set) var backwards = 0
    /// Days between each date and the next, all together.
    private(set) var travelled = 0.0
    /// Dates that are the first of a month.
    private(set) var firsts = 0
    private var previous: (days: Int, month: Int, day: Int)?
    private var lastDays = Int.min
    private var lastMonths = Int.min

    init(size: Int) { values = Distribution(size: size) }

    @inline(__always)
    mutating func add(_ days: Int32, _ micros: Int64) {
        guard days != TimeReading.impossible else {
            previous = nil
            return
        }
        values.add(TimeEvidence.seconds(days, micros))
        step(to: Int(days))
    }

    private mutating func step(to days: Int) {
        if let previous, previous.days == days {
            if previous.day == 1 { firsts += 1 }
            return
        }
        let date = CalendarDate(daysSinceEpoch: days)
        if date.day == 1 { firsts += 1 }
        let month = date.year * 12 + date.month
        if let previous {
            let dayStep = days - previous.days
            let monthStep = date.day == previous.day ? month - previous.month : Int.min
            steps += 1
            if dayStep == lastDays || monthStep != Int.min && monthStep == lastMonths { regular += 1 }
            if dayStep < 0 { backwards += 1 }
            travelled += Double(dayStep.magnitude)
            lastDays = dayStep
            lastMonths = monthStep
        }
        previous = (days, month, date.day)
    }

    mutating func merge(_ other: OrderEvidence) {
        values.merge(other.values)
        steps += other.steps
        regular += other.regular
        backwards += other.backwards
        travelled += other.travelled
        firsts += other.firsts
    }
}
