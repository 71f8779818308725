import Glibc
import Kernel
import Testing
import Tokens

@testable import Host

@Suite("The master key") struct MasterKeyTests {
    private static let now = Timestamp(seconds: 1_772_352_000)
    private static let name = MasterKey.Name(tenant: TenantID(UUID(high: 0, low: 1)), version: 1)
    private let key = [UInt8](0..<32)

    /// A program of that content, removed when the test lets go of it.
    private final class Script {
        let path: String

        init(_ lines: String) throws {
            var template = Array("/tmp/tenantry-master-XXXXXX".utf8CString)
            let descriptor = mkstemp(&template)
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            close(descriptor)
            try File.write(Array("#!/usr/bin/python3\nimport sys, json\nasked = json.load(sys.stdin)\n\(lines)\n".utf8), to: path, mode: 0o700)
        }

        deinit { unlink(path) }

        func master() throws -> MasterKey {
            let secret = MasterSecret(at: MasterKeyTests.now)
            return MasterKey(command: try MasterKeyCommand("\(path) --key 7"), time: TimeSource.system) { secret }
        }
    }

    @Test("the master secret wraps for one tenant and version; older versions of it still unwrap, retired ones do not") func file() throws {
        var secret = MasterSecret(at: Self.now)
        let master = MasterKey { [secret] in secret }
        let wrapped = try master.wrap(key, Self.name)
        #expect(wrapped.master == "file:1")
        #expect(try master.current() == "file:1")
        #expect(!wrapped.bytes.indices.contains { wrapped.bytes[$0...].starts(with: key) })
        #expect(try master.unwrap(wrapped, Self.name) == key)
        for other in [MasterKey.Name(tenant: TenantID(UUID(high: 0, low: 2)), version: 1), MasterKey.Name(tenant: Self.name.tenant, version: 2)] {
            let error = #expect(throws: AppError.self) { try master.unwrap(wrapped, other) }
            #expect(error?.code == .forbidden)
        }
        _ = secret.rotate(at: Self.now)
        let rotated = MasterKey { [secret] in secret }
        #expect(try rotated.current() == "file:2")
        #expect(try rotated.unwrap(wrapped, Self.name) == key)
        #expect(try rotated.wrap(key, Self.name).master == "file:2")
        try secret.retire(1, at: TimeSource.system.now())
        let without = MasterKey { [secret] in secret }
        let error = #expect(throws: AppError.self) { try without.unwrap(wrapped, Self.name) }
        #expect(error?.code == .forbidden)
    }

    @Test("what a version wraps that is not remembered yet opens by the secret as it is stored, and waits for it") func rotatedMeanwhile() throws {
        let remembered = MasterSecret(at: Self.now)
        var rotated = remembered
        _ = rotated.rotate(at: Self.now - .seconds(120))
        let wrapped = try MasterKey { [rotated] in rotated }.wrap(key, Self.name)
        #expect(wrapped.master == "file:2")
        let alone = MasterKey { remembered }
        let error = #expect(throws: AppError.self) { try alone.unwrap(wrapped, Self.name) }
        #expect(error?.code == .forbidden)
        let master = MasterKey(stored: { [rotated] in rotated }, secret: { remembered })
        #expect(try master.unwrap(wrapped, Self.name) == key)
        #expect(try master.waits(for: [wrapped]))
        #expect(try !master.waits(for: [master.wrap(key, Self.name)]))
    }

    @Test("a command wraps and unwraps, is told the tenant, and what the file wrapped before still unwraps") func command() throws {
        let script = try Script(
            """
            assert sys.argv[1:] == ["--key", "7"]
            flip = lambda text: text[::-1]
            if asked["operation"] == "wrap": answer = {"wrapped": flip(asked["key"]), "master_id": "kms/7"}
            elif asked["operation"] == "current": answer = {"master_id": "kms/7"}
            else:
                assert asked["master_id"] == "kms/7" and asked["tenant"].endswith("01") and asked["version"] == 1
                answer = {"key": flip(asked["wrapped"])}
            print(json.dumps(answer))
            """)
        let secret = MasterSecret(at: Self.now)
        let master = MasterKey(command: try MasterKeyCommand("\(script.path) --key 7")) { secret }
        // Base64url of 32 bytes that reads as such backwards, too.
        let even = [UInt8](repeating: 0, count: 32)
        let wrapped = try master.wrap(even, Self.name)
        #expect(wrapped.master == "kms/7")
        #expect(try master.current() == "kms/7")
        #expect(try master.unwrap(wrapped, Self.name) == even)
        let before = try MasterKey { secret }.wrap(key, Self.name)
        #expect(try master.unwrap(before, Self.name) == key)
        let without = MasterKey { secret }
        let error = #expect(throws: AppError.self) { try without.unwrap(wrapped, Self.name) }
        #expect(error?.code == .unavailable)
    }

    @Test(
        "a command that fails, says nothing, nonsense, too much or another length is UNAVAILABLE, and the key stands in no error",
        arguments: [
            "sys.exit(1)", "", "print('no JSON')", "print('{}')", "print('x' * 100000)", #"print(json.dumps({"key": "AAAA"}))"#,
            #"print(json.dumps({"wrapped": "AAAAAAAAAAAAAAAAAAAAAAAAAA", "master_id": ""}))"#,
            #"print(json.dumps({"wrapped": "AAAAAAAAAAAAAAAAAAAAAAAAAA", "master_id": "file:1"}))"#,
            #"print(json.dumps({"wrapped": "AA", "master_id": "a"}))"#, "sys.stdout.close(); import os; os.kill(os.getpid(), 9)",
        ])
    func failures(_ lines: String) throws {
        let script = try Script(lines)
        for attempt in [
            Result { _ = try script.master().wrap(key, Self.name) },
            Result { _ = try script.master().unwrap(.init(bytes: key, master: "a"), Self.name) },
        ] {
            let error = #expect(throws: AppError.self) { try attempt.get() }
            #expect(error?.code == .unavailable)
            #expect(!String(reflecting: error).contains(Base64.url.encode(key)))
        }
    }

    @Test("a command that does not read its input, and one that is not there, end nothing") func deaf() throws {
        let path = "/tmp/tenantry-no-such-program"
        let missing = MasterKey(command: try MasterKeyCommand(path)) { MasterSecret(at: Self.now) }
        let error = #expect(throws: AppError.self) { try missing.current() }
        #expect(error?.code == .unavailable)
        #expect(throws: AppError.self) { try PipedProgram.run(["/bin/false"], input: [UInt8](repeating: 1, count: 60_000), limit: .seconds(10)) }
        #expect(try PipedProgram.run(["/bin/echo", "a b"], input: [1], limit: .seconds(10)) == Array("a b\n".utf8))
        for bad in ["", "   ", "relative/program", "program"] { #expect(throws: AppError.self) { try MasterKeyCommand(bad) } }
    }
}
