import Kernel

/// Reads a query character by character.
struct JSONPathParser {
    private let characters: [Character]
    private let field: String
    private var place = 0

    init(_ text: String, field: String) {
        characters = Array(text)
        self.field = field
    }

    mutating func parse() throws(AppError) -> [JSONPath.Segment] {
        guard take("$") else { throw fault("expected $ at the beginning") }
        var segments: [JSONPath.Segment] = []
        while place < characters.count {
            guard segments.count < 32 else { throw fault("expected at most 32 steps") }
            segments.append(try segment())
        }
        return segments
    }

    private mutating func segment() throws(AppError) -> JSONPath.Segment {
        if take("[") { return .init(descends: false, selectors: try bracket()) }
        guard take(".") else { throw fault("expected . or [") }
        let descends = take(".")
        if descends, take("[") { return .init(descends: true, selectors: try bracket()) }
        if take("*") { return .init(descends: descends, selectors: [.all]) }
        return .init(descends: descends, selectors: [.name(try shortName())])
    }

    /// RFC 9535 section 2.5.1.1: a name without quotes begins with no digit.
    private mutating func shortName() throws(AppError) -> String {
        var name = ""
        while place < characters.count, let scalar = characters[place].unicodeScalars.first,
            scalar == "_" || !scalar.isASCII || (scalar.value | 0x20 >= 97 && scalar.value | 0x20 <= 122)
                || (!name.isEmpty && (48...57).contains(scalar.value))
        {
            name.append(characters[place])
            place += 1
        }
        guard !name.isEmpty else { throw fault("expected a name, *, or a name with other characters as ['…']") }
        return name
    }

    private mutating func bracket() throws(AppError) -> [JSONPath.Selector] {
        var selectors: [JSONPath.Selector] = []
        repeat {
            guard selectors.count < 100 else { throw fault("expected at most 100 selectors") }
            skipBlanks()
            selectors.append(try selector())
            skipBlanks()
        } while take(",")
        guard take("]") else { throw fault("expected , or ]") }
        return selectors
    }

    private mutating func selector() throws(AppError) -> JSONPath.Selector {
        if take("*") { return .all }
        if take("?") { throw fault("filters are not supported; expected a name, a number, a slice or *") }
        if place < characters.count, characters[place] == "'" || characters[place] == "\"" { return .name(try quoted()) }
        let start = try integer()
        skipBlanks()
        guard take(":") else {
            guard let start else { throw fault("expected a name between quotes, a number, a slice or *") }
            return .index(start)
        }
        skipBlanks()
        let end = try integer()
        skipBlanks()
        var step: Int?
        if take(":") {
            skipBlanks()
            step = try integer()
        }
        return .slice(start, end, step ?? 1)
    }

    private mutating func integer() throws(AppError) -> Int? {
        let begin = place
        let isNegative = take("-")
        var digits = ""
        while place < characters.count, let value = characters[place].wholeNumberValue, characters[place].isASCII {
            digits += String(value)
            place += 1
        }
        guard !digits.isEmpty else {
            place = begin
            guard !isNegative else { throw fault("expected digits behind -") }
            return nil
        }
        guard digits.count <= 15, digits == "0" || digits.first != "0", !(isNegative && digits == "0"), let number = Int(digits) else {
            throw fault("expected a number of at most 15 digits without zeros in front")
        }
        return isNegative ? -number : number
    }

    private mutating func quoted() throws(AppError) -> String {
        let quote = characters[place]
        place += 1
        var name = ""
        while place < characters.count, characters[place] != quote {
            if characters[place] == "\\" {
                place += 1
                guard place < characters.count else { break }
                switch characters[place] {
                case "n": name.append("\n")
                case "t": name.append("\t")
                case "r": name.append("\r")
                case "b": name.append("\u{8}")
                case "f": name.append("\u{C}")
                case "\\", "/", "'", "\"": name.append(characters[place])
                case "u":
                    guard place + 4 < characters.count, let code = UInt32(String(characters[place + 1...place + 4]), radix: 16),
                        let scalar = Unicode.Scalar(code)
                    else { throw fault("expected four hexadecimal digits of one character") }
                    name.unicodeScalars.append(scalar)
                    place += 4
                default: throw fault("expected an escape such as \\n or \\'")
                }
            } else {
                name.append(characters[place])
            }
            place += 1
        }
        guard place < characters.count else { throw fault("expected \(quote) behind the name") }
        place += 1
        return name
    }

    private mutating func skipBlanks() {
        while place < characters.count, [" ", "\t", "\n", "\r"].contains(characters[place]) { place += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard place < characters.count, characters[place] == character else { return false }
        place += 1
        return true
    }

    private func fault(_ expected: String) -> AppError { AppError.invalid(field, "at character \(place + 1): \(expected)") }
}
