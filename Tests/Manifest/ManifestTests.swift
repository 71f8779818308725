import Kernel
import Manifest
import Testing

@Suite("Reading handler.yaml") struct ManifestTests {
    private func issues(_ text: String) -> [String] {
        do {
            _ = try Manifest.read(text, path: "h/handler.yaml")
            return []
        } catch { return error.issues.map { "\($0.field): \($0.issue)" } }
    }

    @Test("every key is read") func everyKey() throws {
        let manifest = try Manifest.read(
            """
            name: uploads
            program: uploads-handler
            concurrency: 8
            instances: {min: 1, max: 3}
            timeout: 500ms
            memory: 128MB
            cpu: 5s
            idle: 5m
            isolation: tenant
            connections: 2
            grants:
              app.kpi_data: [select, insert]
              identity.credential: [execute]
            egress: [api.open-meteo.com]
            secrets: [jwt_signing_keys]
            calls: [POST /files/upload]
            commands: [inspect]
            record: all
            priority: low
            encryption: tenant
            objects: true
            hooks: {erase: /internal/erase, retain: /internal/retain}
            """, path: "handler.yaml")
        var expected = Manifest(name: "uploads", program: "uploads-handler")
        expected.concurrency = 8
        expected.instances = 1...3
        expected.timeout = .milliseconds(500)
        expected.memory = 128 << 20
        expected.cpu = .seconds(5)
        expected.idle = .seconds(300)
        expected.encryption = .tenant
        expected.objects = true
        expected.hooks = .init(erase: "/internal/erase", retain: "/internal/retain")
        expected.isolation = .tenant
        expected.connections = 2
        expected.grants = [.init(object: "app.kpi_data", verbs: [.select, .insert]), .init(object: "identity.credential", verbs: [.execute])]
        expected.egress = ["api.open-meteo.com"]
        expected.secrets = ["jwt_signing_keys"]
        expected.calls = ["POST /files/upload"]
        expected.commands = ["inspect"]
        expected.record = .all
        expected.priority = .low
        #expect(manifest == expected)
    }

    @Test("two keys are enough") func defaults() throws {
        #expect(try Manifest.read("name: a\nprogram: b\n", path: "x") == Manifest(name: "a", program: "b"))
    }

    @Test("an unknown key names its line and the nearest key") func unknownKey() {
        #expect(issues("name: a\nprogram: b\n\nconcurency: 3\n") == ["h/handler.yaml:4: unknown key `concurency`; did you mean `concurrency`?"])
        #expect(issues("name: a\nprogram: b\nzzz: 3\n").first?.contains("known are name, program") == true)
    }

    @Test("every fault is reported at once") func allFaults() {
        let found = issues("name: Bad Name\ntimeout: 5\ninstances: {min: 4, max: 2}\nconcurrency: many\n")
        #expect(found.count == 5)
        #expect(found.contains("h/handler.yaml:1: the key `program` is missing"))
        #expect(found.contains("h/handler.yaml:2: expected a duration such as `500ms`, `30s`, `5m` or `2h`, found `5`"))
        #expect(found.contains("h/handler.yaml:3: min 4 is above max 2"))
        #expect(found.contains("h/handler.yaml:4: expected a whole number, found `many`"))
    }

    @Test(
        "a bad value is refused with its line",
        arguments: [
            ("grants: [app.x]", "expected objects and verbs"), ("grants: {kpi: [select]}", "expected `schema.name`"),
            ("grants: {app.kpi: [read]}", "unknown value `read`"), ("grants: {app.kpi: [selct]}", "did you mean `select`?"),
            ("grants: {app.kpi: [execute, select]}", "stands alone"), ("memory: 1MB", "expected 16 MB"), ("memory: 1 MB", "expected a size"),
            ("timeout: 9999999999999d", "expected a duration"), ("egress: [https://x]", "expected a host"), ("egress: [a.b, a.b]", "twice"),
            ("calls: [/x]", "expected a route"), ("isolation: sharred", "did you mean `shared`?"), ("concurrency: 0", "expected 1 to 4096"),
            ("secrets: {a: b}", "expected a list"), ("instances: 3", "expected `{min"), ("instances: {mim: 1}", "unknown key `mim`"),
            ("encryption: tennant", "did you mean `tenant`?"), ("objects: yes", "expected true or false"), ("hooks: 3", "expected paths"),
            ("hooks: {erase: erase}", "expected a path"),
            ("hooks: {erace: /a}", "unknown key `erace`"),
        ])
    func badValues(line: String, expected: String) {
        let found = issues("name: a\nprogram: b\n\(line)\n")
        #expect(found.count == 1)
        #expect(found.first?.contains(expected) == true, "\(found)")
        #expect(found.first?.hasPrefix("h/handler.yaml:3: ") == true)
    }

    @Test("text that is no manifest is refused", arguments: ["", "- a\n- b\n", "name: [", "name: a\nname: b\nprogram: c\n", "just text"])
    func noManifest(text: String) { #expect(issues(text).count == 1) }

    @Test("the program stands beside the runtime, in the handler's folder or where it is said")
    func programPaths() {
        var manifest = Manifest(name: "a", program: "a-handler")
        manifest.folder = "/handlers/a"
        #expect(manifest.programPath(beside: "/opt/bin") == "/opt/bin/a-handler")
        manifest.program = "./bin/a"
        #expect(manifest.programPath(beside: "/opt/bin") == "/handlers/a/bin/a")
        manifest.program = "/x/a"
        #expect(manifest.programPath(beside: "/opt/bin") == "/x/a")
    }

    @Test("quantities carry a unit") func quantities() {
        #expect(Quantity.duration("2h") == .seconds(7200))
        #expect(Quantity.duration("7d") == .seconds(604_800))
        #expect(Quantity.duration("-1s") == nil)
        #expect(Quantity.duration("s") == nil)
        #expect(Quantity.size("64KB") == 65_536)
        #expect(Quantity.size("512B") == 512)
        #expect(Quantity.size("9223372036854775807GB") == nil)
    }
}
