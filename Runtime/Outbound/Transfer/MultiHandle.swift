import CCurl

/// The one owner of a set of libcurl transfers that run side by side, and of their kept connections. Used on one thread, but for ``wake(_:)``.
struct MultiHandle: ~Copyable {
    private let raw: UnsafeMutableRawPointer

    /// `perHost` connections to one host at most, others wait for one; `total` at all. Up to 64 idle ones are kept, each two minutes at most.
    init?(perHost: Int, total: Int) {
        guard let raw = curl_multi_init() else { return nil }
        self.raw = raw
        ccurl_multi_set_long(raw, CURLMOPT_MAX_HOST_CONNECTIONS, perHost)
        ccurl_multi_set_long(raw, CURLMOPT_MAX_TOTAL_CONNECTIONS, total)
        ccurl_multi_set_long(raw, CURLMOPT_MAXCONNECTS, 64)
    }

    deinit { curl_multi_cleanup(raw) }

    /// What others wake it by while it lives.
    var bell: UnsafeMutableRawPointer { raw }

    /// Makes the current or next wait return. Any thread.
    static func wake(_ bell: UnsafeMutableRawPointer) { curl_multi_wakeup(bell) }

    borrowing func add(_ transfer: Transfer) -> Bool { curl_multi_add_handle(raw, transfer.handle.identity) == CURLM_OK }
    borrowing func remove(_ transfer: Transfer) { curl_multi_remove_handle(raw, transfer.handle.identity) }

    /// Does what can be done without waiting, and tells which transfers ended by it.
    borrowing func perform(_ ended: (UnsafeMutableRawPointer, CURLcode) -> Void) {
        var running: Int32 = 0
        curl_multi_perform(raw, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(raw, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            // The message goes with the handle, so what it says is read first.
            let code = message.pointee.data.result
            ended(handle, code)
        }
    }

    /// Waits for something to do, at most that many milliseconds.
    borrowing func wait(milliseconds: Int32) {
        var count: Int32 = 0
        curl_multi_poll(raw, nil, 0, milliseconds, &count)
    }
}
