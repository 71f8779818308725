import Kernel
import NIOCore
import Wire

/// What is left of a request's body, on its way to the process: as much as the process has granted, the next piece when it grants more.
final class BodySender {
    enum Source {
        case memory(ByteBuffer)
        /// From that offset on.
        case file(SpoolFile, Scratch, offset: Int)
    }

    private var credit = SendCredit()
    private(set) var isDone = false
    private var source: Source
    private var remaining: Int
    private var isReading = false

    init(_ source: Source, remaining: Int) {
        self.source = source
        self.remaining = remaining
    }

    func grant(_ count: UInt32) { credit.grant(count) }

    /// Sends what may be sent now. A piece of a file is read on another thread; `again` is then called on the loop.
    func pump(_ stream: StreamID, _ wire: WireConnection, again: @escaping () -> Void) {
        while !isDone, !isReading {
            if remaining == 0 {
                isDone = true
                wire.send(.end(stream, .none))
                return
            }
            let count = min(remaining, credit.available, Frame.maximumChunk)
            guard count > 0 else { return }
            switch source {
            case .memory(var buffer):
                let bytes = buffer.readBytes(length: count) ?? []
                source = .memory(buffer)
                put(bytes, stream, wire)
            case .file(let file, let scratch, let offset):
                isReading = true
                source = .file(file, scratch, offset: offset + count)
                let bound = NIOLoopBound((sender: self, again: again), eventLoop: wire.executor.loop)
                scratch.read(file, count: count, at: offset, on: wire.executor.loop) { result in
                    let (sender, again) = bound.value
                    sender.isReading = false
                    switch result {
                    case .success(let bytes): if !sender.isDone { sender.put(bytes, stream, wire) }
                    case .failure:
                        sender.isDone = true
                        wire.send(.cancel(stream, .clientGone))
                    }
                    again()
                }
            }
        }
    }

    /// Nobody wants the rest.
    func stop() { isDone = true }

    private func put(_ bytes: [UInt8], _ stream: StreamID, _ wire: WireConnection) {
        credit.spend(bytes.count)
        remaining -= bytes.count
        wire.send(.chunk(stream, bytes))
    }
}
