import Kernel
import Testing

@testable import Postgres

@Suite struct StatementTests {
    private func types(_ types: [UInt32], _ body: (UnsafeBufferPointer<UInt32>) -> Void) { types.withUnsafeBufferPointer(body) }

    @Test("pitfall 54: a server-side name is a hash of text and types: equal for equal ones, different otherwise, at most 63 bytes")
    func names() {
        let (first, second) = (Statement("a", "select 1"), Statement("a", "select 2"))
        var prepared = PreparedStatements()
        var again = PreparedStatements()
        types([20]) { types in
            let name = prepared.add(first, types: types)
            #expect(name == again.add(Statement("other name", "select 1"), types: types))
            #expect(name != prepared.add(second, types: types))
            #expect(name.utf8.count <= 63)
        }
        types([25]) { #expect(prepared.add(first, types: $0) != again.name(of: first, types: $0)) }
    }

    @Test("a statement is found again for the same types, and for nulls")
    func variants() {
        let statement = Statement("a", "select $1, $2")
        var prepared = PreparedStatements()
        var name = ""
        types([20, 25]) { name = prepared.add(statement, types: $0) }
        types([20, 25]) { #expect(prepared.name(of: statement, types: $0) == name) }
        types([0, 25]) { #expect(prepared.name(of: statement, types: $0) == name) }
        types([25, 25]) { #expect(prepared.name(of: statement, types: $0) == nil) }
        types([20]) { #expect(prepared.name(of: statement, types: $0) == nil) }
    }

    @Test("what was not prepared to the end is prepared again; what is forgotten gets a new name")
    func forgetting() {
        let statement = Statement("a", "select $1")
        var prepared = PreparedStatements()
        types([20]) { types in
            let name = prepared.add(statement, types: types)
            prepared.dropUnconfirmed(statement)
            #expect(prepared.name(of: statement, types: types) == nil)
            #expect(prepared.add(statement, types: types) == name)
            prepared.confirm(statement)
            prepared.dropUnconfirmed(statement)
            #expect(prepared.name(of: statement, types: types) == name)
            prepared.forgetAll()
            #expect(prepared.name(of: statement, types: types) == nil)
            #expect(prepared.add(statement, types: types) != name)
        }
    }

    @Test("a segment writes if one of its calls does, and is a short read only if all of it is")
    func segments() {
        let short = Call(Statement("a", "select 1", cost: .short))
        let unknown = Call(Statement("b", "select 2"))
        let write = Call(Statement("c", "delete", access: .write, cost: .short))
        #expect(Segment([short]).access == .read && Segment([short]).isShortRead)
        #expect(Segment([short, write]).access == .write && !Segment([short, write]).isShortRead)
        #expect(!Segment([short, unknown]).isShortRead)
        #expect(!Segment(preamble: [unknown], [short]).isShortRead)
        #expect(Segment([Call(Statement("d", "select 3", plan: .custom))]).needsCustomPlan)
    }

    @Test("instants and days cross Postgres' epoch and its infinities")
    func epoch() {
        #expect(Timestamp("2000-01-01T00:00:00Z")?.postgresMicroseconds == 0)
        #expect(Timestamp(postgresMicroseconds: -1) == Timestamp("1999-12-31T23:59:59.999999Z"))
        #expect(Timestamp(postgresMicroseconds: .min) == Timestamp(microseconds: .min))
        #expect(Timestamp(postgresMicroseconds: .max) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .min).postgresMicroseconds == .min && Timestamp(microseconds: .max).postgresMicroseconds == .max)
        #expect(CalendarDate(year: 2000, month: 1, day: 2)?.postgresDays == 1)
    }

    @Test("an array has the layout that Postgres reads")
    func arrays() {
        var array = BinaryArray(of: .int64)
        array.append(Int64(1))
        array.appendNull()
        var bytes = [UInt8](repeating: 0xEE, count: array.size)
        bytes.withUnsafeMutableBytes { array.write(to: $0.baseAddress!) }
        #expect(
            bytes == [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 1] + [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1] + [255, 255, 255, 255])
        #expect(BinaryArray(of: .text).size == 12)
    }
}
