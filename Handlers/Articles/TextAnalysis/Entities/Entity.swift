/// Something that a text names.
public struct Entity: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case organization, place, money, date
    }

    public var kind: Kind
    /// As it stands in the text.
    public var text: String
    /// Where it stands, in bytes of the text's UTF-8.
    public var range: Range<Int>
    /// From 0 to 1: how sure the rule is that found it.
    public var confidence: Double
    /// Of money: the amount in the currency's main unit.
    public var amount: Double?
    /// Of money: ISO 4217, where it is known. Of a place: ISO 3166-1 alpha-2.
    public var code: String?
    /// Of a date with its year: `2024-03-01`, or `2024-03` where only the month is said.
    public var day: String?
}
