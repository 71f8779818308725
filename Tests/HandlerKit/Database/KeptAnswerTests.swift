import Testing
import Wire

@testable import HandlerKit

@Suite struct KeptAnswerTests {
    @Test("an answer of up to 64 KiB is kept with its header lines; a longer one, a stream and a listener are not")
    func kept() throws {
        let kept = try #require(try KeptAnswer(Response.json([UInt8](repeating: 32, count: 64 << 10), status: 201)))
        #expect(kept.status == 201 && kept.body.count == 64 << 10 && kept.headers.text == #"[["content-type","application/json"]]"#)
        #expect(try KeptAnswer(.noContent)?.body == [])
        #expect(try KeptAnswer(Response.json([UInt8](repeating: 32, count: 64 << 10 + 1))) == nil)
        #expect(try KeptAnswer(.stream(contentType: "a/b") { _ in }) == nil)
        #expect(try KeptAnswer(.subscribe("a", from: nil)) == nil)
        let long = HeaderField(name: "x-long", value: String(repeating: "x", count: 9000))
        #expect(try KeptAnswer(Response(status: 200, headers: [long], body: .bytes([]))) == nil)
        var secret = Response.json([], status: 201)
        secret.isSecret = true
        #expect(try KeptAnswer(secret) == nil)
    }
}
