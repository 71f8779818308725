import CCurl
import Glibc
import Kernel

/// What a transfer's callbacks read and write. Belongs to the thread that runs the transfer.
final class TransferState {
    /// The most bytes of all header lines together.
    private static let headerLimit = 64 << 10

    private(set) var body: [UInt8] = []
    /// Lines of the newest head, or replies of a mail server, without their ends.
    private(set) var lines: [String] = []
    private(set) var refusal: OutboundError?
    /// Bytes of the body so far, unpacked where it is.
    private(set) var received = 0
    /// Whether an answer has begun.
    private(set) var hasHead = false
    private let limit: Int
    private let channel: BodyChannel?
    private var headerBytes = 0
    private let upload: [UInt8]
    private var sent = 0
    /// Which addresses may be connected to; nil: any.
    private let permitted: ((InternetAddress) -> Bool)?

    /// `channel` takes the body as it comes; without one it is collected. The `limit` is on all of it either way.
    init(limit: Int, upload: [UInt8] = [], channel: BodyChannel? = nil, permitted: ((InternetAddress) -> Bool)?) {
        self.limit = limit
        self.upload = upload
        self.channel = channel
        self.permitted = permitted
    }

    static func from(_ pointer: UnsafeMutableRawPointer?) -> TransferState {
        Unmanaged<TransferState>.fromOpaque(pointer!).takeUnretainedValue()
    }

    var isStreaming: Bool { channel != nil }
    /// Whether it is the reader who keeps the transfer waiting.
    var isPaused: Bool { channel?.isPaused ?? false }

    /// How many of the bytes were taken: all; none, which ends the transfer; or the mark that pauses it.
    func took(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard received + count <= limit else {
            refusal = .tooLarge
            return count == 0 ? 0 : -1
        }
        let chunk = UnsafeRawBufferPointer(start: bytes, count: count)
        if let channel {
            guard channel.arrived(chunk) else { return Int(CURL_WRITEFUNC_PAUSE) }
        } else {
            body += chunk
        }
        received += count
        return count
    }

    func tookHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Bool {
        hasHead = true
        headerBytes += count
        guard headerBytes <= Self.headerLimit else {
            refusal = .tooLarge
            return false
        }
        var line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)[...]
        while let last = line.unicodeScalars.last, last == "\r" || last == "\n" { line.unicodeScalars.removeLast() }
        // A head after `100 Continue` is the one that counts.
        if line.hasPrefix("HTTP/") { lines = [] }
        lines.append(String(line))
        guard line.isEmpty, HTTPAnswer.status(of: lines).map({ $0 >= 200 }) ?? false else { return true }
        if let channel { channel.head.finish(.success(lines)) } else { makeRoom() }
        return true
    }

    /// For a body whose length is said: growing bit by bit takes three times as much in the end.
    private func makeRoom() {
        let name = "content-length:"
        guard let line = lines.first(where: { $0.utf8.count > name.utf8.count && $0.prefix(name.count).lowercased() == name }),
            let length = Int(line.dropFirst(name.count).filter { $0 != " " }), length > 0
        else { return }
        body.reserveCapacity(min(length, limit))
    }

    func give(_ bytes: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        let part = upload[sent..<min(sent + room, upload.count)]
        sent += part.count
        UnsafeMutableRawBufferPointer(start: bytes, count: room).copyBytes(from: part)
        return part.count
    }

    /// Sends again from there: a kept connection may turn out to be dead.
    func seek(_ offset: Int) -> Bool {
        guard (0...upload.count).contains(offset) else { return false }
        sent = offset
        return true
    }

    /// Opens the socket for the address that will be connected to, and for no other: what was looked up in between does not count.
    func open(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address = address?.pointee else { return -1 }
        if let permitted {
            let size = Int(address.addrlen)
            let target = withUnsafePointer(to: address.addr) { InternetAddress($0, size: size) }
            guard let target, permitted(target) else {
                refusal = .refused("an address that this installation does not connect to")
                return -1
            }
        }
        return socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
    }
}
