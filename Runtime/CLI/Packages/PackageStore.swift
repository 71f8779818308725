import Kernel
import Manifest

#if canImport(Glibc)
    import Glibc
#endif

/// Changes the folders of installed packages. What a killed command leaves is either not seen by anybody or put right by the next.
struct PackageStore {
    let folders: PackageFolders

    init(_ folders: PackageFolders) { self.folders = folders }

    /// Copies a version's files beside their place and renames them into it; nothing to do where they are there.
    func add(_ files: PackageFiles, of name: String) throws(AppError) {
        let target = folders.folder(name, files.version)
        if File.isFolder(target) { return }
        let package = "\(folders.root)/\(name)"
        try File.makeFolder("\(package)/versions", mode: 0o755)
        for left in try File.names(in: "\(package)/versions") where left.hasPrefix(".new-") { try Self.removeTree("\(package)/versions/\(left)") }
        let fresh = "\(package)/versions/.new-\(getpid())"
        try files.copy(to: fresh)
        guard rename(fresh, target) == 0 else { throw Self.failure("rename \(fresh)") }
    }

    /// Lets a version serve, and keeps the one that did as `previous`.
    func serve(_ version: String, of name: String) throws(AppError) {
        let old = folders.version(name, link: "current")
        if old == version { return }
        if let old { try link("previous", of: name, to: old) }
        try link("current", of: name, to: version)
    }

    /// Goes back to a version: `current` first, since that is what matters.
    func goBack(to version: String, of name: String) throws(AppError) {
        let old = folders.version(name, link: "current")
        try link("current", of: name, to: version)
        if let old, old != version { try link("previous", of: name, to: old) }
    }

    /// The package serves no more; its files stay until ``remove(_:)``, and `removed` says which version it was.
    func retire(_ name: String) throws(AppError) {
        guard let version = folders.version(name, link: "current") else { return }
        try link("removed", of: name, to: version)
        try File.remove("\(folders.root)/\(name)/current")
    }

    /// Removes a version that serves nobody.
    func drop(_ version: String, of name: String) throws(AppError) {
        for link in ["current", "previous"] where folders.version(name, link: link) == version { return }
        try Self.removeTree(folders.folder(name, version))
    }

    /// Removes all versions but the one that serves and the one before.
    func tidy(_ name: String) throws(AppError) {
        for version in try File.names(in: "\(folders.root)/\(name)/versions") { try drop(version, of: name) }
    }

    /// Removes the package's folder.
    func remove(_ name: String) throws(AppError) { try Self.removeTree("\(folders.root)/\(name)") }

    func exists(_ name: String) -> Bool { File.exists("\(folders.root)/\(name)") }

    /// Replaces a link in one step: whoever reads it finds the old version or the new one.
    private func link(_ link: String, of name: String, to version: String) throws(AppError) {
        let path = "\(folders.root)/\(name)/\(link)"
        let fresh = "\(path).new"
        try File.remove(fresh)
        guard symlink("versions/\(version)", fresh) == 0, rename(fresh, path) == 0 else { throw Self.failure("link \(path)") }
    }

    /// Removes a folder with all in it, following no links; that there is none is no failure.
    static func removeTree(_ path: String) throws(AppError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else { return try File.remove(path) }
        for name in try File.names(in: path) { try removeTree("\(path)/\(name)") }
        guard rmdir(path) == 0 || errno == ENOENT else { throw failure("remove \(path)") }
    }

    private static func failure(_ what: String) -> AppError {
        AppError(.internalError, "cannot \(what): \(strerror(errno).map { String(cString: $0) } ?? "error \(errno)")")
    }
}
