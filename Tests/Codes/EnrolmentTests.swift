import CPNG
import Codes
import Kernel
import Testing
import Tokens

@Suite struct EnrolmentTests {
    private static let secret = Array("12345678901234567890".utf8)

    @Test(
        "auth-04: issuer and account are percent-encoded, so that no character of theirs ends a part",
        arguments: [
            ("Tenantry", "ada@example.com", "Tenantry", "ada%40example.com"),
            ("A: B & C #1?", "a+b@x.y", "A%3A%20B%20%26%20C%20%231%3F", "a%2Bb%40x.y"),
            ("Zürich 😀/%", "ä@ö.example", "Z%C3%BCrich%20%F0%9F%98%80%2F%25", "%C3%A4%40%C3%B6.example"),
            ("a=b&secret=AAAA", "x@y.z?period=1", "a%3Db%26secret%3DAAAA", "x%40y.z%3Fperiod%3D1"),
        ])
    func uri(issuer: String, account: String, encodedIssuer: String, encodedAccount: String) {
        #expect(
            EnrolmentURI(secret: Self.secret, issuer: issuer, account: account).description
                == "otpauth://totp/\(encodedIssuer):\(encodedAccount)?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=\(encodedIssuer)"
                + "&algorithm=SHA1&digits=6&period=30")
    }

    @Test("a QR code reads back as its text, every block's check symbols fit", arguments: [1, 20, 60, 130, 200, 300])
    func matrix(length: Int) throws {
        let text = String("otpauth://totp/Zürich:ada%40example.com?secret=".prefix(length)) + String(repeating: "x", count: max(0, length - 47))
        #expect(try QRReader(try QRCode(text)).text() == text)
    }

    @Test("a module that is wrong shows in the check symbols: the test's own reader can fail") func damaged() throws {
        let reader = QRReader(try QRCode("otpauth://totp/x"))
        #expect(throws: AppError.self) { try reader.flipping(row: 12, column: 12).text() }
    }

    @Test("the PNG, read by libpng, shows the code with its quiet zone", arguments: [1, 6])
    func png(scale: Int) throws {
        let code = try QRCode(EnrolmentURI(secret: Self.secret, issuer: "Zürich & Co", account: "ada@example.com").description)
        let image = try Self.readPNG(try code.png(scale: scale))
        let side = (code.width + 8) * scale
        #expect(image.side == side)
        for y in 0..<side {
            for x in 0..<side {
                let isDark = code.isDark(row: y / scale - 4, column: x / scale - 4)
                guard image.pixels[y * side + x] == (isDark ? 0 : 255) else {
                    Issue.record("pixel \(x), \(y) is \(image.pixels[y * side + x])")
                    return
                }
            }
        }
    }

    @Test("the SVG's rectangles are the code's dark modules, each once") func svg() throws {
        let code = try QRCode("otpauth://totp/x?secret=ABC")
        let svg = code.svg
        #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(code.width + 8) \(code.width + 8)\""))
        let path = try #require(svg.split(separator: "d=\"").last?.split(separator: "\"").first)
        var drawn: Set<[Int]> = []
        for part in path.split(separator: "z") {
            let numbers = part.split { !$0.isNumber }.compactMap { Int($0) }
            try #require(numbers.count == 5 && numbers[2] == numbers[4] && numbers[3] == 1, "\(part)")
            for column in numbers[0]..<numbers[0] + numbers[2] { #expect(drawn.insert([numbers[1] - 4, column - 4]).inserted) }
        }
        let dark = (0..<code.width).flatMap { row in (0..<code.width).filter { code.isDark(row: row, column: $0) }.map { [row, $0] } }
        #expect(drawn == Set(dark))
    }

    @Test("a text too long for level M takes level L; one too long for any is refused") func long() throws {
        #expect(try QRCode(String(repeating: "x", count: 2900)).width == 177)
        #expect(throws: AppError.self) { try QRCode(String(repeating: "x", count: 2954)) }
    }

    @Test("asvs-14: ten different recovery codes of 125 bits, stored as hashes, read however they are typed") func recoveryCodes() throws {
        let codes = RecoveryCode.makeSet()
        #expect(codes.count == 10 && Set(codes.map(\.description)).count == 10 && Set(codes.map { $0.hash.hex }).count == 10)
        for code in codes {
            #expect(code.description.count == 29)
            #expect(!code.hash.hex.contains(code.description))
            let typed = [
                code.description, code.description.lowercased(), code.description.replacing("-", with: " "),
                code.description.replacing("O", with: "0").replacing("I", with: "1").replacing("B", with: "8"),
            ]
            for text in typed { #expect(RecoveryCode(text)?.hash == code.hash, "\(text)") }
        }
        let digits = (0..<400).flatMap { _ in RecoveryCode().description.filter { $0 != "-" } }
        #expect(Set(digits).count == 32)
    }

    @Test(
        "what is no recovery code is none",
        arguments: ["", "ABCDE", "ABCDE-ABCDE-ABCDE-ABCDE-ABCDE-A", "ABCDE-ABCDE-ABCDE-ABCDE-ABCD9", "ÄBCDE-ABCDE-ABCDE-ABCDE-ABCDE"])
    func noRecoveryCode(_ text: String) { #expect(RecoveryCode(text) == nil) }

    private static func readPNG(_ bytes: [UInt8]) throws -> (side: Int, pixels: [UInt8]) {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        try #require(png_image_begin_read_from_memory(&image, bytes, bytes.count) == 1)
        try #require(image.width == image.height)
        image.format = UInt32(TENANTRY_PNG_GRAY)
        var pixels = [UInt8](repeating: 1, count: Int(image.width * image.height))
        try #require(png_image_finish_read(&image, nil, &pixels, 0, nil) == 1)
        return (Int(image.width), pixels)
    }
}
