import Glibc
import Reactor
import Wire

/// The process's end of the wire: bytes in as frames, frames out with one `write(2)` for all that one turn of the loop brought.
///
/// Touched on the reactor's thread alone.
final class WireSocket: FrameSink, @unchecked Sendable {
    private static let readSize = 64 << 10

    private let descriptor: Int32
    private let reactor: Reactor
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readSize, alignment: 16)
    private var registration: Registration?
    private var decoder = FrameDecoder()
    private var outgoing: [UInt8] = []
    private var written = 0
    private var isFlushQueued = false
    private var isOpen = false
    private var receive: (Frame) throws(WireError) -> Void = { _ in }
    private var ended: (WireError?) -> Void = { _ in }
    private var flushed: UnsafeContinuation<Void, Never>?

    init(descriptor: Int32, reactor: Reactor) {
        self.descriptor = descriptor
        self.reactor = reactor
    }

    deinit { buffer.deallocate() }

    /// Reads from now on. `ended` is called once: with nil at the end of the stream, else with what was wrong with its bytes.
    func open(receive: @escaping (Frame) throws(WireError) -> Void, ended: @escaping (WireError?) -> Void) {
        self.receive = receive
        self.ended = ended
        isOpen = true
        setNonblocking(descriptor)
        registration = reactor.register(descriptor, .read) { [unowned self] ready in
            if ready.contains(.write) { flush() }
            if ready.contains(.read) { read() }
        }
    }

    func send(_ frame: Frame) {
        guard isOpen else { return }
        frame.encode(into: &outgoing)
        guard !isFlushQueued else { return }
        isFlushQueued = true
        reactor.execute { [self] in flush() }
    }

    /// Returns when everything has been handed to the kernel, or nobody is there to take it.
    func finish() async {
        guard isOpen, !outgoing.isEmpty else { return }
        await withUnsafeContinuation { flushed = $0 }
    }

    /// Reads and writes no more. Everything that refers to the socket is let go; the descriptor stays the caller's.
    func close() {
        ended = { _ in }
        end(nil)
    }

    private func read() {
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return end(nil) }
        decoder.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        do throws(WireError) {
            while isOpen, let frame = try decoder.next() { try receive(frame) }
        } catch {
            end(error)
        }
    }

    private func flush() {
        isFlushQueued = false
        while isOpen, written < outgoing.count {
            let count = outgoing.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno != EAGAIN { end(nil) }
                break
            }
            written += count
        }
        if written == outgoing.count || !isOpen {
            outgoing.removeAll(keepingCapacity: outgoing.capacity <= 4 * Self.readSize)
            written = 0
            flushed?.resume()
            flushed = nil
        }
        registration?.set(outgoing.isEmpty ? .read : [.read, .write])
    }

    private func end(_ error: WireError?) {
        guard isOpen else { return }
        isOpen = false
        registration?.deregister()
        registration = nil
        flushed?.resume()
        flushed = nil
        ended(error)
    }
}

private func setNonblocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
}
