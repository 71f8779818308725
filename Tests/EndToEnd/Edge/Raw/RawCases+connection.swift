extension RawRequests {
    /// What becomes of the connection (RFC 9112 section 9).
    var connections: [RawCase] {
        let old = "GET /health HTTP/1.0\r\n"
        return [
            .served("two requests in one packet (9.3.2)", get() + get(path: "/version"), [200, 200]),
            .served("ten requests in one packet (9.3.2)", String(repeating: get(), count: 10), Array(repeating: 200, count: 10)),
            .served("two hundred requests in one packet (9.3.2)", String(repeating: get(), count: 200), Array(repeating: 200, count: 200)),
            .served("errors between answers keep their place (9.3.2)", get(path: "/nothing") + get() + get(path: "/probe/caller"), [404, 200, 401]),
            .served(
                "bodies between them too (9.3.2)", echo("Content-Length: 5\r\n", "hello") + chunked("2\r\nyo\r\n0\r\n\r\n"), [200, 200], body: "yo"),
            .served("unwanted bodies between them (9.3)", unknown("Content-Length: 5\r\n", "hello") + get(), [404, 200]),
            .last("nothing behind an error is served (9.3.2)", get() + "GET / HTTP/1.1\r\nHost: a b\r\n\r\n" + get(), [200, 400]),
            .last("nothing behind a wrong chunk is served", chunked("zz\r\n") + get(), [400]),
            .last("nothing behind an unknown method is served", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n" + get(), [501]),
            .last("nothing behind a length said twice is served", echo("Content-Length: 1\r\nContent-Length: 1\r\n", "x") + get(), [400]),
            .last("nothing behind an upgrade is served", get("Host: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n") + get(), [200]),
            .last("close is honoured (9.6)", get("Host: a\r\nConnection: close\r\n") + get(), [200]),
            .last("close in any case, in a list (9.6)", get("Host: a\r\nConnection: x, CLOSE\r\n") + get(), [200]),
            .last("close behind an error (9.6)", get("Host: a\r\nConnection: close\r\n", path: "/nothing"), [404]),
            .last("HTTP/1.0 is closed behind the answer (9.3)", old + "\r\n" + get(), [200]),
            .served("HTTP/1.0 is kept where it asks (9.3)", old + "Connection: keep-alive\r\n\r\n"),
            .last("HTTP/1.0 with a body", "POST /nothing/here HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", [404]),
            .last("a client that will not send any more is answered (9.6)", get(), halfCloses: true),
            .last("and so are all its requests (9.6)", get() + get(), [200, 200], halfCloses: true),
            .last("half a request line is no request (8)", "GET /hea", [400], halfCloses: true),
            .last("half a head is no request (8)", "GET /health HTTP/1.1\r\nHost: a\r\n", [400], halfCloses: true),
            .last("a whole request and half a one (8)", get() + "GET /hea", [200, 400], halfCloses: true),
            .last("nothing at all", "", [], halfCloses: true),
            .last("an empty line and nothing", "\r\n", [400], halfCloses: true),
            RawCase(
                name: "HEAD has no body (9110 9.3.2)",
                bytes: Array("HEAD /health HTTP/1.1\r\nHost: a\r\n\r\nHEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n".utf8), statuses: [200, 404],
                isHead: true),
            RawCase(
                name: "OPTIONS answers 204, which has no body (9110 15.3.5)", bytes: Array("OPTIONS /health HTTP/1.1\r\nHost: a\r\n\r\n".utf8),
                statuses: [204]),
            .served("a known path of another method (9110 15.5.6)", "DELETE /health HTTP/1.1\r\nHost: a\r\n\r\n", [405]),
            .served("an unknown path (9110 15.5.5)", get(path: "/nothing/here"), [404]),
            .refused("a body above the route's limit (9110 15.5.14)", echo("Content-Length: 99999999999\r\n"), 413),
            .refused("the same, asked before it is sent", echo("Expect: 100-continue\r\nContent-Length: 99999999999\r\n"), 413),
            .refused(
                "the same without a token", "POST /probe/echo/bytes HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413),
            .last(
                "a body held back from a route that refuses",
                "POST /probe/echo/bytes HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
                [401]),
        ]
    }
}
