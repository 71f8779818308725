import Kernel
import TestSupport
import Testing

/// That what is known to go wrong is guarded by a test that says so.
@Suite("Pitfalls") struct PitfallTests {
    private static let package = Environment.package

    private static func list() throws -> [Pitfall] {
        try Pitfall.list(String(decoding: try File.read("\(package)/Tests/Pitfalls/pitfalls.txt"), as: UTF8.self))
    }

    /// The numbers that tests and lint rules name; this folder only lists them.
    private static func named() throws -> Set<Int> {
        var numbers: Set<Int> = []
        for source in try SourceScan.swift("Tests", package: package) where !source.path.hasSuffix("/PitfallTests.swift") {
            numbers.formUnion(SourceScan.numbers(inNamesOf: source))
        }
        for source in try SourceScan.swift("Tenants/Schema/Lint/Rules", package: package) {
            numbers.formUnion(SourceScan.numbers(inDocumentationOf: source))
        }
        return numbers
    }

    @Test("the list has each number once, in order") func complete() throws {
        #expect(try Self.list().map(\.number) == Array(1...58))
    }

    @Test("every pitfall that the product can meet has a test with its number, and no other has") func guarded() throws {
        let named = try Self.named()
        for pitfall in try Self.list() {
            switch pitfall.state {
            case .tested:
                if !named.contains(pitfall.number) { Issue.record("no test names pitfall \(pitfall.number): \(pitfall.text)") }
            case .later(let part):
                if named.contains(pitfall.number) { Issue.record("pitfall \(pitfall.number) has a test, but pitfalls.txt says `later: \(part)`") }
            }
        }
        #expect(named.subtracting(1...58).isEmpty, "tests name pitfalls that the list does not have")
    }

    @Test(
        "a name is read as a reader would",
        arguments: [
            ("@Test(\"pitfall 31: a trap\")", [31]), ("@Test(\"pitfalls 20, 22 and 57: plans\")", [20, 22, 57]),
            ("@Test func `pitfall 28: a detail`() {", [28]), ("Planted(\"rule\", \"pitfalls 12 and 13\",", [12, 13]),
            ("\"pitfalls 1 to 27: everything\"", []), ("let pitfall = 3", []), ("/// Pitfalls 15, 16 and 55.", [15, 16, 55]),
        ])
    func reading(line: String, numbers: [Int]) { #expect(SourceScan.numbers(in: line) == Set(numbers)) }

    @Test("a line of the list that says neither is refused", arguments: ["7 | soon | x", "x | tested | x", "7 | tested |", "7 | later: | x", "7"])
    func badLine(line: String) { #expect(throws: AppError.self) { try Pitfall(line: line) } }
}
