public import Kernel

#if canImport(Glibc)
    import Glibc
#endif

/// The folders of the handlers that were installed as packages: `handlers/<name>/versions/<version>/…`, and `current`, a link to one of them.
///
/// A version's folder never changes, so a process that runs from it runs what it was started with, whatever is installed meanwhile.
public struct PackageFolders: Sendable {
    /// `handlers` in the installation's home.
    public let root: String

    /// Those of an installation's home.
    public init(home: String) { root = "\(home)/handlers" }

    /// The manifests of what is installed now, each from its version's folder, by name.
    public func manifests() throws(AppError) -> [Manifest] {
        guard File.isFolder(root) else { return [] }
        var manifests: [Manifest] = []
        for name in try File.names(in: root) where Manifest.isName(name) {
            guard let version = version(name, link: "current") else { continue }
            let manifest = try Manifest.load(folder: folder(name, version))
            guard manifest.name == name else {
                throw AppError.invalid("\(manifest.folder)/\(Manifest.fileName)", "expected the name \(name), as its folder's; got \(manifest.name)")
            }
            manifests.append(manifest)
        }
        return manifests
    }

    /// The folder of one version.
    public func folder(_ name: String, _ version: String) -> String { "\(root)/\(name)/versions/\(version)" }

    /// Where a link of a package points: `current`, or `previous` for the one before. Nil where it does not stand.
    public func version(_ name: String, link: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = buffer.withUnsafeMutableBytes {
            readlink("\(root)/\(name)/\(link)", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        guard count > 0, let version = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "/").last else { return nil }
        return File.isFolder(folder(name, String(version))) ? String(version) : nil
    }
}
