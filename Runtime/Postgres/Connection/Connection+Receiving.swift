import CPostgres
import Kernel

extension Connection {
    /// Takes in every result that has arrived whole, and tells the owner what that completed.
    func takeResults() {
        while isOpen, !isPaused, let flight = head, PQisBusy(raw) == 0 {
            let result = PQgetResult(raw).map { ResultHandle(owning: $0) }
            if case .script = flight.request?.work {
                takeOfScript(result, flight)
            } else if !take(result, flight) {
                return broke(PQstatus(raw) == CONNECTION_BAD ? nil : "the server answered out of order")
            }
        }
        guard isOpen else { return }
        if head == nil, PQisBusy(raw) == 0, PQstatus(raw) == CONNECTION_BAD { return broke() }
        owner?.connectionSettled(self)
    }

    /// False where the answer makes no sense.
    private func take(_ result: consuming ResultHandle?, _ flight: Flight) -> Bool {
        guard let result = result.take() else { return flight.progress.take(.nothing) != .violation }
        let status = result.with { PQresultStatus($0) }
        switch status {
        case PGRES_SINGLE_TUPLE:
            return push(result, flight)
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            return took(flight.progress.take(.result), result, flight)
        case PGRES_PIPELINE_ABORTED:
            return flight.progress.take(.skipped) != .violation
        case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR:
            return took(flight.progress.take(.failure), result, flight)
        case PGRES_PIPELINE_SYNC:
            guard flight.progress.take(.sync) == .complete else { return false }
            complete(flight)
            return true
        default:
            return false
        }
    }

    private func took(_ verdict: SegmentProgress.Verdict, _ result: consuming ResultHandle, _ flight: Flight) -> Bool {
        switch verdict {
        case .keep:
            // After a stream's last row comes a result without rows.
            if case .stream = flight.request?.work { break }
            flight.request?.rows.append(Rows(ResultBox(result)))
        case .prepared:
            if !flight.preparing.isEmpty { prepared.confirm(flight.preparing.removeFirst()) }
        case .failed(let call):
            let report = result.with { ServerReport($0) }
            guard report.sqlState != nil else { return false }
            if report.endsConnection { flight.wasEndedByServer = true }
            flight.failed(
                PostgresError(
                    .server, sqlState: report.sqlState, statement: call.flatMap { Self.name(of: $0, in: flight.request) }, detail: report.detail))
        case .violation: return false
        case .discard, .complete: break
        }
        return true
    }

    private func push(_ result: consuming ResultHandle, _ flight: Flight) -> Bool {
        guard case .stream(_, _, let feed) = flight.request?.work else { return false }
        if feed.push(Rows(ResultBox(result))) { pause() }
        return true
    }

    private func takeOfScript(_ result: consuming ResultHandle?, _ flight: Flight) {
        guard let result = result.take() else {
            PQenterPipelineMode(raw)
            complete(flight)
            return
        }
        let status = result.with { PQresultStatus($0) }
        switch status {
        case PGRES_FATAL_ERROR:
            let report = result.with { ServerReport($0) }
            flight.failed(PostgresError(.server, sqlState: report.sqlState, detail: report.detail))
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            broke("COPY is not spoken here")
        default: break
        }
    }

    private func complete(_ flight: Flight) {
        for statement in flight.preparing { prepared.dropUnconfirmed(statement) }
        owner?.connection(self, completed: flight)
        land()
    }
}
