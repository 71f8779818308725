import Wire

/// Server-sent events (WHATWG HTML, section 9.2).
enum EventStream {
    static let headers = [
        HeaderField(name: "content-type", value: "text/event-stream"), HeaderField(name: "cache-control", value: "no-store"),
        // A proxy that gathered events would keep them from the listener.
        HeaderField(name: "x-accel-buffering", value: "no"),
    ]

    /// The first words: try again after a second.
    static let opening = Array("retry: 1000\n\n".utf8)
    static let heartbeat = Array(": still here\n\n".utf8)

    /// Events with their ids, so that a client that reconnects says where it was.
    static func bytes(_ events: [FeedPage.Event]) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events {
            bytes += "id: ".utf8
            bytes += event.id.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 }
            bytes += "\ndata: ".utf8
            bytes += event.data.filter { $0 != 0x0A && $0 != 0x0D }
            bytes += "\n\n".utf8
        }
        return bytes
    }
}
