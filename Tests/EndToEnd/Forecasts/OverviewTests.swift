import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// What is to be expected and what is unusual, business by business.
    @Suite("Overview of businesses", .testDatabase) struct Overview {
        @Test("the next period with its band behind the newest value, and what is unusual now, no longer once days have passed") func overview()
            async throws
        {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                let nothing = try await world.overview()
                #expect(nothing["forecasts"] == [] && nothing["open_anomalies"] == [])
                let noisy = { (day: Int) in 100 + 5 * Double(day * 7919 % 13) / 13 }
                try await world.upload(0..<200) { $0 == 150 ? 400 : $0 == 199 ? 900 : noisy($0) }
                try await RunningHost.eventually("it is forecast and told", within: .seconds(60)) {
                    let found = try await world.overview()
                    return found["forecasts"]?.array?.count == 1 && found["open_anomalies"]?.array?.isEmpty == false
                }
                try await world.settled()
                let found = try await world.overview()
                let (whole, told) = (try await world.forecasts()[0], try await world.anomalies())
                let shown = try #require(found["forecasts"]?[0])
                for key in ["source_id", "metric", "unit", "frequency", "confidence"] { #expect(shown[key] == whole[key], "\(key)") }
                #expect(shown["latest"]?["value"] == 900 && shown["latest"]?["time"]?.string?.hasPrefix(ForecastsWorld.date(199)) == true, "\(shown)")
                for key in ["time", "mean", "lo80", "hi80", "lo95", "hi95"] {
                    #expect(shown["next"]?[key] != nil && shown["next"]?[key] == whole["prediction"]?[0]?[key], "\(key)")
                }
                let open = try #require(found["open_anomalies"]?.array)
                #expect(open.count == 1 && open[0]["timestamp"]?.string?.hasPrefix(ForecastsWorld.date(199)) == true, "\(open)")
                let same = try #require(told.first { $0["id"] == open[0]["id"] })
                for key in ["metric", "kind", "severity", "score", "value", "expected", "lower", "upper", "explanation"] {
                    #expect(open[0][key] == same[key], "\(key)")
                }

                // Values come before the night that forecasts anew: the period behind them is the next one.
                try await world.upload(200..<201, noisy)
                try await world.settled()
                #expect(try await world.overview()["forecasts"]?[0]?["next"]?["time"]?.string == "\(ForecastsWorld.date(201))T00:00:00Z")
                #expect(try await world.overview()["open_anomalies"]?.array?.contains { $0["id"] == open[0]["id"] } == true, "a day is not over")
                try await world.upload(201..<202, noisy)
                try await world.settled()
                #expect(try await world.overview()["open_anomalies"]?.array?.contains { $0["id"] == open[0]["id"] } == false)
                // For more than what was forecast.
                try await world.upload(202..<240, noisy)
                #expect(try await world.overview()["forecasts"]?[0]?["next"] == .null)
            }
        }

        @Test("pages of businesses; at most ten forecasts of each, by name; another tenant's are not there") func pages() async throws {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                let other = try await ForecastsWorld.make(host, 2)
                let names = (0..<12).map { "kpi \($0 < 10 ? "0" : "")\($0)" }
                try await world.upload(0..<30, of: names, ForecastsWorld.weekly)
                try await RunningHost.eventually("all are forecast", within: .seconds(60)) { try await world.forecasts().count == 12 }
                #expect(try await world.overview()["forecasts"]?.array?.compactMap { $0["metric"]?.string } == Array(names.prefix(10)))
                var ids = ["\(world.business)"]
                for number in 2...3 {
                    let made = try await host.request(
                        "POST", "/businesses", token: world.token, headers: [("content-type", "application/json")],
                        body: Array("{\"name\": \"business \(number)\"}".utf8))
                    ids.append(try #require(try made.json["id"]?.string, "\(made.text)"))
                }
                ids.sort()
                let page = try await world.get("/dashboard/overview?limit=2")
                #expect(page["businesses"]?.array?.compactMap { $0["id"]?.string } == Array(ids.prefix(2)))
                let next = try #require(page["next"]?.string)
                let rest = try await world.get("/dashboard/overview?limit=2&after=\(next)")
                #expect(rest["businesses"]?.array?.compactMap { $0["id"]?.string } == [ids[2]] && rest["next"] == .null)
                #expect(try await other.get("/dashboard/overview")["businesses"]?.array?.compactMap { $0["id"]?.string } == ["\(other.business)"])
                for (query, field) in [("limit=0", "limit"), ("limit=51", "limit"), ("after=x", "after")] {
                    let answer = try await host.get("/dashboard/overview?\(query)", token: world.token)
                    #expect(try answer.status == 400 && answer.json["error"]?["details"]?["field"]?.string == field, "\(answer.text)")
                }
            }
        }
    }
}

extension ForecastsWorld {
    /// What the overview says of the business.
    func overview() async throws -> JSONValue {
        let found = try await get("/dashboard/overview")["businesses"]?.array?.first { $0["id"]?.string == "\(business)" }
        return try #require(found)
    }
}
