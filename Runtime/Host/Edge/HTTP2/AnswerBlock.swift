import NIOCore
import NIOHPACK
import Wire

/// An answer's header block (RFC 9113 section 8.3.2): the lines of the HTTP/1.1 head, without those that speak of a connection.
enum AnswerBlock {
    static func headers(
        _ status: Int, _ headers: [HeaderField], _ framing: AnswerWriter.Framing, _ facts: AnswerWriter.Facts, scratch: inout ByteBuffer
    ) -> HPACKHeaders {
        var facts = facts
        facts.keepAlive = true
        facts.http10 = false
        var plain = framing
        if case .chunked = framing { plain = .none }
        scratch.clear()
        AnswerWriter.head(status, headers, plain, facts, into: &scratch)
        var block: [(String, String)] = [(":status", "\(status)")]
        block.reserveCapacity(16)
        scratch.withUnsafeReadableBytes { bytes in
            var lines = LineReader()
            _ = try? lines.next(bytes, limit: .max, else: nil)
            while let line = try? lines.next(bytes, limit: .max, else: nil), !line.isEmpty, let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
                if name == "connection" || name == "keep-alive" || name == "transfer-encoding" || name == "upgrade" { continue }
                block.append((name, String(decoding: line[min(line.count, colon + 2)...], as: UTF8.self)))
            }
        }
        scratch.clear()
        return HPACKHeaders(block)
    }
}
