import Glibc
import Kernel
import TestSupport

/// A statement of a handler's catalogue, as its program prints it.
struct CatalogueStatement: Sendable {
    let handler: String
    let name: String
    let text: String
    let wantsOwnPlan: Bool

    /// Whether it stores rows that come as arrays.
    var storesMany: Bool { text.contains("insert into app.") && text.contains("unnest(") }

    /// The catalogues of the built programs in the folder `TENANTRY_PRODUCTS`; of each handler whose program is there.
    static func all(_ handlers: [(name: String, program: String)]) throws -> [CatalogueStatement] {
        guard let folder = Environment["TENANTRY_PRODUCTS"] else { return [] }
        return try handlers.flatMap { name, program in
            guard File.exists("\(folder)/\(program)") else { return [CatalogueStatement]() }
            return try JSON.read(output(of: "'\(folder)/\(program)' --statements")).array?.map { entry in
                CatalogueStatement(
                    handler: name, name: entry["name"]?.string ?? "", text: entry["text"]?.string ?? "",
                    wantsOwnPlan: entry["plan"]?.string == "custom")
            } ?? []
        }
    }

    private static func output(of command: String) throws -> [UInt8] {
        guard let stream = popen(command, "r") else { throw AppError(.internalError, "cannot start \(command)") }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&piece, 1, piece.count, stream), count > 0 { bytes += piece[..<count] }
        guard pclose(stream) == 0 else { throw AppError(.internalError, "\(command) failed") }
        return bytes
    }

    /// What the tables themselves are made for, where no program is built yet.
    static let basic = [
        CatalogueStatement(
            handler: "dashboards", name: "basic.points",
            text: """
                select "timestamp", value from app.kpi_data
                where tenant_id = $1 and source_id = $2 and "timestamp" >= $3 and "timestamp" < $4 order by "timestamp"
                """, wantsOwnPlan: false),
        CatalogueStatement(
            handler: "dashboards", name: "basic.sources",
            text: "select id, name from app.kpi_sources where tenant_id = $1 and business_id = $2", wantsOwnPlan: false),
        CatalogueStatement(
            handler: "dashboards", name: "basic.joined",
            text: """
                select s.name, avg(d.value) from app.kpi_sources s join app.kpi_data d on d.tenant_id = s.tenant_id and d.source_id = s.id
                where s.tenant_id = $1 and d.tenant_id = $1 and s.business_id = $2 and d."timestamp" >= $3 and d."timestamp" < $4 group by s.name
                """, wantsOwnPlan: false),
        CatalogueStatement(
            handler: "dashboards", name: "basic.business", text: "select name from app.businesses where tenant_id = $1 and id = $2",
            wantsOwnPlan: false),
    ]
}
