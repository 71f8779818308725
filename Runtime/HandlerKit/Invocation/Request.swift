public import Wire

/// The head of a request.
public struct Request: Sendable {
    let exchange: Exchange

    /// Upper case, for example `GET`.
    public var method: String { fatalError() }
    /// The route's path with its placeholders, for example `/businesses/{business_id}`.
    public var route: String { fatalError() }
    /// The query without its question mark, as it came.
    public var query: String { fatalError() }
    /// The header lines that handlers see.
    public var headers: [HeaderField] { fatalError() }

    /// The first header of that name, given in lower case; nil where there is none.
    public func header(_ name: String) -> String? { fatalError() }
    /// The value of the path's parameter of that name, percent-decoded; nil where the path has no such parameter.
    public func parameter(_ name: String) -> String? { fatalError() }
    /// The first value of that name in the query, percent-decoded; nil where there is none.
    public func queryItem(_ name: String) -> String? { fatalError() }
}
