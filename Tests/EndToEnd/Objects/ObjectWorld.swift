import Glibc
import Kernel
import TestSupport

/// The probe handler, which keeps objects, in a gateway of its own; and what lies in its folder.
struct ObjectWorld: Sendable {
    let options: RunningHost.Options
    let folder: String

    /// `manifest` are more of the manifest's lines.
    static func make(_ environment: [String: String] = [:], manifest: String = "objects: true\ntimeout: 60s") async throws -> ObjectWorld {
        let database = try TestDatabase.current
        let probe = try await Blocking.run {
            try HandlerFolder.probe(in: database, replacing: ["timeout: 10s": manifest])
        }
        return ObjectWorld(
            options: .init(handlers: [probe], environment: environment), folder: "\(database.home)/\(database.name)/objects")
    }

    /// Paths of all files below the folder, without its own.
    func files(_ below: String = "") throws -> [String] {
        guard File.isFolder("\(folder)\(below)") else { return [] }
        return try File.names(in: "\(folder)\(below)").flatMap { name in
            File.isFolder("\(folder)\(below)/\(name)") ? try files("\(below)/\(name)") : [String("\(below)/\(name)".dropFirst())]
        }
    }
}

extension RunningHost {
    func put(_ name: String, _ body: [UInt8], token: String) async throws -> HTTPAnswer {
        try await request("POST", "/probe/objects?name=\(name)", token: token, headers: [("content-type", "application/octet-stream")], body: body)
    }

    /// The most memory that the gateway has held so far, in bytes.
    func peakMemory() throws -> Int {
        let status = String(decoding: try File.read("/proc/\(program.pid)/status"), as: UTF8.self)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Int($0) })
        else { throw AppError(.internalError, "no VmHWM") }
        return kilobytes << 10
    }
}

/// The stand-in for S3 as the gateway is told of it.
struct S3StandIn: Sendable {
    let program: ChildProgram
    let port: Int

    init() async throws {
        (program, port) = try await Blocking.run {
            let server = try ChildProgram(
                "/usr/bin/python3", ["\(Environment.package)/Tests/Servers/s3_server.py", "tenantry-test", "1000"],
                environment: ["PATH": "/usr/bin:/bin"])
            guard let port = server.line(containing: "listening on ")?.split(separator: " ").last.flatMap({ Int($0) }) else {
                throw AppError(.internalError, server.printed)
            }
            return (server, port)
        }
    }

    var environment: [String: String] {
        [
            "TENANTRY_OBJECTS": "s3://tenantry-test/pre", "TENANTRY_S3_ENDPOINT": "http://127.0.0.1:\(port)", "TENANTRY_S3_REGION": "eu-central-1",
            "TENANTRY_S3_ACCESS_KEY": "AKIASTANDIN", "TENANTRY_S3_SECRET_KEY": "a/secret+key=of=the=stand-in",
        ]
    }

    @discardableResult
    func control(_ name: String) async throws -> JSONValue {
        try await Blocking.run { [port] in
            let socket = try RawSocket(port: port)
            try socket.send(Array("POST /_control/\(name) HTTP/1.1\r\nHost: s3\r\nContent-Length: 2\r\n\r\n{}".utf8))
            var reader = AnswerReader(socket)
            guard let answer = try reader.next() else { throw AppError(.internalError, "the stand-in did not answer") }
            return try answer.json
        }
    }

    func keys() async throws -> [String] { (try await control("state")["keys"]?.array ?? []).compactMap(\.string) }
}
