import CPostgres
import Kernel

extension Connection {
    private static let customPlan = Call(
        Statement("postgres.custom_plan", "select pg_catalog.set_config('plan_cache_mode', 'force_custom_plan', true)", cost: .short))

    enum Sent { case warm, cold, failed }

    /// Puts a request on the wire, ended by its Sync, with one system call as a rule.
    ///
    /// `cold` where the server has to prepare something first: nothing may be sent behind it before that has worked.
    func send(_ request: Request) -> Sent {
        let flight = board(request)
        let sent =
            switch request.work {
            case .segment(let segment): send(segment, flight)
            case .text(let sql, let binds): send(sql, binds, flight)
            case .stream(let sql, let binds, _): send(sql, binds, flight) && PQsetSingleRowMode(raw) == 1
            case .script(let sql): sendScript(sql)
            case .lease: false
            }
        guard sent else { return .failed }
        if case .script = request.work {
        } else {
            guard PQpipelineSync(raw) == 1 else { return .failed }
        }
        flush()
        return flight.preparing.isEmpty ? .warm : .cold
    }

    private func send(_ segment: Segment, _ flight: Flight) -> Bool {
        var number = 0
        for call in segment.preamble {
            guard send(call, .discard, number, flight) else { return false }
            number += 1
        }
        if segment.needsCustomPlan, !segment.preambleSetsPlan {
            guard send(Self.customPlan, .discard, -1, flight) else { return false }
        }
        for call in segment.calls {
            guard send(call, .keep, number, flight) else { return false }
            number += 1
        }
        return true
    }

    private func send(_ call: Call, _ role: SegmentProgress.Role, _ number: Int, _ flight: Flight) -> Bool {
        parameters.load(call.binds)
        let count = Int32(clamping: parameters.count)
        let types = UnsafeBufferPointer(start: parameters.types, count: parameters.count)
        let name: String
        if let known = prepared.name(of: call.statement, types: types) {
            name = known
        } else {
            name = prepared.add(call.statement, types: types)
            flight.preparing.append(call.statement)
            flight.progress.append(.prepare, call: number)
            guard PQsendPrepare(raw, name, call.statement.text, count, parameters.types) == 1 else { return false }
        }
        flight.progress.append(role, call: number)
        return PQsendQueryPrepared(raw, name, count, parameters.values, parameters.lengths, parameters.formats, 1) == 1
    }

    private func send(_ sql: String, _ binds: [Bind], _ flight: Flight) -> Bool {
        parameters.load(binds)
        flight.progress.append(.keep, call: 0)
        return PQsendQueryParams(
            raw, sql, Int32(clamping: parameters.count), parameters.types, parameters.values, parameters.lengths, parameters.formats, 1) == 1
    }

    /// Several statements in one message exist in the simple protocol alone, which the pipeline mode does not speak.
    private func sendScript(_ sql: String) -> Bool {
        PQexitPipelineMode(raw) == 1 && PQsendQuery(raw, sql) == 1
    }

    /// What stands at a number of a segment, for messages.
    static func name(of number: Int, in request: Request?) -> String? {
        guard case .segment(let segment) = request?.work else { return nil }
        if number < 0 { return customPlan.statement.name }
        if number < segment.preamble.count { return segment.preamble[number].statement.name }
        return number - segment.preamble.count < segment.calls.count ? segment.calls[number - segment.preamble.count].statement.name : nil
    }
}
