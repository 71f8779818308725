/// Where an article stands, as far as it tells one article from another.
///
/// The same page has many addresses: with and without `www.`, by http and https, with a fragment, with marks of campaigns. These make no difference here;
/// other items of the query do, in whatever order.
public struct ArticleURL: Sendable, Hashable {
    /// The host without `www.`, `m.` and `amp.`.
    public let host: String
    /// Host, path and query in one form.
    public let normalized: String

    /// Nil for what is no URL of the web, is longer than 4,096 bytes or holds blanks, quotes or controls.
    public init?(_ text: String) {
        let text = text.trimmedASCII
        let lower = text.lowercased()
        guard text.utf8.count <= 4096, lower.hasPrefix("http://") || lower.hasPrefix("https://") else { return nil }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x22 && $0 != 0x3C && $0 != 0x3E && $0 != 0x5C }) else { return nil }
        let rest = text.drop { $0 != ":" }.dropFirst(3)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        var name = authority.lowercased()
        for port in [":80", ":443"] where name.hasSuffix(port) { name.removeLast(port.count) }
        guard name.contains("."), name.first != ".", !name.hasSuffix(".") else { return nil }
        host = Self.plainHost(name)
        let tail = rest.dropFirst(authority.count).prefix { $0 != "#" }
        let parts = tail.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = parts.first.map(String.init) ?? ""
        while path.hasSuffix("/") { path.removeLast() }
        for end in ["/amp", "/index.html"] where path.hasSuffix(end) { path.removeLast(end.count) }
        let items = parts.count < 2 ? [] : parts[1].split(separator: "&").filter { !Self.isMark($0) }.sorted()
        normalized = host + path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }

    /// A host as people name it.
    static func plainHost(_ host: String) -> String {
        var name = host.lowercased()
        for prefix in ["www.", "m.", "amp."] where name.hasPrefix(prefix) && name.dropFirst(prefix.count).contains(".") {
            name.removeFirst(prefix.count)
        }
        return name
    }

    /// What says where a reader came from, and nothing about what is read.
    private static func isMark(_ item: Substring) -> Bool {
        let name = item.prefix { $0 != "=" }.lowercased()
        return name.hasPrefix("utm_") || name.hasPrefix("mc_") || name.hasPrefix("pk_") || marks.contains(name)
    }

    private static let marks: Set = [
        "fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "ref", "ref_src", "ref_url", "referrer", "cmpid", "cmp", "ncid", "smid", "sref",
        "spm", "trk", "xtor", "ocid", "amp", "outputtype", "at_medium", "at_campaign", "wt_mc", "wt.mc_id", "__twitter_impression", "share",
        "guccounter",
    ]
}
