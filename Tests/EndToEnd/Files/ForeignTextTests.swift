import Kernel
import TestSupport
import Testing
import Tokens

extension EndToEnd.Files {
    /// Texts that only tables of the C library read, some of them from files that a handler behind its walls has to reach.
    @Suite("Files in other encodings", .testDatabase) struct ForeignText {
        private struct Case {
            let encoding: String
            let bytes: String
            let first: String
        }

        /// A header, a name, a date and a number each, as programs of the country write them (Base64).
        private static let cases = [
            Case(
                encoding: "cp949",
                bytes:
                    "vcOxurG4LLOvwqUswM6xuAq8rb/vxq+6sL3DLDIwMjYtMDEtMDEsMTIwMAq6zrvqsaS/qr3DLDIwMjYtMDEtMDIsMzQwCrTrsbixpL+qvcMsMjAyNi0wMS0wMywyNTAK",
                first: "서울특별시"),
            Case(
                encoding: "shift_jis",
                bytes:
                    "jnOL5pKskbosk/qVdCyQbIz7Co5ElnmOc4LMgtyCvywyMDI2LTAxLTAxLDEyMDAKiaGVbI5zLDIwMjYtMDEtMDIsMzQwCpa8jMOJro5zLDIwMjYtMDEtMDMsMjUwCg",
                first: "札幌市のまち"),
            Case(
                encoding: "euc-jp",
                bytes:
                    "u9S26MSuwrwsxvzJ1Sy/zbj9Cruly9q71KTOpN6kwSwyMDI2LTAxLTAxLDEyMDAKsqPJzbvULDIwMjYtMDEtMDIsMzQwCsy+uMWysLvULDIwMjYtMDEtMDMsMjUwCg",
                first: "札幌市のまち"),
            Case(
                encoding: "gb18030",
                bytes: "tdjH+CzI1cbaLMjLv9oKsbG+qcrQtquzx8f4LDIwMjYtMDEtMDEsMTIwMArJz7qjytAsMjAyNi0wMS0wMiwzNDAK1tjH7MrQLDIwMjYtMDEtMDMsMjUwCg",
                first: "北京市东城区"),
            Case(
                encoding: "big5hkscs",
                bytes: "pmGwzyyk6bTBLKRIpGYKu0+lX6Wrq0i4cbDPLDIwMjYtMDEtMDEsMTIwMAqwqravpassMjAyNi0wMS0wMiwzNDAKu0+kpKWrLDIwMjYtMDEtMDMsMjUwCg",
                first: "臺北市信義區"),
            Case(
                encoding: "cp1251",
                bytes:
                    "0OXj6O7tLMTg8uAszeDx5evl7ejlCszu8eru4vHq4P8g7uHr4PHy/CwyMDI2LTAxLTAxLDEyMDAK0uLl8PHq4P8g7uHr4PHy/CwyMDI2LTAxLTAyLDM0MArP8eru4vHq4P8g7uHr4PHy/CwyMDI2LTAxLTAzLDI1MAo",
                first: "Московская область"),
            Case(
                encoding: "cp1250",
                bytes:
                    "V29qZXfzZHp0d28sRGF0YSxMdWRub5zmCqPzZHpraWUgaSCcd2nqdG9rcnp5c2tpZSwyMDI2LTAxLTAxLDEyMDAKjGy5c2tpZSwyMDI2LTAxLTAyLDM0MApNYbNvcG9sc2tpZSwyMDI2LTAxLTAzLDI1MAo",
                first: "Łódzkie i świętokrzyskie"),
        ]

        @Test("a file in the encoding of its country is read by the handler as it is meant") func encodings() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                for each in Self.cases {
                    let bytes = try #require(Base64.standard.decode(each.bytes))
                    let answer = try await world.upload(bytes, name: "\(each.encoding).csv")
                    #expect(answer.status == 202, "\(each.encoding): \(answer.text)")
                    let id = try #require(try answer.json["id"]?.string)
                    let file = try await world.settled("/files/\(id)")
                    #expect(file["status"] == "completed", "\(each.encoding): \(file)")
                    let raw = try await world.get("/files/\(id)/preview?raw=true")
                    #expect(raw["detected"]?["encoding"]?.string == each.encoding, "\(raw["detected"] ?? .null)")
                    #expect(raw["rows"]?[0]?[0]?.string == each.first, "\(each.encoding): \(raw["rows"] ?? .null)")
                    #expect(raw["row_count"] == 3)
                }
            }
        }
    }
}
