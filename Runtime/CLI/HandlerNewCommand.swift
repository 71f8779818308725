import ArgumentParser
import Kernel
import Manifest
import Tenants

#if canImport(Glibc)
    import Glibc
#endif

extension HandlerCommand {
    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write a package with a handler of your own: routes, a table, a test.")
        @Argument(help: "The handler's name: lower-case letters, digits and _, a letter first, at most 32.") var name: String
        @Option(help: "The folder to make; the name in the current folder unless given.") var folder: String?
        @Option(help: "Where Tenantry's package is: a path or a git URL; where this program was built, unless given.") var tenantry: String?
        @OptionGroup var output: OutputOptions

        struct Written: Encodable {
            let folder: String
            let files: [String]
        }

        func run() async throws {
            try await Outcome.of {
                guard Manifest.isName(name) else {
                    throw AppError.invalid("name", "expected lower-case letters, digits and _, a letter first, at most 32; got \(name)")
                }
                if let reason = PackageRules.refusal(of: name) { throw AppError.invalid("name", reason) }
                let template = PackageTemplate(name: name, source: try source())
                let folder = folder ?? name
                try template.write(to: folder)
                let files = template.files.map { "\(folder)/\($0.path)" }
                try output.show(Written(folder: folder, files: files), lines: files + ["next: \(folder)/README.md"])
            }
        }

        private func source() throws(AppError) -> String {
            if let tenantry {
                guard !tenantry.contains("\""), !tenantry.contains("\\"), !tenantry.contains("\n") else {
                    throw AppError.invalid("tenantry", "expected a path or a URL; got \(tenantry)")
                }
                if tenantry.contains("://") || tenantry.hasPrefix("git@") { return tenantry }
                guard let path = Self.absolute(tenantry), File.exists("\(path)/Package.swift") else {
                    throw AppError.invalid("tenantry", "expected the folder of Tenantry's Package.swift, or a git URL; got \(tenantry)")
                }
                return path
            }
            // .build/<triple>/<configuration>/tenantry, in the package's folder.
            var folder = Programs.folder[...]
            while let slash = folder.lastIndex(of: "/") {
                if File.exists("\(folder)/Package.swift"), File.exists("\(folder)/Runtime/HandlerKit") { return String(folder) }
                folder = folder[..<slash]
            }
            throw AppError.invalid("tenantry", "this program stands outside of Tenantry's package; say where that is with --tenantry PATH-OR-URL")
        }

        private static func absolute(_ path: String) -> String? {
            guard let resolved = realpath(path, nil) else { return nil }
            defer { free(resolved) }
            return String(cString: resolved)
        }
    }
}
