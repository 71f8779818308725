import HandlerKit

/// Something that an article names.
struct NewsEntity: Codable, Sendable {
    /// `organization`, `place`, `money` or `date`.
    let kind: String
    /// As it stands in the text.
    let text: String
    /// From 0 to 1: how sure the rule is that found it.
    let confidence: Double
    /// Of money: the amount in the currency's main unit.
    @OrNull var amount: Double?
    /// Of money: ISO 4217. Of a place: ISO 3166-1 alpha-2.
    @OrNull var code: String?
    /// Of a date with its year: `2024-03-01`, or `2024-03`.
    @OrNull var day: String?
}

/// A subject, and which part of what was found belongs to it.
struct NewsTopic: Codable, Sendable {
    let topic: String
    /// From 0 to 1.
    let share: Double
}
