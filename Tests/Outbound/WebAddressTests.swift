import Kernel
import Testing

@testable import Addresses

@Suite struct WebAddressTests {
    @Test(arguments: [
        ("https://example.com/a b.csv?q=Zürich&x={1}#part", "https://example.com/a%20b.csv?q=Z%C3%BCrich&x=%7B1%7D"),
        ("HTTP://Example.COM", "http://example.com/"), ("https://example.com?x=1", "https://example.com/?x=1"),
        ("https://example.com#x", "https://example.com/"),
        ("https://example.com/a/./b/../c", "https://example.com/a/c"), ("https://example.com/../../etc", "https://example.com/etc"),
        ("https://example.com/a/%2E%2e/b/.", "https://example.com/b/"), ("https://example.com/a/..", "https://example.com/"),
        ("https://example.com/%7Euser/x%20y?u=http://127.0.0.1/", "https://example.com/%7Euser/x%20y?u=http://127.0.0.1/"),
        ("https://example.com//a//b", "https://example.com//a//b"), ("https://example.com/?a\\b", "https://example.com/?a%5Cb"),
        ("https://example.com/a?b?c/../d", "https://example.com/a?b?c/../d"),
    ])
    func `what users type has one form`(text: String, form: String) throws {
        let address = try WebAddress(normalizing: text)
        #expect(address.text == form)
        // The form is read by the strict reader, and stays as it is.
        #expect(try WebAddress(form) == address)
        #expect(try WebAddress(normalizing: form) == address)
    }

    @Test(arguments: [
        "https://exa mple.com/", "https://example.com\\@127.0.0.1/", "https://example.com\\a", "https://example.com/a\\b", "https:example.com",
        "https:/example.com/",
        " https://example.com/", "https://example.com/ ", "https://example.com/\ta", "https://example.com/a\nb", "https://user@example.com/",
        "https://bücher.example/", "https://example.com:/", "https://example.com:99999/", "https://[::1%25lo]/", "https://127.1/",
        "https://example.com./",
        "ftp://example.com/", "", "https://", "https://?x", "https:///x",
    ])
    func `what programs disagree about is refused`(text: String) {
        #expect(throws: AppError.self) { try WebAddress(normalizing: text, field: "url") }
    }

    // RFC 3986 section 5.4, with the base made one of the web.
    @Test(
        arguments: [
            ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"), ("//g.h", "http://g.h/"),
            ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q"), ("g#s", "http://a/b/c/g"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../g", "http://a/b/g"),
            ("../..", "http://a/"), ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
            ("g?y/./x", "http://a/b/c/g?y/./x"), ("http://b/x", "http://b/x"), (" /g ", "http://a/g"), ("g:80/x", nil), ("http:g", nil),
            ("javascript:alert(1)", nil),
            ("file:///etc/passwd", nil), ("//127.1/", nil), ("\\\\g", nil), ("//u@g/", nil),
        ] as [(String, String?)])
    func `references are resolved by the base`(reference: String, target: String?) throws {
        let base = try WebAddress("http://a/b/c/d;p?q")
        guard let target else {
            #expect(throws: AppError.self) { try base.resolving(reference) }
            return
        }
        #expect(try base.resolving(reference).text == target)
    }

    @Test(arguments: ["metadata", "kubernetes.default.svc.cluster.local", "router.home.arpa", "db.service.consul", "host.localdomain"])
    func `names of inner networks are refused when they are saved`(host: String) throws {
        #expect(throws: AppError.self) { try OutboundRules().check(try WebAddress("https://\(host)/")) }
    }
}
