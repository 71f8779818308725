public import Wire

/// The head of a request.
public struct Request: Sendable {
    let exchange: Exchange

    /// Upper case, for example `GET`.
    public var method: String { exchange.endpoint.description.method }
    /// The route's path with its placeholders, for example `/businesses/{business_id}`.
    public var route: String { exchange.endpoint.description.path }
    /// The query without its question mark, as it came.
    public var query: String { exchange.head.query }
    /// The header lines that handlers see.
    public var headers: [HeaderField] { exchange.head.headers }

    /// The client's address as the gateway judged it (forwarded lines only from trusted proxies); empty where there is no client.
    public var clientAddress: String { exchange.head.address }

    /// The first header of that name, given in lower case; nil where there is none.
    public func header(_ name: String) -> String? { exchange.header(name) }

    /// The value of the path's parameter of that name, percent-decoded; nil where the path has no such parameter.
    public func parameter(_ name: String) -> String? {
        guard let index = exchange.endpoint.parameters.firstIndex(of: name), index < exchange.head.parameters.count else { return nil }
        return exchange.head.parameters[index]
    }

    /// The first value of that name in the query, percent-decoded; nil where there is none or the query cannot be decoded.
    public func queryItem(_ name: String) -> String? {
        (try? QueryItems(exchange.head.query))?.items.first { $0.name == name }?.value
    }
}
