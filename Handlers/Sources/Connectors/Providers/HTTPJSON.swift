import Addresses
public import Kernel

/// Any API that answers with JSON.
public struct HTTPJSON: Connector {
    public init() {}

    public var description: ConnectorDescription {
        ConnectorDescription(
            name: "http_json", title: "JSON over HTTP", summary: "Values of KPIs from any API that answers with JSON", lands: .values,
            config: [.required("url", .text, "the address that is asked", example: "https://api.example.com/sales")] + RecordMapping.fields + [
                .optional("next", .text, "JSONPath to the address of the next page, on the same host", range: 1...500),
                .optional("max_pages", .integer, "the most pages of one run", otherwise: 10, range: 1...100),
            ],
            credentials: WebAccess.credentials, interval: 3600)
    }

    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        WebAccess.check(config.text("url"), &issues)
        WebAccess.check(credentials, &issues)
        _ = RecordMapping(config, &issues)
        if let next = config.text("next") {
            do throws(AppError) { _ = try JSONPath(next, field: "config.next") } catch { issues += error.issues }
        }
    }

    public func destination(_ config: ConnectorSettings) -> String? { WebAccess.origin(config) }

    public func requests(_ pull: Pull) -> [PullRequest] {
        var request = PullRequest(pull.config.text("url") ?? "")
        request.headers = WebAccess.headers(pull.credentials, accept: "application/json")
        return [request]
    }

    public func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage {
        var issues: [AppError.Issue] = []
        guard let mapping = RecordMapping(pull.config, &issues) else {
            throw PullFault(.settings, "The settings of this source are not valid: \(issues.first?.issue ?? "")")
        }
        let json = try answer.json()
        var page = try mapping.page(of: json)
        if let path = pull.config.text("next").flatMap({ try? JSONPath($0, field: "next") }), let next = path.first(in: json)?.string, !next.isEmpty {
            guard request.page < pull.config.integer("max_pages") ?? 10 else {
                page.warning = "There are more than \(request.page) pages; the rest was left out."
                return page
            }
            page.next = try following(next, request)
        }
        return page
    }

    /// Credentials go along, so it is on the same host.
    private func following(_ next: String, _ request: PullRequest) throws(PullFault) -> PullRequest {
        let wrong = PullFault(.wrongShape, "The address of the next page leads to another host, or is none.")
        do throws(AppError) {
            let current = try WebAddress(request.url)
            let target: String
            if next.hasPrefix("?") {
                target = current.origin + current.target.prefix { $0 != "?" } + next
            } else if next.hasPrefix("/"), !next.hasPrefix("//") {
                target = current.origin + next
            } else {
                target = next
            }
            let address = try WebAddress(target)
            guard address.origin == current.origin, target != request.url else { throw wrong.asError }
            var following = request
            following.url = target
            following.page += 1
            return following
        } catch { throw wrong }
    }
}

extension PullFault {
    fileprivate var asError: AppError { AppError(.validation, message) }
}
