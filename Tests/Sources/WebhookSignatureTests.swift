import Connectors
import Kernel
import Testing

@Suite struct WebhookSignatureTests {
    // The example of the specification of Standard Webhooks.
    private let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    private let timestamp = "1614265330"
    private let body = Array(#"{"test": 2432232314}"#.utf8)
    private let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    private let now = Timestamp(seconds: 1_614_265_331)

    private func passes(
        id: String? = nil, timestamp: String? = nil, signature: String?, body: [UInt8]? = nil, secret: String? = nil, at moment: Timestamp? = nil
    ) throws -> Bool {
        let check = try #require(WebhookSignature(secret ?? self.secret))
        do {
            try check.verify(
                id: id ?? self.id, timestamp: timestamp ?? self.timestamp, signature: signature, body: body ?? self.body, at: moment ?? now)
            return true
        } catch {
            #expect(error.code == .unauthenticated)
            return false
        }
    }

    @Test("webhook forgery: the published example passes, and only just as it is") func vectors() throws {
        #expect(try passes(signature: signature))
        #expect(try passes(signature: "v1,AAAA \(signature)"))
        #expect(try WebhookSignature(secret)?.sign(id: id, timestamp: timestamp, body: body) == signature)
        var other = body
        other[0] ^= 1
        #expect(try !passes(signature: signature, body: other))
        #expect(try !passes(timestamp: "1614265331", signature: signature))
        #expect(try !passes(id: "msg_other", signature: signature))
        for wrong in [nil, "", "v1a,\(signature.dropFirst(3))", String(signature.dropFirst(3)), "v1,", String(signature.dropLast()), signature + "="]
        {
            #expect(try !passes(signature: wrong), "\(wrong ?? "none")")
        }
        #expect(try !passes(signature: signature, secret: WebhookSignature.makeSecret()))
    }

    @Test("webhook replay: a signature is good for five minutes either way") func age() throws {
        for (seconds, isGood) in [(-301, false), (-300, true), (300, true), (301, false), (86_400, false)] {
            #expect(try passes(signature: signature, at: Timestamp(seconds: 1_614_265_330 + Int64(seconds))) == isGood)
        }
        #expect(try !passes(timestamp: "99999999999999999999", signature: signature))
        #expect(try !passes(timestamp: "-1", signature: signature))
    }

    @Test("secrets: those that are made can be read, what is too short or no base64 cannot") func secrets() {
        #expect(WebhookSignature(WebhookSignature.makeSecret()) != nil)
        for wrong in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_****************************"] {
            #expect(WebhookSignature(wrong) == nil)
        }
    }
}
