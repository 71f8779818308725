import Containers
import Kernel

/// Which file of an archive is meant.
enum ArchiveMember {
    /// The one of that name, or the only one. Throws `UNPROCESSABLE_FILE` where there is none, or where several may be meant.
    static func choose(_ archive: ZipDirectory, named name: String?) throws(AppError) -> ZipEntry {
        let files = archive.entries.filter { !$0.isNoData }
        // Nothing is written by these names; but somebody who made such an archive meant no good.
        if let bad = files.first(where: \.leadsOut) {
            throw TableFileFault.file("the zip archive holds \"\(bad.name.prefix(100))\", a name that leads out of its folder")
        }
        if let name {
            if let entry = files.last(where: { $0.name == name }) { return entry }
            throw TableFileFault.file("the zip archive holds no \"\(name.prefix(100))\"; expected one of \(listed(files))")
        }
        guard let only = files.first else { throw TableFileFault.file("the zip archive is empty; expected one file in it") }
        guard files.count == 1 else {
            throw TableFileFault.file("the zip archive holds \(files.count) files; expected one, or its name as `member`: \(listed(files))")
        }
        return only
    }

    private static func listed(_ files: [ZipEntry]) -> String {
        files.prefix(10).map { "\"\($0.name.prefix(100))\"" }.joined(separator: ", ") + (files.count > 10 ? ", …" : "")
    }
}
