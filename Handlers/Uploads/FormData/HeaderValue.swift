/// A value with parameters, such as `form-data; name="file"` (RFC 9110 section 5.6.6).
public struct HeaderValue: Sendable, Hashable {
    /// What stands before the first semicolon, without blanks around it.
    public let value: String
    /// By name in lower case. Of two with one name the first counts.
    public let parameters: [String: String]

    /// Reads a value. What cannot be read is left out.
    public init(_ text: some StringProtocol) {
        var rest = Substring(text)
        value = String(rest.prefix { $0 != ";" }).trimmed
        rest = rest.drop { $0 != ";" }
        var parameters: [String: String] = [:]
        while rest.first == ";" {
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            let name = String(rest.prefix { $0 != "=" && $0 != ";" }).trimmed.lowercased()
            rest = rest.drop { $0 != "=" && $0 != ";" }
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst()
            let value = rest.first == "\"" ? Self.quoted(&rest) : String(rest.prefix { $0 != ";" }).trimmed
            rest = rest.drop { $0 != ";" }
            if parameters[name] == nil, !name.isEmpty { parameters[name] = value }
        }
        self.parameters = parameters
    }

    /// Browsers write `%22` for a quote, programs a backslash before it; both are read, any other backslash stays, as it may be part of a path.
    private static func quoted(_ rest: inout Substring) -> String {
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                value.append(rest.removeFirst())
            } else if character == "%", rest.hasPrefix("22") {
                rest.removeFirst(2)
                value.append("\"")
            } else {
                value.append(character)
            }
        }
        return value
    }
}

extension String {
    fileprivate var trimmed: String {
        let front = drop { $0 == " " || $0 == "\t" }
        var back = front
        while let last = back.last, last == " " || last == "\t" { back.removeLast() }
        return String(back)
    }
}
