/// What others chose, such as a person's or a tenant's name, made fit to stand in a mail that bears our name.
///
/// Whoever registers with a stranger's address chooses the name that the stranger reads, so it must hold neither a link nor a second line.
enum CleanText {
    private static let most = 64

    /// On one line, at most 64 characters, nothing that a mail program would turn into a link.
    static func name(_ text: String) -> String {
        var result = ""
        var previous: Character = " "
        for character in line(text) {
            var next = character
            // A dot between two characters could be a host's name; in front of a blank it is an abbreviation.
            if previous == ".", next != " " { result.append(" ") }
            if [":", "/", "\\", "@"].contains(next) { next = " " }
            if next == " ", previous == " " { continue }
            result.append(next)
            previous = next
        }
        while result.last == " " { result.removeLast() }
        return result.count > most ? "\(result.prefix(most - 1))…" : result
    }

    /// On one line without control characters, at most that many characters.
    static func line(_ text: String, most: Int = 200) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\t" || scalar == "\n" || scalar == "\r" { scalars.append(" ") } else if !isControl(scalar) { scalars.append(scalar) }
        }
        return String(String(scalars).prefix(most))
    }

    /// Controls, and what turns the direction of text or hides in it.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: true
        default: false
        }
    }
}
