import Glibc
import Kernel
import TestSupport

/// A package's folder made for a test: the probe's program under another name, with a schema of one's own.
struct PackageFolder {
    let path: String
    let name: String

    /// One protected table, as the template has it.
    static func table(_ name: String) -> String {
        """
        create table \(name).entries (
            tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
            number bigint not null,
            text text not null,
            primary key (tenant_id, number)
        );
        select tenancy.protect('\(name).entries');
        """
    }

    /// `up`: the texts of the steps. A step back drops the table unless `down` says otherwise.
    init(in world: PackageWorld, _ name: String, up: [String], down: [String]? = nil, grants: String = "", more: String = "") throws {
        path = "\(world.home)/source-\(name)-\(UInt64.random(in: .min ... .max))"
        self.name = name
        try File.makeFolder("\(path)/Schema")
        try write("handler.yaml", "name: \(name)\nprogram: ./serve.py\n\(more)grants:\n  \(name).entries: [select, insert]\n\(grants)")
        for (index, text) in up.enumerated() {
            try write("Schema/000\(index + 1)_step.up.sql", text)
            try write("Schema/000\(index + 1)_step.down.sql", down?[index] ?? (index == 0 ? "drop table \(name).entries;" : "select 1;"))
        }
        try program(answer: "one")
    }

    func write(_ file: String, _ text: String, mode: UInt32 = 0o644) throws {
        try File.write(Array(text.utf8), to: "\(path)/\(file)", mode: mode)
    }

    /// A program on the example's library that answers `GET /<name>` with a word and how many entries the tenant has.
    func program(answer: String, route: String? = nil) throws {
        let example = "\(Environment.package)/Examples/greetings-python"
        for file in ["database", "errors", "invocation", "process", "routes", "wire"] {
            try File.write(try File.read("\(example)/\(file).py"), to: "\(path)/\(file).py", mode: 0o644)
        }
        let text = """
            import process
            from routes import Routes

            routes = Routes()

            @routes.add("GET", "/\(route ?? name)", "\(name):read")
            def word(invocation, given):
                rows = invocation.query("select count(*) from \(name).entries where tenant_id = %s")
                return {"word": "\(answer)", "entries": rows[0][0]}

            process.main(routes)

            """
        try write("served.py", text)
        try write("serve.py", "#!/usr/bin/python3\nimport sys\nsys.dont_write_bytecode = True\nimport served\n", mode: 0o755)
    }
}
