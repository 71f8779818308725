/// What a column's fields mean and how they are written.
public struct ColumnType: Sendable, Hashable, Codable {
    /// What the values are, in the words that the answer of an inspection uses.
    public enum Base: String, Sendable, Hashable, Codable, CaseIterable {
        case empty, number
        case boolean = "bool"
        case date, datetime, time, text
    }

    /// What they are for.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Not one value.
        case empty
        /// Whole numbers.
        case integer
        case decimal
        /// Amounts of money.
        case currency
        /// Numbers with `%`; 12 % has the value 12.
        case percent
        /// Whole numbers that name years.
        case year
        /// Numbers or words that name one thing each; their sum says nothing.
        case identifier
        case boolean
        case date, datetime
        /// A time of day.
        case time
        /// A length of time; its value is in seconds.
        case duration
        /// A few words that come again and again.
        case category
        case text
    }

    public var base: Base
    public var kind: Kind
    /// The decimal mark of numbers. Defaults to a point.
    public var decimalMark: DecimalMark
    /// What separates thousands: `.`, `,`, `'`, a blank; nil for nothing.
    public var thousandsMark: String?
    /// The ISO 4217 code of the most frequent currency, or its sign where several currencies share that.
    public var currency: String?
    /// In which order dates stand.
    public var dateOrder: DateOrder
    /// How it is written, for people: dates and times as `strptime` patterns (`%d/%m/%Y`), numbers as decimal mark and thousands mark (`,.`).
    public var format: String
    /// Words of this column that stand for no value; fields without a character always do. In small letters.
    public var nullWords: [String]
    /// The word for yes and the word for no, in small letters.
    public var trueWord: String?
    public var falseWord: String?

    enum CodingKeys: String, CodingKey {
        case base = "type"
        case kind
        case decimalMark = "decimal_mark"
        case thousandsMark = "thousands_mark"
        case currency
        case dateOrder = "date_order"
        case format
        case nullWords = "null_words"
        case trueWord = "true_word"
        case falseWord = "false_word"
    }

    /// A type with the defaults for what is not said.
    public init(_ base: Base, kind: Kind, decimalMark: DecimalMark = .point, dateOrder: DateOrder = .certain, format: String = "") {
        self.base = base
        self.kind = kind
        self.decimalMark = decimalMark
        self.dateOrder = dateOrder
        self.format = format
        nullWords = []
    }

    /// Text, whatever it holds.
    public static let text = ColumnType(.text, kind: .text)
}

/// What a person says about a column, against the guess. What is nil is guessed.
public struct ColumnOverride: Sendable, Hashable, Codable {
    /// What the values are.
    public var type: ColumnType.Base?
    public var decimalMark: DecimalMark?
    public var dateOrder: DateOrder?
    /// Words that stand for no value, beside those that are known.
    public var nullWords: [String]?

    enum CodingKeys: String, CodingKey {
        case type
        case decimalMark = "decimal_mark"
        case dateOrder = "date_order"
        case nullWords = "null_words"
    }

    /// Says nothing unless told.
    public init(type: ColumnType.Base? = nil, decimalMark: DecimalMark? = nil, dateOrder: DateOrder? = nil, nullWords: [String]? = nil) {
        self.type = type
        self.decimalMark = decimalMark
        self.dateOrder = dateOrder
        self.nullWords = nullWords
    }
}

/// Something about a column that a person should know.
public struct ColumnWarning: Sendable, Hashable, Codable {
    /// The line of the file, from 1, where there is one to look at.
    public var row: Int?
    /// The column's name.
    public var column: String
    /// `ambiguous_date`, `ambiguous_number`, `invalid_value`, `null_word`, `mixed_currency`, `mixed_percent`, `code`.
    public var kind: String
    /// What was found, what it was taken for, and why.
    public var message: String
}
