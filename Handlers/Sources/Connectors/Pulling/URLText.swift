import Addresses

extension FormEncoding {
    /// A URL with `name=value` items in its query, those without a value left out.
    static func asking(_ base: String, _ items: [(String, String?)]) -> String {
        url(base, adding: items.compactMap { item in item.1.map { (name: item.0, value: $0) } })
    }
}

extension Double {
    /// Four digits behind the point, which are ten metres on the ground: the same place is the same text.
    var degrees: String {
        let scaled = (self * 10_000).rounded()
        let whole = Int(scaled.magnitude)
        let fraction = String(whole % 10_000)
        return "\(scaled < 0 ? "-" : "")\(whole / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)"
    }
}
