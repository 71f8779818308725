import Kernel
import Logging
import NIOCore
import Wire

typealias HeaderLine = HeaderField

extension Gateway {
    /// Writes a whole answer.
    func answer(_ status: Int, _ headers: [HeaderLine], _ body: [UInt8], _ call: inout Call) {
        let keep = begin(status, headers, status == 204 || status == 304 ? .none : .length(body.count), &call)
        put(body, &call)
        call.connection.finish(keep: keep)
        log(status, call)
    }

    /// Writes an error in the one shape.
    func refuse(_ error: AppError, with headers: [HeaderLine] = [], _ call: inout Call) {
        if error.code == .cancelled || call.connection.isGone {
            // Nobody reads it.
            call.connection.close()
            log(ErrorCode.cancelled.status, call)
            return
        }
        judge(error, call)
        if let detail = error.detail {
            var metadata = metadata(call)
            metadata[LogKey.error.rawValue] = "\(detail)"
            logger.log(level: error.code.status >= 500 ? .error : .debug, "a request failed", metadata: metadata)
        }
        var headers = headers
        headers.append(HeaderLine(name: "content-type", value: "application/json"))
        if let wait = error.retryAfter {
            headers.append(HeaderLine(name: "retry-after", value: "\(max(1, (wait.milliseconds + 999) / 1000))"))
        }
        if error.code.status == 401 { headers.append(HeaderLine(name: "www-authenticate", value: "Bearer")) }
        answer(error.code.status, headers, ErrorBody.json(error, requestID: call.requestID), &call)
    }

    /// Writes JSON.
    func answer(_ value: JSONValue, status: Int = 200, _ call: inout Call) {
        answer(
            status, [HeaderLine(name: "content-type", value: "application/json"), HeaderLine(name: "cache-control", value: "no-store")],
            Array(value.description.utf8), &call)
    }

    /// Puts a head into the connection's output; whether the connection is kept behind this answer.
    @discardableResult
    func begin(_ status: Int, _ headers: [HeaderLine], _ framing: AnswerWriter.Framing, _ call: inout Call) -> Bool {
        let connection = call.connection
        call.timing.total = call.started.duration(to: time.instant())
        var keep = call.wantsKeep && connection.mayKeep
        if case .close = framing { keep = false }
        let facts = AnswerWriter.Facts(
            requestID: call.requestID, timing: call.timing, date: connection.executor.dates.value(at: time.now()), keepAlive: keep,
            http10: call.isOld,
            security: admission.security.bytes(beside: headers, isSecure: call.isSecure), isHead: call.isHead)
        connection.begin(status, call.common.isEmpty ? headers : headers + call.common, framing, facts)
        return keep
    }

    /// Puts a piece of the answer's body into the connection's output, and counts it.
    func put(_ bytes: [UInt8], _ call: inout Call) {
        if call.isHead { return }
        call.connection.put(bytes)
        call.answerBytes += bytes.count
    }

    /// Meters a request that is over, and writes its line where the log takes it.
    func log(_ status: Int, _ call: Call) {
        if call.isInvoked {
            let seen = Usage(requestBytes: call.requestBytes, answerBytes: call.answerBytes, failed: status >= ErrorCode.cancelled.status)
            usage.add(seen, tenant: call.isOperator ? nil : call.tenant, handler: call.handler, at: time.now())
            if let tenant = call.tenant, call.method != "GET" { written.note(tenant) }
        }
        guard logsRequests else { return }
        var metadata = metadata(call)
        metadata[LogKey.status.rawValue] = "\(status)"
        metadata[LogKey.durationMS.rawValue] = "\(Double(call.started.duration(to: time.instant()).microseconds) / 1000)"
        if let receipt = call.timing.receipt {
            metadata[LogKey.cpuMS.rawValue] = "\(Double(receipt.cpuMicroseconds) / 1000)"
            metadata[LogKey.databaseMS.rawValue] = "\(Double(receipt.databaseMicroseconds) / 1000)"
            metadata[LogKey.rows.rawValue] = "\(receipt.rows)"
            metadata[LogKey.databaseBytes.rawValue] = "\(receipt.databaseBytes)"
        }
        if call.isInvoked {
            metadata[LogKey.requestBytes.rawValue] = "\(call.requestBytes)"
            metadata[LogKey.answerBytes.rawValue] = "\(call.answerBytes)"
        }
        if call.client != .none { metadata[LogKey.client.rawValue] = "\(call.client)" }
        requestLogger.info("request", metadata: metadata)
    }

    private func metadata(_ call: Call) -> Logger.Metadata {
        var metadata: Logger.Metadata = .keys([.requestID: "\(call.requestID)", .route: "\(call.method) \(call.route)"])
        if !call.handler.isEmpty { metadata[LogKey.handler.rawValue] = "\(call.handler)" }
        if let tenant = call.tenant { metadata[LogKey.tenantID.rawValue] = "\(tenant)" }
        if let user = call.user { metadata[LogKey.userID.rawValue] = "\(user)" }
        return metadata
    }
}
