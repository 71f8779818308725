import Kernel
import TestSupport
import Testing

/// That each thing that is asked of the product has a test that says so.
@Suite("Checks") struct CheckTests {
    private static let package = Environment.package

    private static func list() throws -> [Check] {
        try Check.list(String(decoding: try File.read("\(package)/Tests/Checks/checks.txt"), as: UTF8.self))
    }

    /// The ids that names of tests hold; this folder only lists them.
    private static func named(below folder: String) throws -> Set<String> {
        var ids: Set<String> = []
        for name in try File.names(in: "\(package)/\(folder)") where !name.hasPrefix(".") && name != "Checks" {
            let path = "\(folder)/\(name)"
            if File.isFolder("\(package)/\(path)") {
                ids.formUnion(try named(below: path))
            } else if name.hasSuffix(".swift") {
                ids.formUnion(Check.ids(inNamesOf: String(decoding: try File.read("\(package)/\(path)"), as: UTF8.self)))
            }
        }
        return ids
    }

    @Test("the list has each of the 91 checks once") func complete() throws {
        let ids = try Self.list().map(\.id)
        let expected = [("asvs", 43), ("auth", 18), ("notify", 12), ("privacy", 9), ("export", 9)].flatMap { area, count in
            (1...count).map { "\(area)-\($0 < 10 ? "0" : "")\($0)" }
        }
        #expect(ids == expected)
    }

    @Test("every check that the product can fail has a test with its id, and no other has") func guarded() throws {
        let named = try Self.named(below: "Tests")
        let list = try Self.list()
        for check in list {
            switch check.state {
            case .tested: #expect(named.contains(check.id), "no test names \(check.id): \(check.text)")
            case .later(let issue):
                if named.contains(check.id) { Issue.record("\(check.id) has a test, but checks.txt says issue \(issue)") }
            }
        }
        #expect(named.subtracting(list.map(\.id)).isEmpty, "tests name checks that the list does not have")
    }

    @Test(
        "a name is read as a reader would",
        arguments: [
            ("@Test(\"asvs-13, auth-03: codes\")", ["asvs-13", "auth-03"]), ("@Test(\n    \"asvs-13: a code\", arguments: [1])", ["asvs-13"]),
            ("@Test(\"pitfall 26, asvs-27: now\")", ["asvs-27"]), ("// asvs-13: a remark", []), ("\"asvs-13: data\"", []),
            ("@Suite(\"auth-02: clocks\")", ["auth-02"]), ("@Test(\"asvs-01 to nowhere\")", []),
        ])
    func reading(text: String, ids: [String]) { #expect(Check.ids(inNamesOf: text) == Set(ids)) }

    @Test(
        "a line of the list that says neither is refused",
        arguments: ["asvs-01 | soon | x", "x | tested | x", "asvs-01 | tested |", "asvs-01 | later: x | x"])
    func badLine(line: String) { #expect(throws: AppError.self) { try Check(line: line) } }
}
