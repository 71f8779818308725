import Connectors
import HandlerKit

/// What can keep data fresh: the registry, for pages that make a source's form of it.
enum ConnectorRoutes {
    static let route = Route.get("/data/connectors", access: .bearer("data:read"), summary: "List connectors with their settings") {
        (_: NoInput, _: Invocation) async throws -> Response in
        try .json(ConnectorList(connectors: ConnectorRegistry.all.map(\.description)))
    }
}

private struct ConnectorList: Encodable {
    let connectors: [ConnectorDescription]
}
