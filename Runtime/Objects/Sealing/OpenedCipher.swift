import Kernel
import Synchronization
import Tokens

/// The cipher of one object, handed from thread to thread.
final class OpenedCipher: Sendable {
    private let cipher: Mutex<StreamCipher>
    private let place: ObjectPlace

    init(_ cipher: consuming StreamCipher, _ place: ObjectPlace) {
        self.cipher = Mutex(cipher)
        self.place = place
    }

    /// One chunk. Throws `INTERNAL_ERROR` where it is not what was sealed there.
    func open(_ sealed: ArraySlice<UInt8>, number: UInt32, _ mark: StreamCipher.Mark) throws(AppError) -> [UInt8] {
        var plain: [UInt8] = []
        try open(sealed, number: number, mark, to: &plain)
        return plain
    }

    /// Chunks that lie one behind the other, from a number on, of an object of a size.
    func open(_ sealed: [UInt8], from first: Int, size: Int) throws(AppError) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(sealed.count)
        var position = 0
        var number = first
        while position < sealed.count {
            let end = min(position + SealedLayout.sealedChunk, sealed.count)
            let mark: StreamCipher.Mark = number == SealedLayout.chunks(of: size) - 1 ? .last : .inner
            try open(sealed[position..<end], number: UInt32(truncatingIfNeeded: number), mark, to: &plain)
            (position, number) = (end, number + 1)
        }
        return plain
    }

    private func open(_ sealed: ArraySlice<UInt8>, number: UInt32, _ mark: StreamCipher.Mark, to plain: inout [UInt8]) throws(AppError) {
        let isOpened = cipher.withLock { cipher in
            do throws(AppError) {
                try cipher.open(sealed, number: number, mark, to: &plain)
                return true
            } catch { return false }
        }
        guard isOpened else {
            throw ObjectFooter.damaged(place, mark == .footer ? "its footer was changed" : "its chunk \(number) was changed")
        }
    }
}
