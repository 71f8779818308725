import Kernel
import Manifest
import Testing
import Wire

@testable import Host

@Suite("Finding a route") struct RouteTableTests {
    private func table() throws -> RouteTable {
        var table = RouteTable()
        try table.add("GET", "/businesses", .handler(0, route: 0))
        try table.add("POST", "/businesses", .handler(0, route: 1))
        try table.add("GET", "/businesses/{id}", .handler(0, route: 2))
        try table.add("DELETE", "/businesses/{id}", .handler(0, route: 3))
        try table.add("GET", "/businesses/mine", .handler(0, route: 4))
        try table.add("GET", "/businesses/{id}/sources/{source}", .handler(0, route: 5))
        try table.add("GET", "/businesses/mine/alerts", .handler(0, route: 6))
        return table
    }

    private func match(_ method: String, _ path: String) throws -> RouteTable.Match {
        try table().match(method, RequestTarget(path, limit: 1000).segments)
    }

    @Test(
        "the path decides, with and without the prefix",
        arguments: [
            ("/businesses", 0, []), ("/api/v1/businesses", 0, []), ("/businesses/7", 2, ["7"]), ("/businesses/mine", 4, []),
            ("/api/v1/businesses/7/sources/x%2Fy", 5, ["7", "x/y"]),
            // A literal part goes first, but not into a dead end.
            ("/businesses/mine/sources/3", 5, ["mine", "3"]),
        ])
    func found(path: String, route: Int, parameters: [String]) throws {
        #expect(try match("GET", path) == .found(.handler(0, route: route), parameters: parameters))
    }

    @Test(
        "what is not there is not found",
        arguments: ["/", "/x", "/businesses/", "/businesses//sources/1", "/api/v1", "/api/v2/businesses", "/businesses/1/2", "/api/businesses"])
    func notFound(path: String) throws { #expect(try match("GET", path) == .none) }

    @Test("what only the host may call is in no table, neither for clients nor for other handlers") func system() throws {
        func route(_ kind: HandlerDescription.Access.Kind, _ path: String) -> HandlerDescription.Route {
            HandlerDescription.Route(
                method: "POST", path: path, summary: "", access: .init(kind: kind, scope: ""), writes: true, body: .json, bodyLimit: 1, status: 200,
                inputSchema: "", outputSchema: "")
        }
        let description = HandlerDescription(routes: [route(.system, "/internal/a"), route(.bearer, "/a")], feeds: [])
        let table = try RouteTable.build([("one", description), ("two", HandlerDescription(routes: [route(.system, "/internal/a")], feeds: []))])
        #expect(table.match("POST", try RequestTarget("/internal/a", limit: 100).segments) == .none)
        #expect(table.match("POST", try RequestTarget("/api/v1/internal/a", limit: 100).segments) == .none)
        #expect(table.match("POST", try RequestTarget("/a", limit: 100).segments) == .found(.handler(0, route: 1), parameters: []))
        var manifest = Manifest(name: "two", program: "x")
        manifest.calls = ["POST /internal/a"]
        #expect(throws: AppError.self) { try RouteTable.check([(manifest, description)]) }
        manifest.calls = ["POST /a"]
        #expect(throws: Never.self) { try RouteTable.check([(manifest, description)]) }
    }

    @Test("another method names those that there are") func wrongMethod() throws {
        #expect(try match("PUT", "/businesses") == .wrongMethod(allowed: ["GET", "HEAD", "POST"]))
        #expect(try match("PATCH", "/businesses/mine") == .wrongMethod(allowed: ["GET", "HEAD"]))
        #expect(try match("HEAD", "/businesses") == .found(.handler(0, route: 0), parameters: []))
    }

    @Test("two routes of one shape are refused") func conflict() throws {
        var table = try table()
        #expect(throws: AppError.self) { try table.add("GET", "/businesses/{other}", .handler(1, route: 0)) }
        #expect(throws: AppError.self) {
            try table.add("GET", "/health", .handler(1, route: 0)); try table.add("GET", "/health", .host(.health))
        }
    }

    @Test("a path that is none is refused", arguments: ["x", "/a b", "/a//b", "/{", "/a/", "/a?b", "/a%20"])
    func badPath(path: String) {
        var table = RouteTable()
        #expect(throws: AppError.self) { try table.add("GET", path, .host(.health)) }
    }
}
