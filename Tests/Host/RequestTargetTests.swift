import Kernel
import Testing

@testable import Host

@Suite("Reading a request's address") struct RequestTargetTests {
    private func read(_ text: String) throws(AppError) -> RequestTarget { try RequestTarget(text, limit: 100) }

    @Test("path and query are taken apart and the path is decoded") func parts() throws {
        let target = try read("/a/b%20c/%C3%A9?x=1&y=%41")
        #expect(target.segments == ["a", "b c", "é"])
        #expect(target.query == "x=1&y=%41")
        #expect(try read("/").segments == [""])
        #expect(try read("http://host:1/a?b").segments == ["a"])
        #expect(try read("HTTPS://host/a").segments == ["a"])
        #expect(try read("https://host:8443?q").query == "q")
        #expect(try read("http://host:1/a?b").authority == "host:1")
        #expect(try read("http://host").segments == [])
    }

    @Test(
        "what cannot be an address is refused",
        arguments: [
            "/a%00b", "/a?b=%00", "/%ff", "/?q=%c3", "/%", "/%4", "/%zz", "/a\u{7F}", "/é", "a", "", "*", "/a#b", "/a\\b", "http://", "http:///a",
            "http://a@b/", "http://a:b/", "ftp://a/", "/a/../b", "/%2e%2e/b",
            "/./a",
        ])
    func refused(text: String) {
        #expect { try read(text) } throws: { ($0 as? AppError)?.code == .badRequest }
    }

    @Test("too long is too long") func tooLong() {
        #expect { try read("/" + String(repeating: "a", count: 100)) } throws: { ($0 as? AppError)?.code == .uriTooLong }
    }
}
