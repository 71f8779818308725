import Kernel
import Testing

@testable import Tenants

@Suite struct RoleTests {
    @Test(
        "a prefix is a plain short identifier",
        arguments: [
            ("tenantry", true), ("a", true), ("a_1", true), ("", false), ("A", false), ("1a", false), ("a-b", false), ("a b", false), ("_a", false),
            ("é", false), ("a;drop", false), (String(repeating: "a", count: 29), false),
        ])
    func prefix(text: String, isValid: Bool) {
        #expect((RolePrefix(text) != nil) == isValid)
    }

    @Test("the prefix is filled in everywhere")
    func fill() {
        #expect(RolePrefix.standard.fill("{prefix}_a, {prefix}{prefix}_b {x}") == "tenantry_a, tenantrytenantry_b {x}")
        #expect(RolePrefix.standard.handler("auth") == "tenantry_h_auth")
    }

    @Test("a SCRAM verifier is the one of RFC 7677's example")
    func scram() throws {
        // User "user", password "pencil", salt W22ZaJ0SNY7soEsUEjb6gQ==, 4096 rounds (RFC 7677 section 3), keys computed from its exchange.
        let salt: [UInt8] = [0x5B, 0x6D, 0x99, 0x68, 0x9D, 0x12, 0x35, 0x8E, 0xEC, 0xA0, 0x4B, 0x14, 0x12, 0x36, 0xFA, 0x81]
        let verifier = SCRAMVerifier(password: "pencil", salt: salt).description
        #expect(
            verifier
                == "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        )
    }

    @Test("credentials are never printed")
    func secret() {
        var credentials = Credentials()
        let password = credentials.password(of: "tenantry_host")
        #expect(password.utf8.count == 32 && credentials.password(of: "tenantry_host") == password)
        #expect(!"\(credentials)".contains(password) && !String(reflecting: credentials).contains(password))
    }
}
