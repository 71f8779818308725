import Kernel
import Testing
import Tokens
import Wire

@testable import Host

@Suite("Recordings") struct RecordingTests {
    private func head(tenant: UInt64 = 1, query: String = "", headers: [HeaderField] = [], body: String = "") -> InvocationHead {
        InvocationHead(
            target: .route(3), scope: .tenant, invocation: InvocationID(UUID(high: 5, low: 6)), requestID: "request-1",
            tenant: TenantID(UUID(high: 0, low: tenant)), user: UserID(UUID(high: 3, low: 4)), role: "analyst", context: "the signed context",
            remainingMicroseconds: 1_000_000, idempotency: Idempotency(key: "k", fingerprint: [1]), recording: .keepForFailure, parameters: ["a b"],
            query: query, headers: headers, body: Array(body.utf8))
    }

    private func recorded(_ head: InvocationHead, _ end: EndedInvocation.End = .failed(AppError(.internalError))) -> RecordedInvocation {
        RecordedInvocation(
            EndedInvocation(handler: "probe", head: head, trace: [1, 2, 3], end: end, endedAt: Timestamp(seconds: 7)), program: "abc",
            route: ("GET", "/x/{id}"))
    }

    @Test(
        "names of secrets",
        arguments: [
            ("password", true), ("new_password", true), ("passwordHint", true), ("clientSecret", true), ("access_token", true), ("X-API-Key", true),
            ("apiKey", true), ("key", true), ("Cookie", true), ("authorization", true), ("card-cvv", true), ("pin", true), ("monkey", false),
            ("keyboard", false), ("spinner", false), ("author", false), ("name", false), ("shipping", false), ("", false),
        ])
    func names(_ name: String, _ isSecret: Bool) { #expect(Redaction.isSecret(name) == isSecret) }

    @Test("secrets leave the request, wherever they stand; all else stays as it was") func redaction() throws {
        let body = #"{"name": "Ada", "password": "pw-1", "list": [{"api_key": {"a": "pw-2"}, "n": 1.50}], "token": null}"#
        let clean = recorded(
            head(
                query: "from=1&token=pw-3&x", headers: [.init(name: "accept", value: "a"), .init(name: "idempotency-key", value: "pw-4")], body: body)
        )
        #expect(clean.facts.redacted == ["header.idempotency-key", "query.token", "body.password", "body.list[0].api_key"])
        let bytes = String(decoding: try clean.bytes(), as: UTF8.self)
        #expect(!bytes.contains("pw-"))
        #expect(!bytes.contains("the signed context"))
        #expect(clean.head.query == "from=1&token=%5Bredacted%5D&x")
        #expect(clean.head.headers.first == .init(name: "accept", value: "a"))
        #expect(clean.head.idempotency == nil)
        let read = try JSON.read(clean.head.body)
        #expect(read["name"] == "Ada")
        #expect(read["password"] == .string(Redaction.mark))
        #expect(read["list"]?[0]?["n"]?.number == 1.5)
        // Without a secret the bytes stay as they came.
        #expect(recorded(head(body: #"{ "a" : 1 }"#)).head.body == Array(#"{ "a" : 1 }"#.utf8))
        #expect(recorded(head(body: "no json, password=1")).head.body == Array("no json, password=1".utf8))
    }

    private func seal(_ byte: UInt8, tenant: TenantID) throws -> TenantSeal {
        try TenantSeal(try SecretRing([.init(id: 1, bytes: [UInt8](repeating: byte, count: 32))]), tenant: tenant)
    }

    @Test("a recording comes back as it was, and opens for its tenant and invocation alone") func vault() throws {
        let recording = recorded(head(query: "a=1", body: "x"), .answered(status: 500, body: [9]))
        let (tenant, invocation) = (recording.tenant, recording.invocation)
        let own = try seal(7, tenant: tenant)
        let sealed = try RecordingVault.seal(recording, with: own)
        let opened = try RecordingVault.open(sealed, tenant: tenant, invocation: invocation, with: own, old: nil)
        #expect(opened.facts == recording.facts)
        #expect(opened.head == recording.head)
        #expect(opened.trace == [1, 2, 3])
        #expect(opened.answer == [9])
        let other = TenantID(UUID(high: 0, low: 2))
        let old = [UInt8](repeating: 7, count: 32)
        for (seal, place) in [(try seal(7, tenant: other), invocation), (try seal(8, tenant: tenant), invocation), (own, InvocationID(.zero))] {
            #expect(throws: AppError.self) { try RecordingVault.open(sealed, tenant: tenant, invocation: place, with: seal, old: old) }
        }
        #expect(!String(decoding: sealed, as: UTF8.self).contains("request-1"))
        #expect(throws: AppError.self) { try RecordedInvocation(bytes: [1, 0, 0, 0]) }
    }

    @Test("what was recorded before tenants had keys of their own opens, whatever its first byte") func oldRecordings() throws {
        let recording = recorded(head(query: "a=1", body: "x"))
        let (tenant, invocation) = (recording.tenant, recording.invocation)
        let old = [UInt8](repeating: 7, count: 32)
        let key = try SealingKey(HKDF.derive(old, info: Array("tenantry recordings \(tenant)".utf8), count: 32))
        // Its request was a frame that ended without a list of data keys.
        var bytes = try recording.bytes()
        let facts = Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
        let place = 4 + facts
        let frame = Int(bytes[place]) | Int(bytes[place + 1]) << 8 | Int(bytes[place + 2]) << 16
        bytes.removeSubrange(place + 4 + frame - 2..<place + 4 + frame)
        for (offset, value) in [(place, frame - 2), (place + 4, frame - 6)] {
            for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
        }
        var seen: Set<Bool> = []
        while seen.count < 2 {
            let sealed = try key.seal(bytes, for: Array("\(tenant) \(invocation)".utf8))
            let looksNew = TenantSeal.isSealed(sealed)
            seen.insert(looksNew)
            let opened = try RecordingVault.open(
                sealed, tenant: tenant, invocation: invocation, with: looksNew ? try seal(9, tenant: tenant) : nil, old: old)
            #expect(opened.facts == recording.facts)
            #expect(opened.head == recording.head)
            #expect(throws: AppError.self) { try RecordingVault.open(sealed, tenant: tenant, invocation: invocation, with: nil, old: nil) }
        }
    }

    @Test("ten of a tenant's route in a minute, then the next minute; nothing before a tenant is known") func budget() {
        var budget = RecordingBudget()
        func take(_ tenant: UInt64, _ handler: String, _ second: Int64) -> Bool {
            budget.take(head(tenant: tenant), handler, at: Timestamp(seconds: second))
        }
        for _ in 0..<10 { #expect(take(1, "a", 1)) }
        #expect(!take(1, "a", 59))
        #expect(take(2, "a", 59))
        #expect(take(1, "b", 59))
        #expect(take(1, "a", 60))
        let many = (0..<1000).count { take(UInt64($0) + 10, "c", 61) }
        #expect(many == RecordingBudget.total - 1)
        let queue = RecordingQueue(modes: ["a": .keepForFailure, "b": .none], time: .system)
        var anonymous = head()
        anonymous.scope = .identity
        #expect(queue.mode(of: head(), "a") == .keepForFailure)
        #expect(queue.mode(of: head(), "b") == .none)
        #expect(queue.mode(of: head(), "c") == .none)
        #expect(queue.mode(of: anonymous, "a") == .none)
    }
}
