import HandlerKit

/// `/businesses`: list, make, read, replace and delete. Another tenant's id is as unknown as one that nobody has.
enum BusinessRoutes {
    @RoutesBuilder static var routes: [Route] {
        // In the order in which they were made; `limit` 1…500, 100 by default, `after` the last id of the page before.
        Route.get("/businesses", access: .bearer("businesses:read"), summary: "Businesses of the tenant") {
            (query: BusinessListQuery, invocation: Invocation) async throws -> BusinessPage in
            let limit = query.limit ?? 100
            let rows = try await invocation.database.rows(BusinessesSQL.list, .uuid(query.after ?? .zero), .int32(Int32(limit + 1)))
            let businesses = try rows.prefix(limit).map { try Business($0) }
            return BusinessPage(businesses: businesses, next: rows.count > limit ? businesses.last?.id : nil)
        }
        Route.post("/businesses", access: .bearer("businesses:write"), summary: "Make a business", status: 201) {
            (input: BusinessInput, invocation: Invocation) async throws -> Business in
            let id = invocation.makeID()
            let insert = Call(
                BusinessesSQL.insert,
                [
                    .uuid(id), owner(invocation), .text(input.name), .optional(input.industry, Bind.text), .optional(input.location, Bind.text),
                ])
            let audit = invocation.audit("business.created", target: ("business", id), details: ["name": .string(input.name)])
            return try one(try await invocation.database.transaction([insert, audit])[0])
        }
        Route.get("/businesses/{business_id}", access: .bearer("businesses:read"), summary: "A business") {
            (path: BusinessPath, invocation: Invocation) async throws -> Business in
            try one(try await invocation.database.rows(BusinessesSQL.find, .uuid(path.id)))
        }
        Route.put("/businesses/{business_id}", access: .bearer("businesses:write"), summary: "Replace a business") {
            (input: BusinessChange, invocation: Invocation) async throws -> Business in
            try await invocation.database.interactive { transaction in
                let business = try one(
                    try await transaction.rows(
                        BusinessesSQL.update, .uuid(input.id), .text(input.name), .optional(input.industry, Bind.text),
                        .optional(input.location, Bind.text)))
                _ = try await transaction.batch([
                    invocation.audit("business.replaced", target: ("business", input.id), details: ["name": .string(input.name)])
                ])
                return business
            }
        }
        // With all its sources and data.
        Route.delete("/businesses/{business_id}", access: .bearer("businesses:write"), summary: "Delete a business and its data", status: 204) {
            (path: BusinessPath, invocation: Invocation) async throws -> Response in
            try await invocation.database.interactive { transaction in
                guard try await transaction.rows(BusinessesSQL.delete, .uuid(path.id)).affected > 0 else { throw notFound }
                _ = try await transaction.batch([invocation.audit("business.deleted", target: ("business", path.id))])
            }
            return .noContent
        }
    }

    private static let notFound = AppError(.notFound, "There is no such business")

    private static func one(_ rows: Rows) throws -> Business {
        guard let row = rows.first else { throw notFound }
        return try Business(row)
    }

    /// Machines own nothing.
    private static func owner(_ invocation: Invocation) -> Bind {
        invocation.principal.user.uuid == .zero ? .null : .uuid(invocation.principal.user.uuid)
    }
}
