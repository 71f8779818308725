import Kernel
import Testing
import Tokens

@Suite struct SignedContextTests {
    let key: SigningKey
    let context: SignedContext

    init() throws {
        key = try SigningKey(id: 7, secret: [UInt8](repeating: 0x42, count: 32))
        context = try SignedContext(
            kind: .tenant, tenant: TenantID(UUID(high: 1, low: 2)), user: UserID(UUID(high: 3, low: 4)), role: .analyst, handler: "dashboards",
            expiry: Timestamp(microseconds: 1_772_352_060_000_000), invocation: InvocationID(UUID(high: 5, low: 6)))
    }

    /// The text, byte for byte, which the database takes apart. The MAC was computed with Python's hmac.
    @Test func `a context is eleven parts, the last the MAC of the rest`() {
        #expect(
            context.sign(with: key)
                == "tc1.7.t.00000000-0000-0001-0000-000000000002.00000000-0000-0003-0000-000000000004.analyst.dashboards.0.1772352060000000."
                + "00000000-0000-0005-0000-000000000006.4680febdc2fcfd1419edb7d35cbed8a7788709c511201d203571292d851523c6")
    }

    @Test func `what is signed reads back the same`() throws {
        #expect(try SignedContext.verify(context.sign(with: key), with: [key]) == context)
        let system = try SignedContext(
            kind: .system, handler: "a23456789_123456789_123456789_12", attempt: .max, expiry: Timestamp(microseconds: .max),
            invocation: InvocationID(UUID(high: .max, low: .max)))
        let newest = try SigningKey(id: .max, secret: [UInt8](repeating: 1, count: 65))
        #expect(try SignedContext.verify(system.sign(with: newest), with: [key, newest]) == system)
    }

    @Test func `a change of any byte, another key and another length are refused`() throws {
        let text = Array(context.sign(with: key).utf8)
        for index in text.indices {
            var changed = text
            changed[index] ^= 1
            #expect(throws: AppError.self) { try SignedContext.verify(String(decoding: changed, as: UTF8.self), with: [key]) }
        }
        for end in stride(from: 0, to: text.count, by: 7) {
            #expect(throws: AppError.self) { try SignedContext.verify(String(decoding: text[..<end], as: UTF8.self), with: [key]) }
        }
        let other = try SigningKey(id: 7, secret: [UInt8](repeating: 0x43, count: 32))
        #expect(throws: AppError.self) { try SignedContext.verify(context.sign(with: key), with: [other]) }
        #expect(throws: AppError.self) { try SignedContext.verify(context.sign(with: key), with: []) }
        #expect(throws: AppError.self) { try SignedContext.verify(context.sign(with: key).uppercased(), with: [key]) }
    }

    @Test(arguments: ["", "Dashboards", "1st", "a.b", "a-b", "é", "a b", "a2345678901234567890123456789012x"])
    func `a handler's name that could blur the parts is refused`(name: String) {
        #expect(throws: AppError.self) {
            try SignedContext(kind: .identity, handler: name, expiry: Timestamp(seconds: 0), invocation: InvocationID(.zero))
        }
    }

    @Test func `the kind and the tenant belong together`() {
        func make(_ kind: SignedContext.Kind, _ tenant: TenantID?) throws {
            _ = try SignedContext(kind: kind, tenant: tenant, handler: "a", expiry: Timestamp(seconds: 0), invocation: InvocationID(.zero))
        }
        #expect(throws: AppError.self) { try make(.tenant, nil) }
        #expect(throws: AppError.self) { try make(.tenant, TenantID(.zero)) }
        #expect(throws: AppError.self) { try make(.identity, TenantID(UUID(high: 1, low: 1))) }
        #expect(throws: Never.self) { try make(.system, nil) }
        #expect(throws: Never.self) { try make(.operator, nil) }
        #expect(throws: Never.self) { try make(.operator, TenantID(UUID(high: 1, low: 1))) }
        #expect(throws: AppError.self) { try make(.operator, TenantID(.zero)) }
    }

    @Test func `a renewal changes the end alone`() throws {
        let renewed = try context.renewed(until: context.expiry + .seconds(30))
        #expect(renewed != context)
        #expect(try renewed.renewed(until: context.expiry) == context)
    }

    @Test func `short secrets are refused, and none is ever printed`() {
        #expect(throws: AppError.self) { try SigningKey(id: 1, secret: [UInt8](repeating: 0, count: 31)) }
        #expect("\(key)" == "SigningKey(7)")
    }
}
