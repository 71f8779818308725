/// Names that are known: places with their countries, and organizations.
///
/// Gathered for this project from common knowledge; country codes are those of ISO 3166-1.
struct Gazetteer: Sendable {
    static let shared = Gazetteer()

    /// Names in lower case, words with one blank between them, and the country's code.
    let places: [String: String]
    let organizations: Set<String>
    /// Words of the longest name.
    static let longest = 4

    private init() {
        var places: [String: String] = [:]
        for line in PlaceNames.text.split(separator: "\n") {
            let names = line.split(separator: ":", maxSplits: 1)
            guard names.count == 2 else { continue }
            for name in names[1].split(separator: ",") { places[Self.trimmed(name)] = String(names[0]) }
        }
        self.places = places
        organizations = Set(OrganizationNames.text.split { $0 == "," || $0 == "\n" }.map(Self.trimmed))
    }

    private static func trimmed(_ name: Substring) -> String {
        name.split(separator: " ").joined(separator: " ").lowercased()
    }
}
