import Kernel
import TestSupport

/// A route as `tenantry handler list --json` shows it, and requests that fit it.
struct ListedRoute: Decodable, Sendable {
    var method: String
    /// Without the prefix.
    var path: String
    /// `none`, `json` or `bytes`.
    var body: String
    /// How callers prove who they are, for example `bearer`.
    var access: String
    /// What they must be allowed; nil where nothing is asked.
    var scope: String?
    var inputSchema: JSONValue?

    enum CodingKeys: String, CodingKey {
        case method, path, body, access, scope
        case inputSchema = "input_schema"
    }

    /// The product's handlers with their routes, asked of their programs.
    static func served(_ database: TestDatabase) async throws -> [ServedRoutes] {
        try await Blocking.run {
            var environment = try RunningHost.environment(database)
            environment["TENANTRY_HANDLERS"] = "\(Environment.package)/Handlers"
            let program = try ChildProgram("tenantry", ["handler", "list", "--json"], environment: environment)
            let (status, printed) = program.finish()
            guard status == 0, let start = printed.firstIndex(of: "[") else { throw AppError(.internalError, "handler list: \(printed)") }
            return try JSON.decode([ServedRoutes].self, from: JSON.read(Array(printed[start...].utf8)))
        }
    }

    struct Request: Sendable {
        var method: String
        var path: String
        var body: [UInt8]?
        var type: String
    }

    /// Requests with every member at its first value, then each member at its other values in turn, then with the required ones alone.
    func requests(_ ids: [String]) -> [Request] {
        let members = inputSchema?["properties"]?.object ?? [:]
        let required = Set(inputSchema?["required"]?.array?.compactMap(\.string) ?? [])
        let values = members.map { (name: $0.name, values: Self.values($0.name, $0.value, ids)) }
        let first = values.map { ($0.name, $0.values[0]) }
        var inputs: [[(String, JSONValue)]] = [first, first.filter { required.contains($0.0) }, []]
        for (index, member) in values.enumerated() {
            for value in member.values.dropFirst() {
                var input = first
                input[index].1 = value
                inputs.append(input)
                inputs.append(input.filter { required.contains($0.0) || $0.0 == member.name })
            }
        }
        // What is uploaded goes another way with each member that is left out.
        if body == "bytes" { for member in values { inputs.append([(member.name, member.values[0])]) } }
        return inputs.map(request)
    }

    private func request(_ input: [(String, JSONValue)]) -> Request {
        var rest = input
        let parts = path.split(separator: "/").map { part -> String in
            guard part.hasPrefix("{") else { return String(part) }
            let name = part.dropFirst().dropLast()
            guard let index = rest.firstIndex(where: { $0.0 == name }) else { return "missing" }
            return Self.text(rest.remove(at: index).1)
        }
        var target = "/" + parts.joined(separator: "/")
        if body == "json" {
            let object = JSONObject(rest.map { JSONObject.Member(name: $0.0, value: $0.1) })
            return Request(method: method, path: target, body: Array(JSONValue.object(object).description.utf8), type: "application/json")
        }
        if !rest.isEmpty { target += "?" + rest.map { "\($0.0)=\(Self.text($0.1))" }.joined(separator: "&") }
        let file = "date,sales\n2024-01-01,5\n2024-03-01,7\n2024-03-02,x\n"
        return Request(
            method: method, path: target, body: body == "bytes" ? Array(file.utf8) : nil, type: body == "bytes" ? "text/csv" : "text/plain")
    }

    /// Values that say something: ids of both tenants, names that the neighbour has, every word of a list.
    private static func values(_ name: String, _ schema: JSONValue, _ ids: [String]) -> [JSONValue] {
        if let words = schema["enum"]?.array { return words }
        let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? ""]
        switch schema["format"]?.string {
        case "uuid": return ids.map { .string($0) }
        case "date-time": return ["2024-01-05", "2024-02-01T00:00:00Z"]
        default: break
        }
        if name == "email" { return ["user-2@example.test", "nobody@example.test"] }
        if let given = ["encoding": "utf-8", "delimiter": ",", "quote": "%22", "escape": "%22"][name] { return [.string(given)] }
        if types.contains("string") { return ["sales", "Business-100", "New"] }
        if types.contains("integer") || types.contains("number") { return [1, 100, 2] }
        if types.contains("boolean") { return [true] }
        return [["kept"]]
    }

    private static func text(_ value: JSONValue) -> String { value.string ?? value.description }
}

/// A handler with its routes.
struct ServedRoutes: Decodable, Sendable {
    var name: String
    var routes: [ListedRoute]
}
