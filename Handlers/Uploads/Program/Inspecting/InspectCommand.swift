import HandlerKit
import TableFiles
import Tabular

/// `tenantry inspect FILE`: what a file holds, on standard output.
enum InspectCommand {
    static let command = ProgramCommand("inspect") { call in
        let options = try InspectOptions(call.arguments)
        var inspection = Inspection(overrides: options.overrides, rows: options.rows, form: options.isJSON ? .json : .text)
        do throws(AppError) {
            if let size = call.size {
                let choice = TableFileReader.Choice(name: call.fileName)
                let answer = try TableFileInspection.run(
                    size: size, choice: choice, read: { (range) throws(AppError) in try call.bytes(of: range) },
                    text: { (piece) throws(AppError) in try call.write(try inspection.feed(piece)) })
                if let answer { try call.write(answer) } else { try call.write(try inspection.finish()) }
            } else {
                try call.forEachPiece { piece throws(AppError) in try call.write(try inspection.feed(piece)) }
                try call.write(try inspection.finish())
            }
        } catch {
            guard options.isJSON, error.code != .cancelled, !inspection.hasBegun else { throw error }
            try call.write(TableFileInspection.failure(error))
        }
    }
}

/// The words behind the file's name.
struct InspectOptions {
    var isJSON = false
    var rows: Int?
    var overrides = ShapeOverrides()

    init(_ arguments: [String]) throws(AppError) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "--json" {
                isJSON = true
                continue
            }
            guard Self.known.contains(word) else {
                throw AppError.invalid(word, "is not known; expected --json or one of \(Self.known.joined(separator: ", "))")
            }
            guard let value = rest.popFirst() else { throw AppError.invalid(word, "expected a value behind it") }
            switch word {
            case "--encoding": overrides.encoding = value
            case "--delimiter": overrides.delimiter = value
            case "--quote": overrides.quote = value
            case "--escape": overrides.escape = value
            case "--skip-rows": overrides.skipRows = try Self.number(word, value)
            case "--header-rows": overrides.headerRows = try Self.number(word, value)
            case "--table": overrides.table = try Self.number(word, value)
            default: rows = try Self.number(word, value)
            }
        }
    }

    private static let known = ["--rows", "--encoding", "--delimiter", "--quote", "--escape", "--skip-rows", "--header-rows", "--table"]

    private static func number(_ word: String, _ value: String) throws(AppError) -> Int {
        guard let number = Int(value), number >= 0 else { throw AppError.invalid(word, "expected a whole number of at least 0") }
        return number
    }
}
