import CCurl
import Glibc
import Kernel

/// The one owner of a libcurl transfer, of the lists that it refers to and of its callbacks' state.
struct CurlHandle: ~Copyable {
    private let raw: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private let text = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    let state: TransferState

    /// Once a process, before the first handle.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(_ state: TransferState) throws(OutboundError) {
        guard Self.isReady, let raw = curl_easy_init() else { throw .unreachable("no memory for a transfer") }
        self.raw = raw
        self.state = state
        text[0] = 0
        ccurl_set_pointer(raw, CURLOPT_ERRORBUFFER, text)
        // No signals, no proxies (the environment's neither), no .netrc, no redirects of libcurl's own, no cookies.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "*")
        set(CURLOPT_NETRC, 0)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        let pointer = Unmanaged.passUnretained(state).toOpaque()
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_OPENSOCKETDATA] {
            ccurl_set_pointer(raw, option, pointer)
        }
        ccurl_set_bytes(raw, CURLOPT_WRITEFUNCTION) { bytes, size, count, state in
            let taken = TransferState.from(state).took(bytes, size * count)
            // Any other count than the one that came ends the transfer.
            return taken < 0 ? size * count + 1 : taken
        }
        ccurl_set_bytes(raw, CURLOPT_HEADERFUNCTION) { bytes, size, count, state in
            TransferState.from(state).tookHeader(bytes, size * count) ? size * count : 0
        }
        ccurl_set_bytes(raw, CURLOPT_READFUNCTION) { bytes, size, count, state in
            TransferState.from(state).give(bytes, size * count)
        }
        ccurl_set_seek(raw) { state, offset, origin in
            origin == SEEK_SET && TransferState.from(state).seek(Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
        ccurl_set_socket(raw) { state, _, address in TransferState.from(state).open(address) }
    }

    deinit {
        curl_easy_cleanup(raw)
        for list in lists { curl_slist_free_all(list) }
        text.deallocate()
    }

    /// What libcurl knows the transfer by.
    var identity: UnsafeMutableRawPointer { raw }
    /// What it said about a failure; empty where nothing.
    var failure: String { String(cString: text) }

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

    /// Whether a connection stood, be it a kept one.
    var isConnected: Bool {
        var microseconds: curl_off_t = 0
        ccurl_get_offset(raw, CURLINFO_CONNECT_TIME_T, &microseconds)
        return microseconds > 0 || number(CURLINFO_LOCAL_PORT) > 0 || state.hasHead
    }

    /// Lets a paused transfer go on. Its callbacks may run before this returns.
    borrowing func resume() { curl_easy_pause(raw, CURLPAUSE_CONT) }
}
