/// Reads `xl/styles.xml`: what each cell style makes of a number.
final class StylesHandler: XMLHandler {
    /// Beyond this a file is broken; Excel stops at 65,490.
    private static let mostStyles = 100_000
    private var custom: [Int: NumberFormat] = [:]
    private var isInCells = false
    /// By the index that cells name.
    private(set) var formats: [NumberFormat] = []

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name {
        case "numFmt":
            guard let id = attributes.integer("numFmtId"), let code = attributes.text("formatCode"), custom.count < Self.mostStyles else { return }
            custom[id] = NumberFormat(code: code)
        case "cellXfs": isInCells = true
        case "xf":
            guard isInCells, formats.count < Self.mostStyles else { return }
            let id = attributes.integer("numFmtId") ?? 0
            formats.append(custom[id] ?? NumberFormat(builtIn: id))
        default: break
        }
    }

    override func end(_ name: XMLName) { if name == "cellXfs" { isInCells = false } }
}
