import CCurl
import Glibc
import Kernel
import Synchronization

/// What a transfer's callbacks read and write. All but the wish to stop belongs to the thread that runs the transfer.
final class TransferState: @unchecked Sendable {
    /// The most bytes of all header lines together.
    private static let headerLimit = 64 << 10

    private(set) var body: [UInt8] = []
    /// Lines of the newest head, or replies of a mail server, without their ends.
    private(set) var lines: [String] = []
    private(set) var refusal: OutboundError?
    private let limit: Int
    private var headerBytes = 0
    private var upload: ArraySlice<UInt8>
    /// Which addresses may be connected to; nil: any.
    private let permitted: (@Sendable (InternetAddress) -> Bool)?
    private let cancelled = Atomic(false)

    init(limit: Int, upload: [UInt8] = [], permitted: (@Sendable (InternetAddress) -> Bool)?) {
        self.limit = limit
        self.upload = upload[...]
        self.permitted = permitted
    }

    static func from(_ pointer: UnsafeMutableRawPointer?) -> TransferState {
        Unmanaged<TransferState>.fromOpaque(pointer!).takeUnretainedValue()
    }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
    /// The transfer ends at its next turn, within a second.
    func cancel() { cancelled.store(true, ordering: .relaxed) }

    func took(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Bool {
        guard body.count + count <= limit else {
            refusal = .tooLarge
            return false
        }
        body += UnsafeRawBufferPointer(start: bytes, count: count)
        return true
    }

    func tookHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Bool {
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
        return true
    }

    func give(_ bytes: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        let part = upload.prefix(room)
        upload = upload.dropFirst(part.count)
        UnsafeMutableRawBufferPointer(start: bytes, count: room).copyBytes(from: part)
        return part.count
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
