import HandlerKit

/// `GET /data/places/{business_id}`: where the places lie that sources have found.
enum PlaceRoutes {
    static let route = Route.get("/data/places/{business_id}", access: .bearer("data:read"), summary: "Places that were found by their names") {
        (query: PlacesQuery, invocation: Invocation) async throws -> PlaceList in
        let found = try await invocation.database.transaction([
            Call(SourcesSQL.business, [.uuid(query.business)]),
            Call(LandingSQL.findPlaces, [.uuid(query.business), .optional(query.query, Bind.text), .int64(Int64(query.limit ?? 50))]),
        ])
        guard !found[0].isEmpty else { throw AppError(.notFound, "There is no such business") }
        return PlaceList(places: try found[1].map { try PlaceAnswer($0) })
    }
}

struct PlacesQuery: Decodable, Sendable, Validated {
    let business: UUID
    /// What the name begins with.
    let query: String?
    let limit: Int?

    enum CodingKeys: String, CodingKey {
        case query, limit
        case business = "business_id"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(query, "query", 1...200)
        issues.require((1...500).contains(limit ?? 1), "limit", "expected a whole number from 1 to 500")
    }
}

struct PlaceAnswer: Codable, Sendable {
    let id: Int64
    let name: String
    @OrNull var country: String?
    @OrNull var region: String?
    let latitude: Double
    let longitude: Double
    @OrNull var population: Int64?
    /// What it was searched by.
    let query: String

    enum CodingKeys: String, CodingKey {
        case name, country, region, latitude, longitude, population, query
        case id = "geoname_id"
    }

    init(_ row: Row) throws {
        id = try row.int64(0)
        name = try row.text(1)
        country = try row.optionalText(2)
        region = try row.optionalText(3)
        latitude = try row.float8(4)
        longitude = try row.float8(5)
        population = try row.optionalInt64(6)
        query = try row.text(7)
    }
}

struct PlaceList: Codable, Sendable {
    let places: [PlaceAnswer]
}
