/// A sheet of a workbook.
public struct SheetInfo: Sendable, Hashable {
    /// What its tab says.
    public let name: String
    /// Whether it is hidden, "very hidden" included.
    public let isHidden: Bool

    /// A sheet of that name.
    public init(name: String, isHidden: Bool) {
        self.name = name
        self.isHidden = isHidden
    }
}

/// Reads `xl/workbook.xml`: the sheets in the order of their tabs, and the epoch.
final class WorkbookHandler: XMLHandler {
    static let mostSheets = 1000
    /// The sheets, each with the id of its relationship.
    private(set) var sheets: [(info: SheetInfo, id: String)] = []
    private(set) var epoch = SerialDate.Epoch.from1900

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name {
        case "workbookPr": if attributes.flag("date1904") { epoch = .from1904 }
        case "sheet":
            guard sheets.count < Self.mostSheets else {
                fault = WorkbookFault.part("list of sheets", "there are more than \(Self.mostSheets)"); return
            }
            let state = attributes.text("state") ?? "visible"
            sheets.append((SheetInfo(name: attributes.text("name") ?? "", isHidden: state != "visible"), attributes.text("id") ?? ""))
        default: break
        }
    }
}
