import Kernel
import Testing

@Suite("Quotas") struct QuotaTests {
    @Test("each metric has the name of its limit, and only what is done begins anew")
    func names() {
        #expect(
            QuotaMetric.allCases.map(\.limit) == [
                "kpis", "rows", "members", "stored_bytes", "queued_jobs", "uploads_per_month", "forecasts_per_month", "crawl_pages_per_month",
            ])
        #expect(QuotaMetric.allCases.filter(\.isMonthly) == [.uploads, .forecasts, .crawlPages])
        #expect(QuotaMetric(rawValue: "crawl_pages") == .crawlPages)
    }

    @Test("the database's words become the error that a client reads, with all five facts")
    func refusal() throws {
        let words = #"{"limit" : "uploads_per_month", "allowed" : 100, "used" : 100, "plan" : "free", "resets_at" : "2026-12-01T01:00:00+01:00"}"#
        let quota = try #require(UsedQuota(json: words))
        #expect(quota.resetsAt == Timestamp("2026-12-01T00:00:00Z"))
        let error = quota.error
        #expect(error.code == .quotaExceeded && error.code.status == 402)
        #expect(
            error.message
                == "The plan free allows 100 uploads per month; 100 are used, and this needs more. They begin anew at 2026-12-01T00:00:00Z")
        #expect(
            error.facts == [
                "limit": "uploads_per_month", "allowed": 100, "used": 100, "plan": "free", "resets_at": "2026-12-01T00:00:00Z",
            ])
    }

    @Test("what is no such object is none", arguments: ["", "x", "[]", "{}", #"{"limit": 1, "allowed": 1, "used": 1, "plan": "p"}"#])
    func nonsense(text: String) { #expect(UsedQuota(json: text) == nil) }
}
