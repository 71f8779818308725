import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Files that are made to exhaust, mislead or break whoever reads them, from `Tests/Servers/hostile_files.py`, through everything that is done with a file.
    @Suite("Hostile files", .testDatabase) struct HostileFiles {
        /// A file is over within that time, so many times longer than it takes where nothing else runs and the programs are optimized.
        private static let limit = Duration.seconds(120)
        /// The most that a process which reads files may hold, in bytes: the goal is 300 MB, and from 256 MB on the gateway kills it.
        private static let mostMemory = 300_000_000

        @Test("pitfall 47, asvs-37: each hostile file ends in a 4xx or a bounded answer, in bounded memory, and nothing else suffers")
        func hostile() async throws {
            let files = try await HostileFolder.make()
            #expect(files.names.count >= 66)
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                var statuses: [String: Int] = [:]
                for name in files.names {
                    let outcome = try await send(files.bytes(name), name, world)
                    statuses[outcome, default: 0] += 1
                    #expect(try host.peakMemory(of: "uploads-handler") < Self.mostMemory, "\(name)")
                    #expect(try await host.get("/businesses", token: world.token).status == 200, "\(name)")
                }
                // Refused at once, refused when read, and read: all three are among them.
                #expect(statuses.count == 3, "\(statuses)")
                // What is no attack goes on as ever, and no process died.
                let file = try await world.read(FilesWorld.days(0..<40))
                #expect(file["status"] == "completed", "\(file)")
                #expect(!host.program.printed.contains("killed"), "\(host.program.printed.suffix(2000))")
            }
        }

        /// Sends a file, looks at all that was found in it, and imports it; what became of it.
        private func send(_ bytes: [UInt8], _ name: String, _ world: FilesWorld) async throws -> String {
            let answer = try await world.upload(bytes, name: name)
            guard answer.status == 202, let id = try answer.json["id"]?.string else {
                #expect((400..<500).contains(answer.status) && answer.errorCode != nil, "\(name): \(answer.status) \(answer.text.prefix(300))")
                return "refused"
            }
            let file = try await world.settled("/files/\(id)", within: Self.limit)
            guard file["status"] == "completed" else {
                let code = file["error"]?["code"]?.string ?? ""
                #expect(file["status"] == "failed" && ["UNPROCESSABLE_FILE", "UNSUPPORTED_MEDIA_TYPE"].contains(code), "\(name): \(file)")
                #expect(file["error"]?["message"]?.string?.contains("ended the process") == false, "\(name): \(file)")
                return "unreadable"
            }
            for path in ["preview?limit=1000", "preview?raw=true&limit=1000", "statistics"] {
                let page = try await world.host.get("/files/\(id)/\(path)", token: world.token)
                #expect(page.status == 200 && page.body.count < 64 << 20, "\(name) \(path): \(page.status) \(page.text.prefix(300))")
            }
            let begun = try await world.host.post("/files/\(id)/import", token: world.token, json: ["business_id": .string("\(world.business)")])
            guard begun.status == 202, let number = try begun.json["id"]?.string else {
                #expect((400..<500).contains(begun.status) && begun.errorCode != nil, "\(name): \(begun.status) \(begun.text.prefix(300))")
                return "read"
            }
            let done = try await world.settled("/imports/\(number)", within: Self.limit)
            #expect(["completed", "failed"].contains(done["status"]?.string), "\(name): \(done)")
            return "read"
        }
    }
}

/// The hostile files, in a folder that goes with the test.
private final class HostileFolder: Sendable {
    private let path: String
    let names: [String]

    private init(_ path: String, _ names: [String]) {
        self.path = path
        self.names = names
    }

    static func make() async throws -> HostileFolder {
        let path = "\(try TestDatabase.current.home)/hostile-files"
        return try await Blocking.run {
            let writer = try ChildProgram(
                "/usr/bin/python3", ["\(Environment.package)/Tests/Servers/hostile_files.py", path], environment: ["PATH": "/usr/bin:/bin"])
            guard writer.end() == 0 else { throw AppError(.internalError, writer.printed) }
            return HostileFolder(path, try File.names(in: path).sorted())
        }
    }

    func bytes(_ name: String) throws -> [UInt8] { try File.read("\(path)/\(name)", limit: 64 << 20) }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}

extension RunningHost {
    /// The most memory that any process of that program below the gateway has held so far, in bytes; 0 where there is none.
    fileprivate func peakMemory(of name: String) throws -> Int {
        var most = 0
        var waiting = [program.pid]
        while let pid = waiting.popLast() {
            waiting += (try? ChildProgram.children(of: pid)) ?? []
            guard ChildProgram.program(of: pid).hasSuffix("/\(name)"), let status = try? File.read("/proc/\(pid)/status") else { continue }
            let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            most = max(most, (line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0) << 10)
        }
        return most
    }
}
