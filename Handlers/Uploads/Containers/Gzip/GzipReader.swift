public import Kernel

/// Unpacks gzip (RFC 1952) as it arrives: one member or several, one behind the other.
///
/// Throws `UNPROCESSABLE_FILE` with the byte where the file is damaged or goes on behind its end, and where it passes ``ContainerLimits``.
public struct GzipReader: ~Copyable, Sendable {
    private static let room = 256 << 10
    private let limits: ContainerLimits
    private var inflater = Inflater(.gzip)
    private var input: [UInt8] = []
    private var position = 0
    /// Packed bytes before the input that is held.
    private var before = 0
    private var unpacked = 0
    private var betweenMembers = true

    /// A reader at the beginning of a file.
    public init(limits: ContainerLimits = ContainerLimits()) { self.limits = limits }

    /// Takes the next packed bytes. Call ``next()`` until it has nothing before the next ones.
    public mutating func feed(_ bytes: [UInt8]) {
        if position == input.count {
            before += position
            input = bytes
        } else {
            before += position
            input = Array(input[position...]) + bytes
        }
        position = 0
    }

    /// The next unpacked bytes, at most 256 KiB; nil where more packed ones are needed.
    public mutating func next() throws(AppError) -> [UInt8]? {
        while position < input.count {
            if betweenMembers { try beginMember() }
            guard position < input.count else { break }
            let piece = try unpack()
            if !piece.isEmpty { return piece }
        }
        return nil
    }

    /// Says that the file ends here.
    public func finish() throws(AppError) {
        guard betweenMembers, before + position > 0 else {
            throw ContainerFault.file("the gzip file ends before its data does; is it a part of a file?")
        }
    }

    private mutating func beginMember() throws(AppError) {
        // Tapes and some tools fill up with zeros.
        if before + position > 0 { while position < input.count, input[position] == 0 { position += 1 } }
        guard position < input.count else { return }
        guard input[position] == 0x1F else {
            throw ContainerFault.at(byte: before + position, "the gzip file goes on behind its end; expected the end, or another member")
        }
        if before + position > 0 { inflater.reset() }
        betweenMembers = false
    }

    private mutating func unpack() throws(AppError) -> [UInt8] {
        var outcome: (consumed: Int, produced: Int, state: Inflater.State) = (0, 0, .going)
        let piece = [UInt8](unsafeUninitializedCapacity: Self.room) { output, count in
            input.withUnsafeBufferPointer { outcome = inflater.run(UnsafeBufferPointer(rebasing: $0[position...]), into: output) }
            count = outcome.produced
        }
        position += outcome.consumed
        unpacked += outcome.produced
        switch outcome.state {
        case .broken: throw ContainerFault.at(byte: before + position, "the gzip file is damaged there")
        case .ended: betweenMembers = true
        case .going: break
        }
        try limits.check(packed: before + position, unpacked: unpacked, "the gzip file")
        return piece
    }
}
