import AuditTrail
import Kernel
import Testing
import Tokens

@Suite("Cursors") struct PageCursorTests {
    private let cursor = PageCursor(time: Timestamp(microseconds: 1_770_000_000_123_456), id: UUID(high: 1, low: 2))

    @Test("auth-15: a cursor is read by whom it was made for, also after the key was rotated") func read() throws {
        let text = cursor.text(for: ["a", "b"], of: Trail.tenant, keys: try Trail.keys(1))
        #expect(try PageCursor(text, for: ["a", "b"], of: Trail.tenant, keys: try Trail.keys(2, 1)) == cursor)
    }

    @Test("auth-15, asvs-25: a cursor of another tenant, question or key is refused, and so is every changed character") func refused() throws {
        let keys = try Trail.keys(1)
        let text = cursor.text(for: ["a", "b"], of: Trail.tenant, keys: keys)
        func isRefused(_ text: String, _ keys: SecretRing, _ question: [String] = ["a", "b"], of tenant: TenantID = Trail.tenant) -> Bool {
            do {
                _ = try PageCursor(text, for: question, of: tenant, keys: keys)
                return false
            } catch { return error.code == .validation && error.issues.first?.field == "cursor" }
        }
        #expect(isRefused(text, keys, of: TenantID(UUID(high: 9, low: 9))))
        #expect(isRefused(text, keys, ["a"]))
        #expect(isRefused(text, keys, ["ab", ""]))
        #expect(isRefused(text, keys) == false)
        #expect(isRefused(text, try Trail.keys(3)))
        for index in text.indices {
            var changed = text
            changed.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(isRefused(changed, keys))
        }
        for other in ["", "x", String(text.dropLast()), text + "A", text + "=", "a b", "é", String(repeating: "A", count: 100_000)] {
            #expect(isRefused(other, keys), "\(other.prefix(20))")
        }
    }
}
