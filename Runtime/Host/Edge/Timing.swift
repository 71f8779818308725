import Kernel
import NIOCore
import Wire

/// Where the time of a request went. Parts that were not entered are left out of the header.
struct Timing {
    /// From the head's arrival to now.
    var total: Duration = .zero
    /// Finding out who asks.
    var auth: Duration?
    /// Waiting for a process.
    var queue: Duration?
    /// Taking in the body.
    var body: Duration?
    /// Signing the context.
    var context: Duration?
    /// What the handler's process used; nil before it has said so, as behind the head of a stream.
    var receipt: Receipt?

    /// `Server-Timing` (W3C, milliseconds) and `X-Process-Time` (seconds).
    func write(into buffer: inout ByteBuffer) {
        var separator: StaticString = "server-timing: "
        func part(_ name: StaticString, _ microseconds: Int64, _ buffer: inout ByteBuffer) {
            buffer.writeStaticString(separator)
            buffer.writeStaticString(name)
            Self.thousandths(microseconds, into: &buffer)
            separator = ", "
        }
        if let auth { part("auth;dur=", auth.microseconds, &buffer) }
        if let body { part("body;dur=", body.microseconds, &buffer) }
        if let queue { part("queue;dur=", queue.microseconds, &buffer) }
        if let context { part("context;dur=", context.microseconds, &buffer) }
        if let receipt {
            part("handler;dur=", Int64(receipt.handlerMicroseconds), &buffer)
            part("cpu;dur=", Int64(receipt.cpuMicroseconds), &buffer)
            part("db;dur=", Int64(receipt.databaseMicroseconds), &buffer)
            buffer.writeStaticString(";desc=\"")
            buffer.writeDecimal(Int(receipt.rows))
            buffer.writeStaticString(" rows ")
            buffer.writeDecimal(Int(clamping: receipt.databaseBytes))
            buffer.writeStaticString(" bytes\"")
        }
        part("total;dur=", total.microseconds, &buffer)
        buffer.writeStaticString("\r\nx-process-time: ")
        let microseconds = Int(max(0, total.microseconds))
        buffer.writeDecimal(microseconds / 1_000_000)
        buffer.writeStaticString(".")
        Self.padded(microseconds % 1_000_000, digits: 6, into: &buffer)
        buffer.writeStaticString("\r\n")
    }

    /// Milliseconds with three decimals.
    private static func thousandths(_ microseconds: Int64, into buffer: inout ByteBuffer) {
        let value = Int(max(0, microseconds))
        buffer.writeDecimal(value / 1000)
        buffer.writeStaticString(".")
        padded(value % 1000, digits: 3, into: &buffer)
    }

    private static func padded(_ value: Int, digits: Int, into buffer: inout ByteBuffer) {
        var bound = 10
        for _ in 1..<digits {
            if value < bound { buffer.writeStaticString("0") }
            bound *= 10
        }
        // The loop above wrote one zero for each missing digit.
        buffer.writeDecimal(value)
    }
}
