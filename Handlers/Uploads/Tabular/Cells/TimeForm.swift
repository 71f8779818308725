/// In which order a column writes its dates. Each may be followed by a time of day.
public enum TimeForm: String, Sendable, CaseIterable {
    /// `2024-01-31`, `2024-01-31 08:00`, `2024-01-31T08:00:00Z`: ISO 8601 and RFC 3339.
    case iso
    /// `2024/01/31`.
    case slashes
    /// `31.01.2024`.
    case dots
}

extension TimeForm {
    /// A date of this form, for messages.
    public var example: String {
        switch self {
        case .iso: "2024-01-31"
        case .slashes: "2024/01/31"
        case .dots: "31.01.2024"
        }
    }
}
