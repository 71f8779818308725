import Glibc
import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("TLS", .testDatabase) struct TLS {
        /// A certificate of that name, made for this test.
        private static func certificate(_ name: String, in folder: String) async throws -> (certificate: String, key: String) {
            try File.makeFolder(folder)
            let files = (certificate: "\(folder)/\(name).pem", key: "\(folder)/\(name).key")
            let made = try await Blocking.run {
                try ChildProgram(
                    "/usr/bin/openssl",
                    [
                        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", files.key, "-out",
                        files.certificate, "-days", "2", "-subj", "/CN=\(name)",
                    ], environment: [:]
                ).finish()
            }
            guard made.status == 0 else { throw AppError(.internalError, "no certificate: \(made.printed)") }
            return files
        }

        private static func run(
            _ name: String = "first", _ body: (RunningHost, (certificate: String, key: String)) async throws -> Void
        ) async throws {
            let database = try TestDatabase.current
            let files = try await certificate(name, in: "\(database.home)/\(database.name)-tls")
            let options = RunningHost.Options(environment: ["TENANTRY_TLS_CERTIFICATE": files.certificate, "TENANTRY_TLS_KEY": files.key])
            try await RunningHost.run(options) { host in try await body(host, files) }
        }

        private static func curl(_ arguments: [String]) async throws -> (status: Int32, printed: String) {
            try await Blocking.run { try ChildProgram("/usr/bin/curl", ["-sk", "--max-time", "20"] + arguments, environment: [:]).finish() }
        }

        @Test("TLS 1.3 is spoken, with HTTP/2 where the client knows it") func protocols() async throws {
            try await Self.run { host, _ in
                let url = "https://localhost:\(host.port)/health"
                #expect(try await Self.curl(["-w", " %{http_version}", url]).printed == #"{"status":"ok"} 2"#)
                #expect(try await Self.curl(["--http1.1", "-w", " %{http_version}", url]).printed == #"{"status":"ok"} 1.1"#)
                let said = try await Self.curl(["-v", url]).printed
                #expect(said.contains("SSL connection using TLSv1.3"), "\(said)")
            }
        }

        @Test("TLS 1.2 and clear text are not answered") func others() async throws {
            try await Self.run { host, _ in
                #expect(try await Self.curl(["--tls-max", "1.2", "https://localhost:\(host.port)/health"]).status != 0)
                let answer = try await Blocking.run { [port = host.port] in
                    let socket = try RawSocket(port: port)
                    try socket.send(RunningHost.head("GET", "/health"))
                    var bytes: [UInt8] = []
                    while case let more = try socket.receive(), !more.isEmpty { bytes += more }
                    return String(decoding: bytes, as: UTF8.self)
                }
                #expect(!answer.contains("HTTP/"), "\(answer)")
                #expect(try await Self.curl(["https://localhost:\(host.port)/health"]).status == 0)
            }
        }

        @Test("uploads, errors, HEAD and feeds work over HTTP/2 as over HTTP/1.1", arguments: ["--http2", "--http1.1"])
        func bodies(version: String) async throws {
            let member = try await Member.make()
            try await Self.run { host, files in
                let token = try host.token(member)
                let base = [version, "-H", "Authorization: Bearer \(token)"]
                let url = "https://localhost:\(host.port)"
                let file = files.key + ".body"
                try File.write(Bodies.pattern(1_000_000), to: file)
                let echo = try await Self.curl(
                    base + [
                        "--data-binary", "@\(file)", "-H", "Content-Type: a/b", "-o", file + ".back", "-w", "%{http_code}", "\(url)/probe/echo/bytes",
                    ])
                #expect(echo.printed == "200")
                #expect(try File.read(file + ".back") == Bodies.pattern(1_000_000))
                #expect(try await Self.curl(base + ["\(url)/probe/big?bytes=3000000"]).printed.utf8.count == 3_000_000)
                let missing = try await Self.curl(base + ["-w", "%{http_code}", "\(url)/nothing"]).printed
                #expect(missing.hasSuffix("}404") && missing.contains(#""code":"NOT_FOUND""#), "\(missing)")
                let head = try await Self.curl(base + ["-I", "\(url)/health"]).printed
                #expect(head.contains("content-length: 15") && !head.contains("ok"), "\(head)")
                let feed = try await Self.curl(base + ["-N", "--max-time", "3", "\(url)/probe/counter/live"])
                #expect(feed.printed.contains("id: 100\ndata: {\"count\":100}"), "\(feed.printed.suffix(200))")
                #expect(try await Self.curl([version, "-o", "/dev/null", "-w", "%{http_code}", "\(url)/probe/caller"]).printed == "401")
            }
        }

        @Test("a certificate that is replaced is shown to the next client, and one that is nonsense is not taken") func replaced() async throws {
            try await Self.run { host, files in
                let url = "https://localhost:\(host.port)/health"
                #expect(try await Self.curl(["-v", url]).printed.contains("CN=first"))
                let second = try await Self.certificate("second", in: files.certificate.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" })
                try File.write(try File.read(second.key), to: files.key)
                try File.write(try File.read(second.certificate), to: files.certificate)
                try await host.eventually("the new one is shown") { try await Self.curl(["-v", url]).printed.contains("CN=second") }
                try File.write(Array("nonsense".utf8), to: files.certificate)
                #expect(try await Blocking.run { host.program.line(containing: "the certificate could not be read again") } != nil)
                #expect(try await Self.curl(["-v", url]).printed.contains("CN=second"))
            }
        }

        @Test("wrong files are named before anything is served") func wrong() async throws {
            let database = try TestDatabase.current
            let folder = "\(database.home)/\(database.name)-tls"
            let (first, other) = (try await Self.certificate("first", in: folder), try await Self.certificate("other", in: folder))
            let cases: [([String: String], String)] = [
                (["TENANTRY_TLS_CERTIFICATE": first.certificate], "TENANTRY_TLS_KEY"),
                (["TENANTRY_TLS_CERTIFICATE": "/nowhere", "TENANTRY_TLS_KEY": first.key], "cannot read /nowhere"),
                (["TENANTRY_TLS_CERTIFICATE": first.key, "TENANTRY_TLS_KEY": first.key], "holds no certificate"),
                (["TENANTRY_TLS_CERTIFICATE": first.certificate, "TENANTRY_TLS_KEY": first.certificate], "holds no private key"),
                (["TENANTRY_TLS_CERTIFICATE": first.certificate, "TENANTRY_TLS_KEY": other.key], "is not the key of"),
            ]
            for (environment, words) in cases {
                let all = try RunningHost.environment(database, .init(environment: environment))
                let ended = try await Blocking.run { try ChildProgram("tenantry", ["run"], environment: all).finish() }
                #expect(ended.status != 0)
                #expect(ended.printed.contains(words), "\(words): \(ended.printed)")
            }
        }
    }
}
