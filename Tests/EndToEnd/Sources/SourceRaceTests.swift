import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Two who are at the same at once.
    @Suite("Races of sources", .testDatabase) struct SourceRaces {
        /// Waits until so many transactions wait for a lock that another one holds.
        private func waiting(_ count: Int64) async throws {
            try await RunningHost.eventually("\(count) wait for a lock") {
                try await TestDatabase.current.query(
                    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")[0].int64(0) >= count
            }
        }

        @Test("an address that changes under a change takes no credentials along: who comes second is told") func credentials() async throws {
            try await SourcesWorld.run { world in
                let near: JSONObject = ["url": .string(world.url("/echo")), "time": "$.day", "metrics": [["name": "n", "path": "$.n"]]]
                let id = try await world.source("http_json", near, credentials: ["token": "junk"])
                let far = near.merging("url", .string("http://127.0.0.1:\(world.port)/away"))
                try await TestServer.withClient(try TestDatabase.current.superuser) { client in
                    try await client.withConnection(deadline: .after(.seconds(60))) { owner in
                        try await owner.execute("begin")
                        _ = try await owner.query(
                            "update app.data_sources set config = $1, credentials = sha256('secret') where id = $2",
                            [.json(Array(JSONValue.object(far).description.utf8)), .uuid(try #require(UUID(id)))])
                        let body: JSONValue = ["name": "mine", "config": .object(near), "interval_seconds": 0]
                        async let second = world.host.request(
                            "PUT", "/data/sources/\(id)", token: world.token, headers: [("content-type", "application/json")],
                            body: Array(body.description.utf8))
                        try await waiting(1)
                        try await owner.execute("commit")
                        let answer = try await second
                        #expect(answer.status == 409 && answer.text.contains("changed by somebody else"), "\(answer.status) \(answer.text)")
                    }
                }
                let kept = try await TestDatabase.current.query("select config->>'url' from app.data_sources")[0].text(0)
                #expect(kept.hasSuffix("/away"))
            }
        }

        @Test("two sources that bring the same places in other orders wait for each other, and never both") func order() async throws {
            try await SourcesWorld.run { world in
                let places: JSONValue = [
                    ["name": "Zürich", "latitude": 47.37, "longitude": 8.55], ["name": "Berlin", "latitude": 52.52, "longitude": 13.41],
                ]
                let id = try await world.source("open_meteo", ["places": places, "days": 1])
                try await world.control(
                    "answer",
                    [
                        "path": "/v1/forecast",
                        "body":
                            #"[{"hourly": {"time": ["2026-02-01T00:00"], "temperature_2m": [1]}}, {"hourly": {"time": ["2026-02-01T00:00"], "temperature_2m": [2]}}]"#,
                    ])
                func row(_ name: String) -> String {
                    """
                    insert into app.weather_data (tenant_id, business_id, location, kind, "timestamp", latitude, longitude)
                    values ('\(world.member.tenant)', '\(world.business)', '\(name)', 'forecast', '2026-02-01', 0, 0)
                    """
                }
                try await TestServer.withClient(try TestDatabase.current.superuser) { client in
                    try await client.withConnection(deadline: .after(.seconds(60))) { other in
                        try await other.execute("begin")
                        _ = try await other.query(row("Berlin"))
                        #expect(try await world.post("/data/sources/\(id)/sync").status == 202)
                        try await waiting(1)
                        _ = try await other.query(row("Zürich"))
                        try await other.execute("commit")
                    }
                }
                let run = try await world.settled(id, more: 0)
                #expect(run["status"] == "succeeded", "\(run)")
                #expect(try await world.runs(id).count == 1)
                let stored = try await TestDatabase.current.query("select location || ' ' || temperature from app.weather_data order by 1")
                #expect(try stored.map { try $0.text(0) } == ["Berlin 2", "Zürich 1"])
            }
        }
    }
}

extension JSONObject {
    /// With another value of that name.
    fileprivate func merging(_ name: String, _ value: JSONValue) -> JSONObject {
        var copy = self
        copy[name] = value
        return copy
    }
}
