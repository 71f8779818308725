import Addresses
public import Kernel

/// A file of delimited text at a URL.
public struct CSVLink: Connector {
    public init() {}

    public var description: ConnectorDescription {
        ConnectorDescription(
            name: "csv_url", title: "CSV at a URL", summary: "Values of KPIs from a CSV file of any kind that lies on the web", lands: .values,
            config: [.required("url", .text, "where the file is", example: "https://example.com/sales.csv"), TableValues.mapping],
            credentials: WebAccess.credentials, interval: 86_400)
    }

    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        WebAccess.check(config.text("url"), &issues)
        WebAccess.check(credentials, &issues)
        TableValues.check(config, &issues)
    }

    public func destination(_ config: ConnectorSettings) -> String? { WebAccess.origin(config) }

    public func requests(_ pull: Pull) -> [PullRequest] {
        var request = PullRequest(pull.config.text("url") ?? "")
        request.headers = WebAccess.headers(pull.credentials, accept: "text/csv, text/plain, */*;q=0.5")
        request.limit = 8 << 20
        return [request]
    }

    public func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage {
        try TableValues.page(of: answer, pull.config)
    }
}

/// A sheet of Google Sheets that everybody with the link may read, by its CSV export.
public struct GoogleSheet: Connector {
    public init() {}

    public var description: ConnectorDescription {
        ConnectorDescription(
            name: "google_sheet", title: "Google Sheets", summary: "Values of KPIs from a sheet that is shared with everybody who has the link",
            lands: .values,
            config: [
                .required(
                    "url", .text, "the sheet's address, as the browser shows it",
                    example: "https://docs.google.com/spreadsheets/d/1AbC/edit#gid=0"),
                TableValues.mapping,
            ],
            interval: 3600)
    }

    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        issues.require(
            config.text("url").flatMap(Self.sheet) != nil, "config.url",
            "expected an address such as https://docs.google.com/spreadsheets/d/…/edit#gid=0")
        TableValues.check(config, &issues)
    }

    public func requests(_ pull: Pull) throws(PullFault) -> [PullRequest] {
        guard let (document, sheet) = pull.config.text("url").flatMap(Self.sheet) else {
            throw PullFault(.settings, "The address is none of a sheet.")
        }
        let url = FormEncoding.asking(
            "\(pull.base("google_sheets", "https://docs.google.com"))/spreadsheets/d/\(document)/export", [("format", "csv"), ("gid", sheet)])
        var request = PullRequest(url)
        request.limit = 8 << 20
        return [request]
    }

    public func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage {
        try TableValues.page(of: answer, pull.config)
    }

    /// Document and sheet of an address; nil where it is none.
    static func sheet(_ url: String) -> (document: String, sheet: String?)? {
        let start = "https://docs.google.com/spreadsheets/d/"
        guard url.hasPrefix(start) else { return nil }
        let document = url.dropFirst(start.count).prefix { !"/?#".contains($0) }
        let isWord: (Substring) -> Bool = { text in
            !text.isEmpty && text.utf8.allSatisfy { (97...122).contains($0 | 0x20) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
        }
        // Published ones (`/d/e/…`) have no export of this kind.
        guard isWord(document), document != "e" else { return nil }
        var sheet: String?
        if let place = url.ranges(of: "gid=").last {
            let digits = url[place.upperBound...].prefix { $0.isNumber }
            if isWord(digits) { sheet = String(digits) }
        }
        return (String(document), sheet)
    }
}
