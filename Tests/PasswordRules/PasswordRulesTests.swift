import Testing

@testable import PasswordRules

@Suite("Password rules") struct PasswordRulesTests {
    private static let words = OwnWords.of(email: "jane.doe@example.com") + OwnWords.of(name: "Jane Doe") + OwnWords.of(name: "Müller & Söhne GmbH")

    private func issue(_ password: String, alone: Bool = true) -> String? {
        PasswordRules.issue(with: password, isOnlyFactor: alone, words: Self.words)
    }

    @Test("asvs-01: 15 code points where the password is the only factor, 8 beside another, 64 and 128 are fine, 1,000 are too many")
    func lengths() {
        func text(_ length: Int) -> String {
            String((0..<length).map { "xkq7vbn2mz"["xkq7vbn2mz".index("xkq7vbn2mz".startIndex, offsetBy: $0 % 10)] })
        }
        for (length, alone, beside) in [
            (7, false, false), (8, false, true), (14, false, true), (15, true, true), (64, true, true), (128, true, true), (512, true, true),
            (513, false, false), (1000, false, false),
        ] {
            #expect((issue(text(length)) == nil) == alone, "\(length)")
            #expect((issue(text(length), alone: false) == nil) == beside, "\(length) beside a factor")
        }
        // One code point each, whatever bytes and letters they make.
        #expect(issue(String(repeating: "e\u{301}", count: 7)) != nil)
        #expect(issue(String(repeating: "e\u{301}", count: 8)) == nil)
        #expect(issue(String(repeating: "🙂", count: 512)) == nil)
        #expect(issue(String(repeating: "🙂", count: 513)) != nil)
    }

    @Test(
        "asvs-02: no rule of composition",
        arguments: [
            "correct horse battery staple", "                    a", "     spaces and letters", "🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃", "83920174650192837465",
            "abcdefghijklmnopqrst",
            "ONLY UPPER CASE HERE", "\u{0}inside\u{0}and more of it", "пароль из одних букв",
        ])
    func composition(password: String) { #expect(issue(password) == nil) }

    @Test(
        "asvs-04: common passwords are refused in any case",
        arguments: [
            "password", "12345678", "Password1", "iloveyou", "princess", "SUNSHINE", "football", "qwertyuiop", "trustno1", "baseball", "superman",
            "1q2w3e4r",
        ])
    func common(password: String) {
        #expect(issue(password, alone: false)?.contains("common") == true)
    }

    @Test(
        "asvs-04: common passwords that are long enough alone are refused, and so are short ones written several times",
        arguments: ["1qaz2wsx3edc4rfv", "QWERTYUIOP12345", "passwordpassword", "monkeymonkeymonkey", "iloveyouiloveyou"])
    func longCommon(password: String) {
        #expect(issue(password)?.contains("common") == true)
    }

    @Test("every line of the list is found, and what stands beside a line is not")
    func search() {
        let lines = "\(CommonPasswords.words)".split { $0 == " " || $0 == "\n" }.map(String.init)
        #expect(lines.count > 13_000 && lines.count(where: { $0.unicodeScalars.count >= 8 }) == lines.count)
        #expect(lines.count { $0.unicodeScalars.count < 15 } > 3000)
        for line in lines {
            #expect(PasswordRules.isCommon(line))
            #expect(line == line.lowercased())
        }
        for line in lines.enumerated().filter({ $0.offset % 500 == 0 }).map(\.element) {
            #expect(!PasswordRules.isCommon(line + "\u{1}"))
            #expect(!PasswordRules.isCommon(String(line.dropFirst()) + "\u{7f}"))
        }
        for text in ["", " ", "\n", "!", "~~~~~~~~~~~", lines[0] + "\n" + lines[1], lines[0] + " " + lines[1], " " + lines[2]] {
            #expect(!PasswordRules.isCommon(text))
        }
    }

    @Test(
        "asvs-05: own words are refused: address, name, tenant, product, alone and together",
        arguments: [
            "jane.doe.jane.doe", "Jane Doe 2026 2026", "tenantrytenantry", "Tenantry-Tenantry-1", "müllersöhnegmbh!", "MüllerTenantryJane",
            "janedoejanedoe1",
        ])
    func own(password: String) { #expect(issue(password)?.contains("own names") == true) }

    @Test(
        "own words inside a longer password are no fault",
        arguments: ["jane rides a green bicycle", "the müller of the seven mills", "tenantry has a strange name", "janitor does extra dough"])
    func beside(password: String) { #expect(issue(password) == nil) }
}
