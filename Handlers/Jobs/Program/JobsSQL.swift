import HandlerKit

/// The statements of jobs and timers; each row is JSON that the database has built.
enum JobsSQL {
    /// $2…$5: status, handler, before which id, how many.
    static let list = Statement("jobs.list", "select * from jobs.own_jobs($2, $3, $4, $5) where $1::uuid is not null")
    /// $2: id.
    static let show = Statement("jobs.show", "select * from jobs.own_job($2) where $1::uuid is not null")
    /// $2, $3: id; cancel, pause, resume or retry.
    static let steer = Statement("jobs.steer", "select * from jobs.steer($2, $3) where $1::uuid is not null", access: .write)
    static let timers = Statement("jobs.timers", "select * from jobs.own_timers() where $1::uuid is not null")
    /// $2…$5: handler, timer, before when, how many.
    static let occurrences = Statement("jobs.occurrences", "select * from jobs.own_occurrences($2, $3, $4, $5) where $1::uuid is not null")
    /// $2…$5: handler, timer; pause, resume or run; the id of a new job.
    static let steerTimer = Statement(
        "jobs.steer_timer", "select * from jobs.steer_timer($2, $3, $4, $5) where $1::uuid is not null", access: .write)
    /// $1…$4: status, handler, before which id, how many.
    static let all = Statement("jobs.all", "select * from jobs.all_jobs($1, $2, $3, $4)")
    static let metrics = Statement("jobs.metrics", "select jobs.metrics()")

    static let catalogue = [list, show, steer, timers, occurrences, steerTimer, all, metrics, AuditSQL.append, OperatorSQL.eventOfTenant]
}

extension Rows {
    /// The rows' JSON as the members of an object, with where the next page begins.
    func page(_ name: String, limit: Int, cursor: String) throws -> Response {
        var bytes = Array("{\"\(name)\":[".utf8)
        var last: JSONValue?
        for (place, row) in prefix(limit).enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            let json = try row.json(0)
            bytes += json
            if place == limit - 1 { last = try JSON.read(json)[cursor] }
        }
        let next = count > limit ? last ?? .null : .null
        bytes += Array("],\"next\":\(next)}".utf8)
        return .bytes(bytes, contentType: "application/json")
    }

    /// The first row's JSON; nil where there is none.
    func only() throws -> Response? {
        guard let row = first else { return nil }
        return .bytes(try row.json(0), contentType: "application/json")
    }
}
