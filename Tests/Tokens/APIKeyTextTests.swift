import Testing
import Tokens

@Suite("API keys' texts") struct APIKeyTextTests {
    @Test("asvs-17: two are never alike, in no part that is random, and no place of the secret prefers a digit") func random() {
        let keys = (0..<1000).map { _ in APIKeyText() }
        #expect(Set(keys.map(\.text)).count == 1000)
        let secrets = keys.map { $0.text.dropFirst(13) }
        #expect(Set(secrets).count == 1000)
        #expect(Set(keys.map(\.prefix)).count > 990)
        // 64 digits, 1000 times: about 15.6 of each at each place; 60 would be eleven standard deviations more. The last place holds four bits only.
        for place in 0..<42 {
            let counts = Dictionary(grouping: secrets.map { Array($0)[place] }) { $0 }.mapValues(\.count)
            #expect(counts.count > 55 && counts.values.max() ?? 0 < 60, "place \(place)")
        }
    }

    @Test("auth-05: a key is known by its form, is hashed as a whole, and does not show itself") func form() {
        let key = APIKeyText()
        #expect(APIKeyText.hasForm(key.text))
        #expect(key.text.utf8.count == 56 && key.text.hasPrefix("tnk_\(key.prefix)_"))
        #expect(key.hash == SHA256.hash(key.text).bytes)
        #expect(!"\(key)".contains(key.text.suffix(43)))
        let secret = key.text.suffix(43)
        let rest = key.text.dropFirst(4)
        let wrong: [String] = [
            "", "tnk_", "\(key.text.dropLast())", "\(key.text)A", "TNK_\(rest)", "tnk-\(rest)", "tnk_ABCDEFGH_\(secret)",
            "tnk_abcdefgh-\(secret)", "tnk_abcdefgh_\(String(repeating: "!", count: 43))", "tnk_abcdefgh_\(String(repeating: "=", count: 43))",
            String(repeating: "a", count: 56), "eyJ.\(rest)",
        ]
        for text in wrong {
            #expect(!APIKeyText.hasForm(text), "\(text)")
        }
    }
}
