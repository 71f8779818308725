import Glibc
import Kernel
import Manifest
import TestSupport
import Testing

/// What `tenantry handler new` writes, and README's ten lines: built in a package of their own against the product `HandlerKit`.
///
/// The build's folder is kept below `.build`, so that only the first run takes its minutes.
@Suite("the template", .enabled(if: TestServer.isConfigured, "TENANTRY_TEST_DATABASE_URL is not set"), .timeLimit(.minutes(20)))
struct TemplateTests {
    private static let build = "\(Environment.package)/.build/template"
    private static let folder = "\(build)/my_notes"

    @Test("it is written once, under a name that may be one, and says what is wrong otherwise") func written() async throws {
        let folder = "/tmp/tenantry-new-\(UInt64.random(in: .min ... .max))"
        func new(_ arguments: String...) async throws -> (status: Int32, printed: String) {
            try await Blocking.run { try ChildProgram("tenantry", ["handler", "new"] + arguments, environment: [:]).finish() }
        }
        let made = try await new("notes", "--folder", folder, "--tenantry", "https://example.test/x/backend.git", "--json")
        #expect(made.status == 0, "\(made.printed)")
        #expect(try JSON.read(Array(made.printed.utf8))["files"]?.array?.count == 8)
        let package = String(decoding: try File.read("\(folder)/Package.swift"), as: UTF8.self)
        #expect(package.contains(#".package(url: "https://example.test/x/backend.git", branch: "main")"#))
        #expect(package.contains(#"package: "backend""#))
        let again = try await new("notes", "--folder", folder)
        #expect(again.status == 73)
        #expect(again.printed.contains("exists already"))
        for name in ["Notes", "1notes", "no-tes", "auth", "pg_notes", String(repeating: "n", count: 33)] {
            let refused = try await new(name, "--folder", "\(folder)-\(name)")
            #expect(refused.status == 65, "\(refused.printed)")
            #expect(!File.exists("\(folder)-\(name)"))
        }
        #expect(try await new("notes", "--folder", "\(folder)-2", "--tenantry", "/tmp").status == 65)
        _ = try Manifest.load(folder: folder)
    }

    @Test("it builds against the product HandlerKit, its tests pass, it is checked, installed, called; README's ten lines build beside it")
    func built() async throws {
        try await PackageWorld.run { world in
            try await Blocking.run { try Self.write() }
            let (status, printed) = try await Blocking.run { try Self.compile() }
            try #require(status == 0, "\(printed.suffix(4000))")

            let hello = try await world.tenantry(["handler", "check", "\(Self.folder)/Readme"])
            #expect(hello.status == 0, "\(hello.printed)")
            #expect(hello.printed.contains("/api/v1/hello/{name}  hello:read"), "\(hello.printed)")
            let checked = try await world.tenantry(["handler", "check", Self.folder])
            #expect(checked.status == 0, "\(checked.printed)")
            let installed = try await world.tenantry(["handler", "install", Self.folder])
            try #require(installed.status == 0, "\(installed.printed)")
            let (ours, theirs) = (try await world.member(1), try await world.member(2))
            try await world.gateway { host in
                let token = try host.token(ours)
                #expect(try await host.post("/my-notes", token: token, json: ["text": "one"]).status == 201)
                #expect(try await host.get("/my-notes", token: token).text == #"[{"text":"one"}]"#)
                #expect(try await host.get("/my-notes", token: try host.token(theirs)).text == "[]")
                #expect(try await host.post("/my-notes", token: token, json: ["txt": 1]).errorCode == "VALIDATION_ERROR")
            }
        }
    }

    /// The package, with README's lines as a second program in it.
    private static func write() throws {
        try removeTree(folder)
        let made = try ChildProgram(
            "tenantry", ["handler", "new", "my_notes", "--folder", folder, "--tenantry", Environment.package], environment: [:]
        )
        .finish()
        guard made.status == 0 else { throw AppError(.internalError, made.printed) }
        let readme = String(decoding: try File.read("\(Environment.package)/README.md"), as: UTF8.self)
        let lines = readme.split(separator: "\n", omittingEmptySubsequences: false)
        guard let heading = lines.firstIndex(of: "## A handler in ten lines"), let begin = lines[heading...].firstIndex(of: "```swift"),
            let end = lines[begin...].firstIndex(of: "```")
        else { throw AppError(.internalError, "README.md has no handler in ten lines") }
        try File.makeFolder("\(folder)/Readme/Sources")
        try File.write(Array(lines[(begin + 1)..<end].joined(separator: "\n").utf8), to: "\(folder)/Readme/Sources/Hello.swift")
        try File.write(Array("name: hello\nprogram: ./hello-handler\n".utf8), to: "\(folder)/Readme/handler.yaml")
        let package = String(decoding: try File.read("\(folder)/Package.swift"), as: UTF8.self)
        let target = """
                targets: [
                    .executableTarget(
                        name: "hello-handler", dependencies: [.product(name: "HandlerKit", package: "tenantry")], path: "Readme/Sources"),
            """
        let parts = package.split(separator: "    targets: [\n", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw AppError(.internalError, "the template's Package.swift has another form") }
        try File.write(Array("\(parts[0])\(target)\n\(parts[1])".utf8), to: "\(folder)/Package.swift")
        // The versions that this repository was built with.
        let resolved = "\(Environment.package)/Package.resolved"
        if File.exists(resolved) { try File.write(try File.read(resolved), to: "\(folder)/Package.resolved") }
    }

    private static func compile() throws -> (status: Int32, printed: String) {
        var environment: [String: String] = [:]
        for name in ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "http_proxy", "https_proxy", "no_proxy"] { environment[name] = Environment[name] }
        let swift = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/swift" }.first { File.exists($0) } ?? "/usr/bin/swift"
        let scratch = "\(build)/scratch"
        let result = try ChildProgram(
            swift, ["test", "--disable-xctest", "--package-path", folder, "--scratch-path", scratch], environment: environment
        ).finish()
        guard result.status == 0 else { return result }
        guard result.printed.contains("every statement names the tenant") else { throw AppError(.internalError, "its tests did not run") }
        try File.makeFolder("\(folder)/.build/release")
        try link("\(scratch)/debug/my-notes-handler", "\(folder)/.build/release/my-notes-handler")
        try link("\(scratch)/debug/hello-handler", "\(folder)/Readme/hello-handler")
        return result
    }

    /// A hard link: the program stands in the package's folder, as it does where a developer builds.
    private static func link(_ program: String, _ path: String) throws {
        guard Glibc.link(program, path) == 0 else { throw AppError(.internalError, "cannot link \(program): \(errno)") }
    }

    private static func removeTree(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else { return try File.remove(path) }
        for name in try File.names(in: path) { try removeTree("\(path)/\(name)") }
        rmdir(path)
    }
}
