import Kernel
import Manifest
import Postgres
import TestSupport
import Testing

extension Integration {
    /// Writers of the same KPIs at one time.
    @Suite("writers that cross", .testDatabase) struct Crossings {
        private static let start = Timestamp(seconds: 1_767_225_600)

        /// Sessions of the database that wait for another one.
        private func waiting() async throws -> Int64 {
            try await TestDatabase.current.query(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")[0].int64(0)
        }

        @Test("an upload and a push of the same values in another order: one waits for the other, and both are stored") func values() async throws {
            let world = try await QuotaWorld.make(1, "rows = null")
            let (database, tenant) = (world.database, world.tenant)
            for number in 1...2 { try await world.source(number) }
            let texts = Dictionary(
                try CatalogueStatement.all(database.manifests.map { ($0.name, $0.program) }).map { ("\($0.handler)/\($0.name)", $0.text) }
            ) { first, _ in first }
            let upload = try (sources: #require(texts["uploads/uploads.sources"]), store: #require(texts["uploads/uploads.store"]))
            let push = try (lock: #require(texts["sources/sources.lock_kpis"]), store: #require(texts["sources/sources.land_values"]))
            let names = ["kpi 1", "kpi 2"]

            /// One value of each of the places, all at one time.
            func values(_ places: [Int32], _ value: Double) -> [Bind] {
                var numbers = BinaryArray(of: .int32, capacity: places.count)
                for place in places { numbers.append(place) }
                return [.array(numbers), .timestamps(places.map { _ in Self.start }), .float8s(places.map { _ in value })]
            }
            func pushed() async throws {
                try await world.withHandler("sources") { (connection: OwnConnection) async throws in
                    try await connection.execute("begin; select tenancy.use('\(try database.context(tenant: tenant, handler: "sources"))')")
                    let locked = try await connection.query(push.lock, [.id(tenant), .id(tenant), .texts(names)])
                    let ids = try locked.map { try $0.uuid(0) }
                    let stored = try await connection.query(push.store, [.id(tenant), .uuids(ids)] + values([2, 1], 7))
                    #expect(try stored[0].int64(0) == 2)
                    try await connection.execute("commit")
                }
            }
            try await world.withHandler { (connection: OwnConnection) async throws in
                try await connection.execute("begin; select tenancy.use('\(try database.context(tenant: tenant, handler: "uploads"))')")
                let head: [Bind] = [.id(tenant), .id(tenant), .texts(names)]
                #expect(try await connection.query(upload.sources, head).count == 2)
                _ = try await connection.query(upload.store, head + values([1], 5))
                async let second: Void = pushed()
                while try await waiting() == 0 {}
                _ = try await connection.query(upload.store, head + values([2], 5))
                try await connection.execute("commit")
                try await second
            }
            let left = try await database.query("select value from app.kpi_data where tenant_id = $1", [.id(tenant)])
            #expect(try left.map { try $0.float8(0) } == [7, 7], "the push came last")
        }

        @Test("transactions that touch the same KPIs in another order count them in one order when they commit") func touches() async throws {
            let world = try await QuotaWorld.make(1, "rows = null")
            for number in 1...2 {
                try await world.source(number)
                try await world.database.execute(world.valuesSQL(1...1, source: number))
            }
            func write(_ handler: String, _ hours: ClosedRange<Int>, _ sources: [Int]) async throws -> AppError? {
                try await world.withHandler(handler) { (connection: OwnConnection) async throws in
                    try await world.run(
                        as: handler, on: connection, world.valuesSQL(hours, source: sources[0]), world.valuesSQL(hours, source: sources[1]))
                }
            }
            let refused = try await world.database.superuserClient().withConnection(deadline: QuotaWorld.limit) { holder in
                try await holder.execute("begin")
                _ = try await holder.query("select from tenancy.kpi_changes where source_id = $1 for update", [.uuid(world.sourceID(1))])
                async let first = write("uploads", 2...5, [1, 2])
                while try await waiting() < 1 {}
                async let second = write("sources", 6...9, [2, 1])
                while try await waiting() < 2 {}
                try await holder.execute("rollback")
                return try await [first, second]
            }
            #expect(refused.allSatisfy { $0 == nil }, "\(refused)")
            let counted = try await world.database.query("select revision from tenancy.kpi_changes where tenant_id = $1", [.id(world.tenant)])
            #expect(try counted.map { try $0.int64(0) } == [3, 3])
        }
    }
}
