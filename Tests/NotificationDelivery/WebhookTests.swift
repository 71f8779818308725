import Kernel
import NotificationDelivery
import Testing

@Suite struct WebhookTests {
    private struct Vectors: Decodable {
        let secret: String
        let id: String
        let timestamp: String
        let body: String
        let signature: String
    }

    private static let vectors = Result { try JSON.decode(Vectors.self, from: try JSON.read(PackageResources.webhook_vectors_json)) }

    private func verifies(
        id: String? = nil, timestamp: String? = nil, signature: String?, body: String? = nil, secrets: [String]? = nil, age: Duration = .zero
    ) throws -> Bool {
        let known = try Self.vectors.get()
        let signer = WebhookSignature(try (secrets ?? [known.secret]).map { text throws(AppError) in try WebhookSecret(text) })
        let now = Timestamp(seconds: try #require(Int64(known.timestamp))) + age
        do throws(AppError) {
            try signer.verify(
                id: id ?? known.id, timestamp: timestamp ?? known.timestamp, signature: signature, body: Array((body ?? known.body).utf8), at: now)
            return true
        } catch {
            #expect(error.code == .unauthenticated)
            return false
        }
    }

    @Test("notify-01: the known vector is signed as it should be") func vector() throws {
        let known = try Self.vectors.get()
        let signer = WebhookSignature([try WebhookSecret(known.secret)])
        let headers = signer.headers(id: known.id, at: Timestamp(seconds: try #require(Int64(known.timestamp))), body: Array(known.body.utf8))
        #expect(headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(headers.map(\.value) == [known.id, known.timestamp, known.signature])
        #expect(try verifies(signature: known.signature))
    }

    @Test("notify-01: what differs in body, time, version or form is refused; one valid signature among others passes") func refused() throws {
        let known = try Self.vectors.get()
        let other = "v1,\(String(known.signature.dropFirst(3).reversed()))"
        #expect(try !verifies(signature: known.signature, body: known.body + " "))
        #expect(try !verifies(signature: known.signature, body: known.body.replacing("4}", with: "5}")))
        #expect(try !verifies(timestamp: "1614265331", signature: known.signature))
        #expect(try !verifies(id: "msg_other", signature: known.signature))
        #expect(try verifies(signature: known.signature, age: .seconds(300)))
        #expect(try !verifies(signature: known.signature, age: .seconds(301)))
        #expect(try !verifies(signature: known.signature, age: .seconds(-301)))
        #expect(try !verifies(signature: known.signature.replacing("v1,", with: "v1a,")))
        #expect(try !verifies(signature: String(known.signature.dropFirst(3))))
        #expect(try !verifies(signature: "") && !verifies(signature: nil))
        #expect(try verifies(signature: "v1a,xyz \(other) \(known.signature)"))
        #expect(try !verifies(signature: Array(repeating: known.signature, count: 17).joined(separator: " ")))
        #expect(try !verifies(timestamp: "16142653300000", signature: known.signature))
    }

    @Test("notify-02: while a secret is rotated both sign, and whoever knows either of them believes it") func rotation() throws {
        let known = try Self.vectors.get()
        let fresh = WebhookSecret()
        let both = WebhookSignature([fresh, try WebhookSecret(known.secret)])
        let time = Timestamp(seconds: try #require(Int64(known.timestamp)))
        let signature = both.headers(id: known.id, at: time, body: Array(known.body.utf8))[2].value
        #expect(signature.split(separator: " ").count == 2)
        #expect(try verifies(signature: signature))
        #expect(try verifies(signature: signature, secrets: [fresh.text]))
        #expect(try !verifies(signature: signature, secrets: [WebhookSecret().text]))
        #expect("\(fresh)" == "WebhookSecret(****)" && fresh.text.hasPrefix("whsec_"))
    }

    @Test(
        "what is no secret is refused",
        arguments: ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_AAAA", "whsec_???"])
    func badSecret(text: String) { #expect(throws: AppError.self) { try WebhookSecret(text) } }
}
