import Kernel
import NIOCore
import NIOHTTP1
import Wire

/// Puts an answer's head into bytes (RFC 9112 sections 4 and 5).
enum AnswerWriter {
    /// What every answer says of itself.
    struct Facts {
        var requestID: String
        var timing = Timing()
        var date: [UInt8]
        var keepAlive: Bool
        var http10 = false
        /// Whole lines of ``SecurityHeaders``.
        var security: [UInt8] = []
        /// Whether the body is left out, as HEAD asks.
        var isHead = false
    }

    /// How the body's end is found.
    enum Framing {
        case length(Int)
        case chunked
        /// By the end of the connection (HTTP/1.0).
        case close
        case none
    }

    static func head(_ status: Int, _ headers: [HeaderField], _ framing: Framing, _ facts: Facts, into buffer: inout ByteBuffer) {
        statusLine(status, into: &buffer)
        for header in headers where !isReserved(header.name) {
            buffer.writeString(header.name)
            buffer.writeStaticString(": ")
            buffer.writeString(header.value)
            buffer.writeStaticString("\r\n")
        }
        switch framing {
        case .length(let count):
            buffer.writeStaticString("content-length: ")
            buffer.writeDecimal(count)
            buffer.writeStaticString("\r\n")
        case .chunked: buffer.writeStaticString("transfer-encoding: chunked\r\n")
        case .close, .none: break
        }
        buffer.writeStaticString("x-request-id: ")
        buffer.writeString(facts.requestID)
        buffer.writeStaticString("\r\n")
        facts.timing.write(into: &buffer)
        buffer.writeBytes(facts.security)
        buffer.writeStaticString("date: ")
        buffer.writeBytes(facts.date)
        if !facts.keepAlive {
            buffer.writeStaticString("\r\nconnection: close\r\n\r\n")
        } else if facts.http10 {
            buffer.writeStaticString("\r\nconnection: keep-alive\r\n\r\n")
        } else {
            buffer.writeStaticString("\r\n\r\n")
        }
    }

    /// A piece of a chunked body.
    static func chunk(_ bytes: [UInt8], into buffer: inout ByteBuffer) {
        buffer.writeString(String(bytes.count, radix: 16))
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(bytes)
        buffer.writeStaticString("\r\n")
    }

    /// Whether a handler's headers can be written as they stand: names are tokens, values hold no control characters (RFC 9110 section 5).
    static func isSound(_ headers: [HeaderField]) -> Bool {
        headers.allSatisfy { header in
            !header.name.isEmpty
                && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") && !"\"(),/;<=>?@[\\]{}".utf8.contains($0) }
                && header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        }
    }

    private static func isReserved(_ name: String) -> Bool {
        switch name {
        case "content-length", "transfer-encoding", "connection", "x-request-id", "server-timing", "x-process-time", "date",
            AnswerHead.spooled.name:
            true
        default: false
        }
    }

    private static func statusLine(_ status: Int, into buffer: inout ByteBuffer) {
        switch status {
        case 200: buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        case 201: buffer.writeStaticString("HTTP/1.1 201 Created\r\n")
        default:
            buffer.writeStaticString("HTTP/1.1 ")
            buffer.writeDecimal(status)
            buffer.writeStaticString(" ")
            buffer.writeString(HTTPResponseStatus(statusCode: status).reasonPhrase)
            buffer.writeStaticString("\r\n")
        }
    }
}

extension ByteBuffer {
    /// A number in decimal digits.
    mutating func writeDecimal(_ value: Int) {
        if value < 10 {
            writeInteger(UInt8(48 + value))
            return
        }
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { scratch in
            var position = scratch.count
            var rest = value
            repeat {
                position -= 1
                scratch[position] = UInt8(48 + rest % 10)
                rest /= 10
            } while rest > 0
            writeBytes(UnsafeRawBufferPointer(rebasing: scratch[position...]))
        }
    }
}
