import Kernel
import Logging
import Testing
import Wire

@testable import HandlerKit

@Suite struct RouteTests {
    struct Served: Handler {
        var routes: [Route] = []
        var feeds: [Feed] = []
        init(environment: HandlerEnvironment) {}
    }

    private func served(_ routes: [Route], feeds: [Feed] = []) throws(AppError) -> HandlerDescription {
        var handler = Served(environment: HandlerEnvironment(name: "", logger: Logger(label: "") { _ in SwiftLogNoOpLogHandler() }))
        handler.routes = routes
        handler.feeds = feeds
        return try ServedEndpoints(handler).describe()
    }

    private func nothing(_ path: String) -> Route { Route.get(path, access: .bearer()) { (_: NoInput, _) in .noContent } }

    @Test("the description says all that the gateway must know")
    func description() throws {
        let handler = Sample(environment: HandlerEnvironment(name: "", logger: Logger(label: "") { _ in SwiftLogNoOpLogHandler() }))
        let description = try ServedEndpoints(handler).describe()
        let greet = description.routes[0]
        #expect(greet.method == "GET")
        #expect(greet.path == "/greet/{name}")
        #expect(greet.summary == "Greets")
        #expect(greet.access == .init(kind: .bearer, scope: "sample:read"))
        #expect(!greet.writes)
        #expect(greet.body == .none)
        #expect(greet.status == 200)
        let schema = try JSON.read(Array(greet.inputSchema.utf8))
        #expect(schema["properties"]?["times"]?["type"] == ["integer", "null"])
        #expect(schema["required"] == ["name"])
        #expect(try JSON.read(Array(greet.outputSchema.utf8))["properties"]?["text"] == ["type": "string"])
        let update = description.routes[1]
        #expect(update.writes)
        #expect(update.body == .json)
        #expect(update.bodyLimit == 100)
        #expect(description.routes[2].access.kind == .anonymous)
        #expect(description.routes[3].status == 201)
        #expect(description.routes[3].inputSchema.isEmpty)
    }

    @Test(
        "a path that no request could match is refused at the start",
        arguments: [
            "x", "", "/a//b", "/a/", "/{A}", "/{a", "/a}", "/x{a}", "/{a}/{a}", "/{}", "/{1a}",
        ])
    func paths(_ path: String) {
        let error = #expect(throws: AppError.self) { try served([nothing(path)]) }
        #expect(error?.debugDescription.contains(path) == true)
    }

    @Test("a request matches one route at most, a channel one feed")
    func unique() throws {
        #expect(try served([nothing("/a/{b}"), nothing("/a/{b}/c"), nothing("/a")]).routes.count == 3)
        #expect(throws: AppError.self) { try served([nothing("/a/{b}"), nothing("/a/{c}")]) }
        let feed = Feed("same", scope: "") { _, _ in FeedPage(events: [], hasMore: false) }
        #expect(throws: AppError.self) { try served([], feeds: [feed, feed]) }
    }

    @Test("a query is decoded as forms write it")
    func query() throws {
        let items = try QueryItems("a=1&b=x%20y+z&&c&d=%C3%A9=&a=2").items
        #expect(items.map(\.name) == ["a", "b", "c", "d", "a"])
        #expect(items.map(\.value) == ["1", "x y z", "", "é=", "2"])
        for broken in ["a=%", "a=%1", "a=%zz", "%ff=1"] {
            #expect(throws: AppError.self) { try QueryItems(broken) }
        }
    }
}
