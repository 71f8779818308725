/// One part of a form, as its header lines describe it.
public struct FormPart: Sendable, Hashable {
    /// The field's name.
    public let name: String
    /// The file's name without folders, at most 255 bytes; nil where the part is no file.
    public let fileName: String?
    /// The media type in lower case, without parameters; nil where none was sent.
    public let contentType: String?

    /// From the lines of a part's head; nil where they name no field of a form.
    init?(head: ArraySlice<UInt8>) {
        var disposition: HeaderValue?
        var type: String?
        for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = HeaderValue(line[line.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-disposition": disposition = value
            case "content-type": type = value.value.lowercased()
            default: break
            }
        }
        guard let disposition, disposition.value.lowercased() == "form-data", let name = disposition.parameters["name"] else { return nil }
        self.name = name
        fileName = disposition.parameters["filename"].map(Self.lastComponent)
        contentType = type
    }

    /// Some browsers send the whole path.
    private static func lastComponent(_ path: String) -> String {
        let name = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        var kept = String(name)
        while kept.utf8.count > 255 { kept.removeLast() }
        return kept
    }
}
