import CCurl
import Glibc
import Kernel
import Synchronization

/// The one owner of a libcurl transfer and of the lists that it refers to. Used on one thread, which it blocks.
struct CurlHandle: ~Copyable {
    private let raw: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private let state: TransferState

    /// Once a process, before the first handle.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(_ state: TransferState) throws(OutboundError) {
        guard Self.isReady, let raw = curl_easy_init() else { throw .unreachable("no memory for a transfer") }
        self.raw = raw
        self.state = state
        // No signals, no proxies (the environment's neither), no .netrc, no redirects of libcurl's own, no cookies.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "*")
        set(CURLOPT_NETRC, 0)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_NOPROGRESS, 0)
        let pointer = Unmanaged.passUnretained(state).toOpaque()
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA, CURLOPT_XFERINFODATA, CURLOPT_OPENSOCKETDATA] {
            ccurl_set_pointer(raw, option, pointer)
        }
        ccurl_set_bytes(raw, CURLOPT_WRITEFUNCTION) { bytes, size, count, state in
            TransferState.from(state).took(bytes, size * count) ? size * count : 0
        }
        ccurl_set_bytes(raw, CURLOPT_HEADERFUNCTION) { bytes, size, count, state in
            TransferState.from(state).tookHeader(bytes, size * count) ? size * count : 0
        }
        ccurl_set_bytes(raw, CURLOPT_READFUNCTION) { bytes, size, count, state in
            TransferState.from(state).give(bytes, size * count)
        }
        ccurl_set_progress(raw) { state, _, _, _, _ in TransferState.from(state).isCancelled ? 1 : 0 }
        ccurl_set_socket(raw) { state, _, address in TransferState.from(state).open(address) }
    }

    deinit {
        curl_easy_cleanup(raw)
        for list in lists { curl_slist_free_all(list) }
    }

    borrowing func set(_ option: CURLoption, _ value: Int) { ccurl_set_long(raw, option, value) }
    borrowing func set(_ option: CURLoption, offset value: Int) { ccurl_set_offset(raw, option, curl_off_t(value)) }
    borrowing func set(_ option: CURLoption, _ value: String) { ccurl_set_text(raw, option, value) }

    borrowing func set(_ option: CURLoption, blob: [UInt8]) {
        var bytes = blob
        bytes.withUnsafeMutableBytes { _ = ccurl_set_blob(raw, option, $0.baseAddress, $0.count) }
    }

    mutating func set(_ option: CURLoption, _ values: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values { list = curl_slist_append(list, value) }
        guard let list else { return }
        lists.append(list)
        ccurl_set_list(raw, option, list)
    }

    borrowing func number(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_get_long(raw, info, &value) == CURLE_OK ? value : 0
    }

    /// Runs the transfer. Throws what ended it early.
    borrowing func perform() throws(OutboundError) {
        let code = curl_easy_perform(raw)
        guard code != CURLE_OK else { return }
        if let reason = state.refusal { throw reason }
        let text = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_OPERATION_TIMEDOUT: throw .timedOut
        case CURLE_FILESIZE_EXCEEDED: throw .tooLarge
        case CURLE_ABORTED_BY_CALLBACK: throw state.isCancelled ? .cancelled : .unreachable(text)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_USE_SSL_FAILED, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            throw .insecure(text)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_BAD_CONTENT_ENCODING:
            throw .malformed(text)
        default: throw .unreachable(text)
        }
    }
}
