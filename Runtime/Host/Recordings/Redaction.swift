import Kernel
import Wire

/// Takes secrets out of a request before it is stored, by the names of what holds them.
///
/// A name is a secret's where one of its words is in the list, or it holds `password`, `secret` or `token` anywhere: members of a JSON body at any
/// depth, query items, header lines. Bodies of other kinds stay as they are.
enum Redaction {
    /// What stands in a secret's place.
    static let mark = "[redacted]"

    private static let words: Set<String> = [
        "passwd", "pwd", "passphrase", "key", "apikey", "authorization", "auth", "cookie", "credential", "credentials", "otp", "pin", "cvv", "cvc",
        "signature",
    ]

    static func isSecret(_ name: some StringProtocol) -> Bool {
        let lower = name.lowercased()
        if ["password", "secret", "token"].contains(where: { lower.contains($0) }) { return true }
        return parts(of: name).contains { words.contains($0) }
    }

    /// Takes the secrets out, and says where they were.
    static func apply(to head: inout InvocationHead) -> [String] {
        var found: [String] = []
        head.headers = head.headers.map { header in
            guard isSecret(header.name) else { return header }
            found.append("header.\(header.name)")
            return HeaderField(name: header.name, value: mark)
        }
        head.query = query(head.query, &found)
        if let value = try? JSON.read(head.body) {
            let before = found.count
            let clean = json(value, "body", &found)
            if found.count > before { head.body = Array(clean.description.utf8) }
        }
        return found
    }

    private static func query(_ text: String, _ found: inout [String]) -> String {
        text.split(separator: "&", omittingEmptySubsequences: false).map { item in
            let name = item.prefix { $0 != "=" }
            guard isSecret(name), name.count < item.count else { return String(item) }
            found.append("query.\(name)")
            return "\(name)=%5Bredacted%5D"
        }.joined(separator: "&")
    }

    private static func json(_ value: JSONValue, _ path: String, _ found: inout [String]) -> JSONValue {
        switch value {
        case .object(let members):
            return .object(
                JSONObject(
                    members.map { member in
                        let place = "\(path).\(member.name)"
                        guard isSecret(member.name), !member.value.isNull else {
                            return .init(name: member.name, value: json(member.value, place, &found))
                        }
                        found.append(place)
                        return .init(name: member.name, value: .string(mark))
                    }))
        case .array(let elements):
            return .array(elements.enumerated().map { json($0.element, "\(path)[\($0.offset)]", &found) })
        default: return value
        }
    }

    /// `apiKey`, `api-key` and `api_key` have the same words.
    private static func parts(of name: some StringProtocol) -> [String] {
        var parts: [String] = [""]
        var wasLower = false
        for character in name {
            if !character.isLetter && !character.isNumber {
                parts.append("")
            } else {
                if character.isUppercase, wasLower { parts.append("") }
                parts[parts.count - 1] += character.lowercased()
            }
            wasLower = character.isLowercase
        }
        return parts
    }
}
