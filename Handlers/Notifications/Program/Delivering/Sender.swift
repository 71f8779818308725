import Addresses
import HandlerKit
import NotificationDelivery
import Outbound

/// Calls a channel's receiver once.
struct Sender: Sendable {
    /// For all of a call. A receiver that drips is cut off.
    static let timeout = Duration.seconds(10)
    /// The most bytes of an answer; nobody reads more than its status.
    static let limit = 64 << 10

    let client: HTTPClient

    func send(_ dispatch: Dispatch, _ secret: ChannelSecret, at now: Timestamp) async throws -> DeliveryAttempt.Result {
        let notice = dispatch.wording.worded(dispatch.notice)
        var headers = [(name: "content-type", value: "application/json")]
        let body: [UInt8]
        if dispatch.channel.type == .slack {
            body = try SlackBody.bytes(notice)
        } else {
            body = try WebhookBody.bytes(notice)
            headers += try secret.signature(at: now).headers(id: "\(dispatch.id)", at: now, body: body)
        }
        var request = HTTPRequest("POST", try WebAddress(secret.url), headers: headers, body: body)
        (request.limit, request.timeout, request.redirects) = (Self.limit, Self.timeout, 0)
        do {
            let answer = try await client.send(request)
            return .status(answer.status, retryAfter: answer.header("retry-after").flatMap { Int($0) })
        } catch let error as OutboundError {
            switch error {
            case .refused(let reason): return .refused(reason)
            case .cancelled: throw CancellationError()
            default: return .noAnswer(error.description)
            }
        }
    }
}
