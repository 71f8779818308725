/// The names under which this installation may be asked. An empty list takes any.
struct TrustedHosts: Sendable {
    private let names: Set<String>
    /// With the leading dot.
    private let suffixes: [String]

    /// Names such as `api.example.com`; `*.example.com` stands for every name below it.
    init(_ list: [String]) {
        names = Set(list.filter { !$0.hasPrefix("*.") }.map { $0.lowercased() })
        suffixes = list.filter { $0.hasPrefix("*.") }.map { String($0.dropFirst()).lowercased() }
    }

    var isEmpty: Bool { names.isEmpty && suffixes.isEmpty }

    /// Whether a request for this `Host` (name, and a port that does not count) is for us.
    func accept(_ host: String?) -> Bool {
        if isEmpty { return true }
        guard let host else { return false }
        var name = host.lowercased()
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
            name = String(name[...end])
        } else if let colon = name.firstIndex(of: ":") {
            name = String(name[..<colon])
        }
        if name.hasSuffix(".") { name.removeLast() }
        return names.contains(name) || suffixes.contains { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
    }
}
