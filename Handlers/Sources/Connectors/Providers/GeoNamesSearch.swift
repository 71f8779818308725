import Addresses
import Articles
public import Kernel

/// Places by their names: GeoNames search web service. What was found is kept for ever.
public struct GeoNamesSearch: Connector {
    public init() {}

    public var description: ConnectorDescription {
        ConnectorDescription(
            name: "geonames", title: "Places (GeoNames)", summary: "Where places lie, by their names", lands: .places,
            config: [
                .required("queries", .texts, "names of places, such as Zürich", range: 1...100, example: ["Berlin"]),
                .optional("country", .text, "where they lie: two letters of ISO 3166, such as DE", range: 2...2),
                .optional("max_places", .integer, "the most for one name", otherwise: 1, range: 1...20),
            ],
            credentials: [.required("username", .text, "the name of an account at geonames.org", range: 1...100)],
            minimumInterval: 86_400, isKeptForEver: true, quota: .init(calls: 1000, seconds: 3600))
    }

    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        issues.require(config.text("country")?.utf8.allSatisfy { (97...122).contains($0 | 0x20) } ?? true, "config.country", "expected two letters")
        for (index, query) in config.texts("queries").enumerated() {
            issues.require((1...200).contains(query.unicodeScalars.count), "config.queries[\(index)]", "expected 1 to 200 characters")
        }
    }

    public func requests(_ pull: Pull) -> [PullRequest] {
        pull.config.texts("queries").map { name in
            let question = FormEncoding.asking(
                "\(pull.base("geonames", "https://secure.geonames.org"))/searchJSON",
                [
                    ("q", name), ("maxRows", String(pull.config.integer("max_places") ?? 1)), ("country", pull.config.text("country")?.uppercased()),
                    ("featureClass", "P"), ("style", "MEDIUM"),
                ])
            // What is kept does not tell who has asked.
            return PullRequest(
                FormEncoding.asking(question, [("username", pull.credentials.text("username"))]), question: question, note: ["query": .string(name)])
        }
    }

    public func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage {
        let json = try answer.json()
        if let status = json["status"] { throw Self.fault(status) }
        guard let rows = json["geonames"]?.array else { throw PullFault(.wrongShape, "The answer has no list of places.") }
        let query = request.note["query"]?.string ?? ""
        var page = PullPage(.places([]), read: rows.count)
        var places: [PlaceRecord] = []
        for (index, row) in rows.enumerated() {
            func degrees(_ name: String) -> Double? { row[name]?.number ?? row[name]?.string.flatMap(Double.init) }
            guard let id = row["geonameId"]?.integer, let name = row["name"]?.string.map({ CleanedText.clean($0, limit: 200) }), !name.isEmpty,
                let latitude = degrees("lat"), let longitude = degrees("lng"), latitude.magnitude <= 90, longitude.magnitude <= 180
            else {
                page.refuse(index + 1, "has no number, name or coordinates")
                continue
            }
            places.append(
                PlaceRecord(
                    id: id, query: query, name: name, country: row["countryName"]?.string.map { CleanedText.clean($0, limit: 100) },
                    region: row["adminName1"]?.string.map { CleanedText.clean($0, limit: 200) }, latitude: latitude, longitude: longitude,
                    population: row["population"]?.integer))
        }
        if rows.isEmpty { page.warning = "No place is called \(query)." }
        page.records = .places(places)
        return page
    }

    /// The exceptions of the service, which come with any status.
    static func fault(_ status: JSONValue) -> PullFault {
        let says = String((status["message"]?.string ?? "").prefix(300))
        return switch status["value"]?.integer {
        case 10: PullFault(.notAllowed, "GeoNames does not know the user name, or its web services are not enabled: \(says)")
        case 18, 19, 20: PullFault(.rateLimited, "The GeoNames account has used up its limit: \(says)", retryAfter: .seconds(3600))
        case 13, 22: PullFault(.providerError, "GeoNames is overloaded: \(says)")
        default: PullFault(.rejected, "GeoNames refuses the question: \(says)")
        }
    }
}
