public import Kernel

extension Manifest {
    /// The manifest in a handler's folder.
    ///
    /// Throws `VALIDATION_ERROR` with every fault, each with file, line and what was expected; `NOT_FOUND` where the folder has no manifest.
    public static func load(folder: String) throws(AppError) -> Manifest {
        let path = "\(folder)/\(fileName)"
        let bytes = try File.read(path)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw AppError.invalid(path, "expected UTF-8") }
        var manifest = try read(text, path: path)
        manifest.folder = folder
        return manifest
    }

    /// The manifests of every handler in the folders below one, by name.
    ///
    /// A folder without a manifest is passed over. Throws as ``load(folder:)`` does, and where two handlers have one name.
    public static func loadAll(below folder: String) throws(AppError) -> [Manifest] {
        var manifests: [Manifest] = []
        for name in try File.names(in: folder) where File.exists("\(folder)/\(name)/\(fileName)") {
            let manifest = try load(folder: "\(folder)/\(name)")
            if let other = manifests.first(where: { $0.name == manifest.name }) {
                throw AppError.invalid("\(manifest.folder)/\(fileName)", "the name \(manifest.name) is taken by \(other.folder)/\(fileName)")
            }
            manifests.append(manifest)
        }
        return manifests.sorted { $0.name < $1.name }
    }

    /// The manifest in a text; `path` names it in errors.
    public static func read(_ text: String, path: String) throws(AppError) -> Manifest {
        var reader = ManifestReader(path: path)
        return try reader.read(text)
    }
}
