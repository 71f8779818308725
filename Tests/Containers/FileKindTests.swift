import Containers
import Testing

@Suite struct FileKindTests {
    private static func kind(_ text: String, _ name: String? = nil) -> FileKind { FileKind(head: Array(text.utf8), name: name) }

    @Test(
        arguments: [
            ("a,b\n1,2\n", nil, FileKind.text), ("", nil, .text), ("[1],b\n", nil, .text), ("{a},b\n", nil, .text), ("a;b", "a.json", .json),
            ("[{\"a\": 1}]", nil, .json), ("\u{FEFF} {\n \"a\" : 1}", nil, .json), ("[[1,2]]", nil, .json), ("{}", nil, .json),
            ("{\"a\" x", nil, .text), ("[{\"a\": 1}]", "a.csv", .text), ("5", "DATA.JSON", .json), ("5", "data.ndjson.gz", .json),
            ("%PDF-1.7", "a.csv", .foreign("a PDF document")), ("{\\rtf1", nil, .foreign("an RTF document")),
            ("<?xml version='1.0'?><a/>", nil, .foreign("an XML document")),
            ("\r\n<HTML><table>", "a.xls", .foreign("an HTML page; save the table as XLSX or CSV")),
            ("PK\u{3}\u{4}…", "a.csv", .zip), ("PK\u{5}\u{6}…", nil, .zip), ("name,PK\u{3}\u{4}", nil, .text),
        ] as [(String, String?, FileKind)])
    func textsAndMagic(text: String, name: String?, kind: FileKind) { #expect(Self.kind(text, name) == kind) }

    @Test func packedAndCompound() {
        #expect(FileKind(head: [0x1F, 0x8B, 0x08, 0]) == .gzip)
        #expect(FileKind(head: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) == .compound)
        #expect(FileKind(head: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], name: "a.csv") == .foreign("a PNG image"))
        #expect(
            FileKind(head: [UInt8](repeating: 0, count: 257) + Array("ustar\0".utf8)) == .foreign("an archive of tar; zip and gzip are unpacked here")
        )
    }

    @Test func textOfTwoBytesACharacterIsNotBinary() {
        let russian = "год;сумма\n2024;5\n2025;6\nитого;11\n"
        for order in [0, 1] {
            let bytes = russian.utf16.flatMap { order == 0 ? [UInt8($0 & 255), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 255)] }
            #expect(FileKind(head: bytes) == .text)
        }
        #expect(FileKind(head: (0..<1000).map { UInt8(truncatingIfNeeded: ($0 &* 7) >> 3) }) == .foreign("binary data"))
        let oneNUL = [0] + (0..<300).map { UInt8(truncatingIfNeeded: ($0 &* 151) | 1) }
        #expect(FileKind(head: oneNUL) == .foreign("binary data"), "one NUL is no encoding")
    }
}
