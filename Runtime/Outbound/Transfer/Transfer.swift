import CCurl
import Kernel
import Synchronization

/// A transfer on its way through a ``TransferLoop``. All but ``cancel()`` and ``end`` belongs to the loop's thread once it was started.
final class Transfer: @unchecked Sendable {
    let handle: CurlHandle
    /// How it ended, once it did.
    let end = OneShot<TransferEnd>()
    private let channel: BodyChannel?
    private var clock: TransferClock?
    private let pace: AnswerPace?
    private let hasConnectLimit: Bool
    private let cancelled = Atomic(false)

    /// `hasConnectLimit`: the connection has less time than all of it, so without one nobody is there.
    init(_ handle: consuming CurlHandle, pace: AnswerPace? = nil, channel: BodyChannel? = nil, hasConnectLimit: Bool = false) {
        self.handle = handle
        self.hasConnectLimit = hasConnectLimit
        self.pace = pace
        self.channel = channel
    }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
    func markCancelled() { cancelled.store(true, ordering: .relaxed) }

    func begin(at now: ContinuousClock.Instant) { clock = TransferClock(pace, start: now) }

    /// What ends it early; nil: nothing.
    func check(at now: ContinuousClock.Instant) -> OutboundError? {
        clock?.check(at: now, hasHead: handle.state.hasHead, received: handle.state.received, isPaused: handle.state.isPaused) ?? nil
    }

    /// Libcurl is done with it; nil: whole.
    func finish(_ error: OutboundError?) {
        channel?.finish(error)
        let state = handle.state
        end.finish(
            TransferEnd(
                error: error, code: handle.number(CURLINFO_RESPONSE_CODE), lines: state.lines, body: state.body, isConnected: handle.isConnected))
    }

    /// Why libcurl ended it; nil: it is whole.
    func failure(_ code: CURLcode) -> OutboundError? {
        guard code != CURLE_OK else { return nil }
        let state = handle.state
        if let reason = state.refusal { return reason }
        let text = handle.failure.isEmpty ? String(cString: curl_easy_strerror(code)) : handle.failure
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .nameUnknown(text)
        case CURLE_OPERATION_TIMEDOUT: return handle.isConnected || !hasConnectLimit ? .timedOut : .unreachable("no connection in time")
        case CURLE_FILESIZE_EXCEEDED: return .tooLarge
        // What a paused transfer unpacks waits in memory, up to a limit of libcurl's.
        case CURLE_OUT_OF_MEMORY where state.isPaused: return .tooLarge
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_USE_SSL_FAILED, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            return .insecure(text)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_BAD_CONTENT_ENCODING:
            return .malformed(text)
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING: return .connectionLost(text)
        default: return .unreachable(text)
        }
    }
}

/// How a transfer ended.
struct TransferEnd: Sendable {
    /// Nil: it is whole.
    let error: OutboundError?
    /// The status, or the mail server's last reply; 0: none.
    let code: Int
    let lines: [String]
    /// Empty where a channel took it.
    let body: [UInt8]
    let isConnected: Bool
}
