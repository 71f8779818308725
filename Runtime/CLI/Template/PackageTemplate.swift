import Kernel

/// The package that `tenantry handler new` writes: a handler with one route that writes, one that reads, and one table.
struct PackageTemplate {
    /// The handler's name, for example `my_notes`.
    let name: String
    /// Where the package `tenantry` is: a path or a URL.
    let source: String

    /// The same in the form of a type's name, for example `MyNotes`.
    var type: String { name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() }

    /// The program's name.
    var program: String { "\(name.split(separator: "_").joined(separator: "-"))-handler" }

    /// The texts by their path in the package.
    var files: [(path: String, text: String)] {
        [
            ("Package.swift", package), ("Sources/\(type).swift", handler), ("Tests/\(type)Tests.swift", tests), ("handler.yaml", manifest),
            ("Schema/0001_entries.up.sql", up), ("Schema/0001_entries.down.sql", "drop table \(name).entries;\n"), ("README.md", readme),
            (".gitignore", ".build/\n"),
        ]
    }

    /// Writes the package. Throws `CONFLICT` where something stands there already.
    func write(to folder: String) throws(AppError) {
        guard !File.exists(folder) else { throw AppError(.conflict, "\(folder) exists already; choose another name or --folder") }
        for (path, text) in files {
            let target = "\(folder)/\(path)"
            if let slash = target.lastIndex(of: "/") { try File.makeFolder(String(target[..<slash]), mode: 0o755) }
            try File.write(Array(text.utf8), to: target, mode: 0o644)
        }
    }

    private var isURL: Bool { source.contains("://") || source.hasPrefix("git@") }

    /// A dependency's identity is the last part of its URL; one by path is given its name.
    private var identity: String {
        guard isURL else { return "tenantry" }
        let last = source.split(whereSeparator: { $0 == "/" || $0 == ":" }).last.map(String.init) ?? "tenantry"
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    private var dependency: String {
        isURL ? ".package(url: \"\(source)\", branch: \"main\")" : ".package(name: \"tenantry\", path: \"\(source)\")"
    }

    private var package: String {
        """
        // swift-tools-version:6.2
        import PackageDescription

        let package = Package(
            name: "\(program)",
            dependencies: [\(dependency)],
            targets: [
                .executableTarget(name: "\(program)", dependencies: [.product(name: "HandlerKit", package: "\(identity)")], path: "Sources"),
                .testTarget(name: "\(type)Tests", dependencies: ["\(program)"], path: "Tests"),
            ],
            swiftLanguageModes: [.v6]
        )

        """
    }
}
