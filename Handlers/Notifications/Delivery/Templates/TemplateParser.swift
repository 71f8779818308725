import Kernel

/// Reads a template's source from front to back.
struct TemplateParser {
    private let source: String
    private let field: String
    private var position: String.Index
    private var line = 1

    init(_ source: String, field: String) {
        (self.source, self.field) = (source, field)
        position = source.startIndex
    }

    private struct Tag {
        var mark: Character?
        var name: String
        var line: Int
    }

    mutating func parse() throws(AppError) -> [MessageTemplate.Part] { try section(nil, depth: 0) }

    private mutating func section(_ open: Tag?, depth: Int) throws(AppError) -> [MessageTemplate.Part] {
        guard depth <= MessageTemplate.depth else { throw refused(line, "expected sections at most \(MessageTemplate.depth) deep") }
        var parts: [MessageTemplate.Part] = []
        while true {
            guard let start = source[position...].firstRange(of: "{{")?.lowerBound else {
                if let open { throw refused(open.line, "expected {{/\(open.name)}} behind {{\(open.mark ?? "#")\(open.name)}}") }
                append(source[position...], &parts)
                return parts
            }
            var text = source[position..<start]
            advance(to: start)
            let tag = try tag()
            if let mark = tag.mark, "#^/!".contains(mark) { standAlone(&text, from: start) }
            append(text, &parts)
            switch tag.mark {
            case nil, "&", "{": parts.append(.value(try path(tag)))
            case "!": break
            case "#", "^": parts.append(.section(try path(tag), isInverted: tag.mark == "^", try section(tag, depth: depth + 1)))
            case "/":
                guard let open, open.name == tag.name else {
                    throw refused(tag.line, open.map { "expected {{/\($0.name)}}, found {{/\(tag.name)}}" } ?? "{{/\(tag.name)}} closes nothing")
                }
                return parts
            default: throw refused(tag.line, "{{\(tag.mark ?? " ")…}} is not known here: partials and other delimiters are not read")
            }
        }
    }

    /// From the braces in front to those behind.
    private mutating func tag() throws(AppError) -> Tag {
        let start = line
        let inside = source.index(position, offsetBy: 2)
        let isTriple = source[inside...].first == "{"
        let body = source[(isTriple ? source.index(after: inside) : inside)...]
        guard let end = body.firstRange(of: isTriple ? "}}}" : "}}") else { throw refused(start, "expected }} behind {{") }
        let content = body[..<end.lowerBound]
        advance(to: end.upperBound)
        if isTriple { return Tag(mark: "{", name: Self.trimmed(content), line: start) }
        if let mark = content.first, "#^/!&>=<$".contains(mark) { return Tag(mark: mark, name: Self.trimmed(content.dropFirst()), line: start) }
        return Tag(mark: nil, name: Self.trimmed(content), line: start)
    }

    /// A section's tag or a comment alone on its line takes the line with it (specification, "Standalone lines").
    private mutating func standAlone(_ before: inout Substring, from start: String.Index) {
        let blanks = before.reversed().prefix { $0 == " " || $0 == "\t" }.count
        let lead = before.dropLast(blanks)
        guard lead.last?.isNewline == true || lead.isEmpty && isLineStart(before.startIndex) else { return }
        var end = position
        while end < source.endIndex, source[end] == " " || source[end] == "\t" { end = source.index(after: end) }
        guard end == source.endIndex || source[end].isNewline else { return }
        before = lead
        advance(to: end == source.endIndex ? end : source.index(after: end))
    }

    private func isLineStart(_ index: String.Index) -> Bool {
        index == source.startIndex || source[source.index(before: index)].isNewline
    }

    private func path(_ tag: Tag) throws(AppError) -> [String] {
        if tag.name == "." { return [] }
        let names = tag.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard
            names.allSatisfy({
                !$0.isEmpty && $0.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789_-".unicodeScalars.contains($0) }
            })
        else { throw refused(tag.line, "expected a name such as title or data.value between {{ and }}") }
        return names
    }

    private mutating func advance(to end: String.Index) {
        line += source[position..<end].count(where: \.isNewline)
        position = end
    }

    private func append(_ text: Substring, _ parts: inout [MessageTemplate.Part]) {
        if !text.isEmpty { parts.append(.text(String(text))) }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private func refused(_ line: Int, _ issue: String) -> AppError { AppError.invalid(field, "line \(line): \(issue)") }
}
