import Glibc
import Kernel
import Synchronization
import Testing
import Tokens

@testable import Host

@Suite struct InstallationKeysTests {
    static let start = Timestamp(seconds: 1_772_352_000)

    /// A clock that stands still until it is moved.
    final class Clock: Sendable {
        let now = Mutex(InstallationKeysTests.start)
        var time: TimeSource { TimeSource(now: { self.now.withLock { $0 } }, instant: { ContinuousClock.now }) }
        func move(_ duration: Duration) { now.withLock { $0 = $0 + duration } }
    }

    /// A folder that goes with the test.
    final class Home: Sendable {
        let path = "/tmp/tenantry-keys-\(UInt64.random(in: .min ... .max))"

        deinit {
            for name in (try? File.names(in: "\(path)/keys")) ?? [] { unlink("\(path)/keys/\(name)") }
            rmdir("\(path)/keys")
            rmdir(path)
        }
    }

    private let folder = Home()
    private var home: String { folder.path }
    private let clock = Clock()
    private var store: KeyStore { KeyStore(home: home, time: clock.time) }

    @Test func `files are made once, for their owner alone, and read back`() throws {
        let keys = try InstallationKeys(store, .hs256, time: clock.time)
        let again = try InstallationKeys(store, .hs256, time: clock.time)
        for name in SecretName.allCases { #expect(try keys.secret(name) == again.secret(name)) }
        #expect(Set(try SecretName.allCases.map { try keys.secret($0) }).count == SecretName.allCases.count)
        #expect(String(decoding: keys.published, as: UTF8.self) == #"{"keys":[]}"#)
        #expect(try keys.look() == .init())
        for file in ["jwt.json", "master.json", "lock"] {
            var status = stat()
            #expect(stat("\(home)/keys/\(file)", &status) == 0 && status.st_mode & 0o777 == 0o600, "\(file)")
        }
    }

    @Test func `what another process changes is seen, and what it means for tokens`() throws {
        let keys = try InstallationKeys(store, .hs256, time: clock.time)
        let signing = try keys.secret(.signingKeys)
        let id = try #require(try store.ring(.hs256).signing(at: clock.time.now())?.id)
        try store.changeRing(.hs256) { ring throws(AppError) in _ = try ring.rotate(.hs256, at: clock.time.now()) }
        // Who stood by signs now, and somebody new stands by.
        #expect(try keys.look() == .init(verifying: true, forgotten: false))
        #expect(try keys.secret(.signingKeys) != signing)
        #expect(try keys.look() == .init())
        clock.move(JWTKeyRing.overlap)
        #expect(try keys.look() == .init(verifying: true, forgotten: true))
        #expect(!(try store.ring(.hs256).names(at: clock.time.now()).contains(id)))
    }

    @Test func `handlers are told of a new master secret first, and use it a minute later`() throws {
        let keys = try InstallationKeys(store, .hs256, time: clock.time)
        clock.move(.seconds(100))
        _ = try store.changeMaster { master throws(AppError) in master.rotate(at: clock.time.now()) }
        #expect(try keys.look() == .init())
        #expect(try SecretRing(keys.secret(.mail)).all.map(\.id) == [1, 2])
        clock.move(MasterSecret.settling)
        #expect(try SecretRing(keys.secret(.mail)).all.map(\.id) == [2, 1])
    }

    @Test func `another algorithm takes over at the start`() throws {
        _ = try InstallationKeys(store, .hs256, time: clock.time)
        let keys = try InstallationKeys(store, .rs256, time: clock.time)
        #expect(try store.ring(.hs256).signing(at: clock.time.now())?.algorithm == .rs256)
        #expect(try JSON.read(keys.published)["keys"]?.array?.count == 2)
    }

    @Test func `a file that cannot be read changes nothing`() throws {
        let keys = try InstallationKeys(store, .hs256, time: clock.time)
        let secret = try keys.secret(.mail)
        for file in ["jwt.json", "master.json"] {
            let kept = try File.read("\(home)/keys/\(file)")
            try File.write(Array("{".utf8), to: "\(home)/keys/\(file)")
            #expect(throws: AppError.self) { try keys.look() }
            #expect(try keys.secret(.mail) == secret)
            try File.write(kept, to: "\(home)/keys/\(file)")
            #expect(try keys.look() == .init())
        }
    }

    @Test func `changes of several at the same time are all kept`() async throws {
        let store = store
        _ = try store.master()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask { _ = try? store.changeMaster { master throws(AppError) in master.rotate(at: InstallationKeysTests.start) } }
            }
        }
        #expect(try store.master().versions.map(\.id) == Array((1...17).reversed()))
    }
}
