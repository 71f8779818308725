import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("tenantry inspect") struct InspectCommands {
        private func inspect(_ bytes: [UInt8], _ options: String...) async throws -> (status: Int32, printed: String) {
            let path = "/tmp/tenantry-inspect-\(UInt64.random(in: .min ... .max)).csv"
            try File.write(bytes, to: path)
            let arguments = ["inspect", path] + options
            let result = try await Blocking.run {
                try ChildProgram("tenantry", arguments, environment: ["TENANTRY_HANDLERS": "\(Environment.package)/Handlers"]).finish()
            }
            try File.remove(path)
            return result
        }

        @Test("a file with a title, semicolons and cp1252 is told with its rows") func semicolons() async throws {
            let file = Array("Umsatz Mai\r\n\r\nOrt;Betrag\r\nK".utf8) + [0xF6] + Array("ln;1.234,50\r\nBern;7,25\r\n".utf8)
            let result = try await inspect(file, "--json")
            #expect(result.status == 0, "\(result.printed)")
            let answer = try JSON.read(Array(result.printed.utf8))
            #expect(answer["ok"] == true)
            #expect(answer["header"] == ["Ort", "Betrag"])
            #expect(answer["rows"] == [["Köln", "1.234,50"], ["Bern", "7,25"]])
            #expect(answer["detected"]?["encoding"] == "cp1252")
            #expect(answer["detected"]?["delimiter"] == ";")
            #expect(answer["detected"]?["skip_rows"] == 2)
            #expect(answer["row_count"] == 2)
        }

        @Test("what is given is not guessed, and a word that is unknown is named") func options() async throws {
            let given = try await inspect(Array("a:b\n1:2\n".utf8), "--json", "--delimiter", ":", "--header-rows", "0")
            #expect(try JSON.read(Array(given.printed.utf8))["rows"] == [["a", "b"], ["1", "2"]])
            let unknown = try await inspect(Array("a\n".utf8), "--colour", "red")
            #expect(unknown.status == 65)
            #expect(unknown.printed.contains("--colour"))
        }

        @Test("a file that is no text is refused in the same form") func binary() async throws {
            let bytes = (0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 7 % 9) }
            let result = try await inspect(bytes, "--json")
            let answer = try JSON.read(Array(result.printed.utf8))
            #expect(answer["ok"] == false)
            #expect(answer["error"]?["message"]?.string?.contains("binary data") == true, "\(result.printed)")
        }
    }
}
