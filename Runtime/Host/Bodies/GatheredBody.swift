import Kernel
import NIOCore
import Tokens
import Wire

/// A request's body once all of it has come.
struct GatheredBody: Sendable {
    enum Source: Sendable {
        case memory(ByteBuffer)
        case file(SpoolFile, Scratch)
    }

    /// What goes with the head of the invocation.
    private(set) var first: [UInt8] = []
    /// How much goes behind it.
    private(set) var following = 0
    let source: Source
    /// Whether its client was cut off before all of it came.
    var isPart = false
    /// All of it.
    var count: Int { first.count + following }

    static let empty = GatheredBody(ByteBuffer())

    /// A body in memory.
    init(_ bytes: ByteBuffer) {
        var bytes = bytes
        first = bytes.readBytes(length: min(bytes.readableBytes, Frame.maximumChunk)) ?? []
        following = bytes.readableBytes
        source = .memory(bytes)
    }

    /// A body in a file.
    init(_ file: SpoolFile, _ scratch: Scratch, count: Int) {
        following = count
        source = .file(file, scratch)
    }

    /// Sends what follows; nil where nothing does.
    var sender: BodySender? {
        guard following > 0 else { return nil }
        switch source {
        case .memory(let bytes): return BodySender(.memory(bytes), remaining: following)
        case .file(let file, let scratch): return BodySender(.file(file, scratch, offset: 0), remaining: following)
        }
    }

    /// The hash of what was taken in and all of the body. A body on disk is read piece by piece on another thread.
    func hash(behind hash: consuming SHA256) async throws(AppError) -> Digest {
        switch source {
        case .memory(let rest):
            hash.update(first)
            rest.withUnsafeReadableBytes { hash.update($0) }
            return hash.finalize()
        case .file(let file, let scratch): return try await scratch.hash(file, count: count, behind: hash)
        }
    }
}
