/// Makes workbooks for tests: the parts that a reader looks at.
public enum SheetXML {
    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let documents = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    /// A workbook of one sheet by what stands in its `sheetData`.
    public static func book(_ rows: String, strings: [String] = [], formats: [String] = [], date1904: Bool = false) -> [UInt8] {
        var zip = ZipBuilder()
        add(to: &zip, sheets: ["Data": rows], strings: strings, formats: formats, date1904: date1904)
        return zip.finished()
    }

    /// Adds a workbook's parts to an archive. `strings` are the contents of `si`, `formats` the format codes of the styles 1, 2, ….
    public static func add(
        to zip: inout ZipBuilder, sheets: KeyValuePairs<String, String>, strings: [String] = [], formats: [String] = [], date1904: Bool = false
    ) {
        zip.add("[Content_Types].xml", "<Types/>")
        zip.add("_rels/.rels", "<Relationships><Relationship Id='r1' Type='\(documents)/officeDocument' Target='xl/workbook.xml'/></Relationships>")
        var list = ""
        var relationships = ""
        for (index, sheet) in sheets.enumerated() {
            list += "<sheet name='\(sheet.key)' sheetId='\(index + 1)' r:id='s\(index)'/>"
            relationships += "<Relationship Id='s\(index)' Type='\(documents)/worksheet' Target='worksheets/s\(index).xml'/>"
            zip.add(
                "xl/worksheets/s\(index).xml",
                "<worksheet xmlns='\(main)'><dimension ref='A1:XFD1048576'/><sheetData>\(sheet.value)</sheetData></worksheet>")
        }
        zip.add(
            "xl/workbook.xml",
            "<workbook xmlns='\(main)' xmlns:r='\(documents)'><workbookPr date1904='\(date1904 ? 1 : 0)'/><sheets>\(list)</sheets></workbook>")
        zip.add("xl/_rels/workbook.xml.rels", "<Relationships>\(relationships)</Relationships>")
        zip.add("xl/sharedStrings.xml", "<sst xmlns='\(main)'>\(strings.map { "<si>\($0)</si>" }.joined())</sst>")
        let codes = formats.enumerated().map { "<numFmt numFmtId='\(164 + $0)' formatCode='\($1)'/>" }.joined()
        let styles = formats.indices.map { "<xf numFmtId='\(164 + $0)'/>" }.joined()
        zip.add("xl/styles.xml", "<styleSheet xmlns='\(main)'><numFmts>\(codes)</numFmts><cellXfs><xf numFmtId='0'/>\(styles)</cellXfs></styleSheet>")
    }
}
