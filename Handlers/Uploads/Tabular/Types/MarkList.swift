/// The marks between the digits of one number: what each is, and how many digits stand before it. At most eight.
struct MarkList {
    private var packed: UInt64 = 0
    private(set) var count = 0

    /// False where there is no room, or where no digit stands between two marks.
    mutating func append(_ kind: UInt8, at digits: Int) -> Bool {
        guard count < 8, digits < 64, count == 0 || place(count - 1) < digits else { return false }
        packed |= UInt64(kind << 6 | UInt8(digits)) << UInt64(count * 8)
        count += 1
        return true
    }

    func kind(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: packed >> UInt64(index * 8)) >> 6 }
    func place(_ index: Int) -> Int { Int(UInt8(truncatingIfNeeded: packed >> UInt64(index * 8)) & 63) }
    func holds(_ wanted: UInt8) -> Bool { (0..<count).contains { kind($0) == wanted } }

    /// Where the fraction begins if `decimal` is the decimal mark; nil where the other marks do not separate thousands.
    ///
    /// Groups have three digits; behind commas also two before a last one of three, as in India.
    func split(decimal: UInt8, digits: Int, first: UInt8) -> (fraction: Int, grouping: UInt8?)? {
        var groups = count
        var end = digits
        if count > 0, kind(count - 1) == decimal {
            groups -= 1
            end = place(groups)
        }
        guard groups > 0 else { return (digits - end, nil) }
        let mark = kind(0)
        guard mark != decimal, (1...3).contains(place(0)), first != 48 else { return nil }
        for index in 0..<groups {
            guard kind(index) == mark else { return nil }
            let next = index + 1 < groups ? place(index + 1) : end
            let length = next - place(index)
            guard length == 3 || length == 2 && mark == 1 && index + 1 < groups && place(0) <= 2 else { return nil }
        }
        return (digits - end, mark)
    }
}
