import Kernel

/// Which part of the workbook stands behind an id (ECMA-376 part 2, section 6.5).
struct Relationships: Sendable {
    struct Target: Sendable {
        /// The last word of the type's address: "worksheet", "sharedStrings".
        let type: String
        /// The part's name in the archive.
        let name: String
    }

    private(set) var byID: [String: Target] = [:]

    /// The first part of a type.
    func first(_ type: String) -> Target? { byID.values.first { $0.type == type } }

    /// Where the relationships of a part stand: `xl/workbook.xml` has them in `xl/_rels/workbook.xml.rels`.
    static func place(of part: String) -> String {
        let folder = part.split(separator: "/").dropLast().joined(separator: "/")
        let name = part.split(separator: "/").last ?? ""
        return folder.isEmpty ? "_rels/\(name).rels" : "\(folder)/_rels/\(name).rels"
    }

    mutating func add(id: String, type: String, target: String, of part: String) {
        let type = type.split(separator: "/").last.map(String.init) ?? type
        byID[id] = Target(type: type, name: Self.resolve(target, of: part))
    }

    /// A target by the folder of the part that names it; one that begins with a slash by the archive's root.
    private static func resolve(_ target: String, of part: String) -> String {
        let target = target.replacing("\\", with: "/")
        var folders = target.hasPrefix("/") ? [] : part.split(separator: "/").dropLast()
        for step in target.split(separator: "/") {
            if step == ".." { _ = folders.popLast() } else if step != "." { folders.append(step) }
        }
        return folders.joined(separator: "/")
    }
}

/// Reads a part `….rels`.
final class RelationshipsHandler: XMLHandler {
    private let part: String
    private(set) var relationships = Relationships()

    init(of part: String) { self.part = part }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        guard name == "Relationship", let id = attributes.text("Id"), let target = attributes.text("Target") else { return }
        guard attributes.text("TargetMode") != "External" else { return }
        guard relationships.byID.count < 10_000 else { fault = WorkbookFault.part("relationships", "there are more than 10000"); return }
        relationships.add(id: id, type: attributes.text("Type") ?? "", target: target, of: part)
    }
}
