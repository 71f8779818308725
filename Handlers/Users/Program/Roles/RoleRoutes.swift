import HandlerKit

/// `/roles`: what members may be. The four roles that every tenant has stand in the list and cannot be changed.
enum RoleRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/roles", access: .bearer("roles:read"), summary: "Roles of the tenant") {
            (_: NoInput, invocation: Invocation) async throws -> RoleList in
            RoleList(roles: RoleAnswer.builtIn + (try await own(invocation)))
        }
        Route.get("/roles/{role_name}", access: .bearer("roles:read"), summary: "A role") {
            (path: RolePath, invocation: Invocation) async throws -> RoleAnswer in
            if let known = RoleAnswer.builtIn.first(where: { $0.name.rawValue == path.name }) { return known }
            return try await find(path.name, invocation)
        }
        Route.post("/roles", access: .bearer("roles:write"), summary: "Make a role of the tenant's own", status: 201) {
            (input: RoleInput, invocation: Invocation) async throws -> RoleAnswer in
            try Granting.require(input.scopes, of: invocation.principal)
            let line = invocation.audit("role.created", target: ("role", input.name), details: ["scopes": .texts(input.scopes)])
            try await invocation.database.interactive { transaction in
                let rows = try await transaction.rows(
                    RolesSQL.create, .text(input.name), .text(input.description ?? ""), .texts(input.scopes))
                switch try rows.first?.text(0) {
                case "created": _ = try await transaction.batch([line])
                case "full": throw AppError(.conflict, "A tenant has at most 100 roles of its own")
                default: throw AppError(.conflict, "There is a role of this name already")
                }
            }
            return try await find(input.name, invocation)
        }
        Route.put("/roles/{role_name}", access: .bearer("roles:write"), summary: "Replace what a role holds, from its members' next call on") {
            (input: RoleChange, invocation: Invocation) async throws -> RoleAnswer in
            try refuseBuiltIn(input.name)
            try Granting.require(input.scopes, of: invocation.principal)
            let before = try await find(input.name, invocation)
            let line = invocation.audit(
                "role.changed", target: ("role", input.name), details: ["scopes": .texts(input.scopes), "before": .texts(before.scopes)])
            try await invocation.database.interactive { transaction in
                let rows = try await transaction.rows(
                    RolesSQL.change, .text(input.name), .text(input.description ?? ""), .texts(input.scopes))
                guard try rows.first?.bool(0) == true else { throw notFound }
                _ = try await transaction.batch([line])
            }
            return try await find(input.name, invocation)
        }
        Route.delete("/roles/{role_name}", access: .bearer("roles:write"), summary: "Delete a role that nobody has", status: 204) {
            (path: RolePath, invocation: Invocation) async throws -> Response in
            try refuseBuiltIn(path.name)
            let line = invocation.audit("role.deleted", target: ("role", path.name))
            try await invocation.database.interactive { transaction in
                switch try await transaction.rows(RolesSQL.delete, .text(path.name)).first?.text(0) {
                case "deleted": _ = try await transaction.batch([line])
                case "used": throw AppError(.conflict, "Members have this role; give them another one first")
                default: throw notFound
                }
            }
            return .noContent
        }
    }

    private static let notFound = AppError(.notFound, "There is no such role")

    private static func refuseBuiltIn(_ name: String) throws(AppError) {
        guard Role(rawValue: name)?.isBuiltIn != true else { throw AppError(.conflict, "Every tenant has the role \(name) as it is") }
    }

    private static func own(_ invocation: Invocation) async throws -> [RoleAnswer] {
        try await invocation.identity.rows(RolesSQL.list).map { try RoleAnswer($0) }
    }

    private static func find(_ name: String, _ invocation: Invocation) async throws -> RoleAnswer {
        guard let role = try await own(invocation).first(where: { $0.name.rawValue == name }) else { throw notFound }
        return role
    }
}

extension JSONValue {
    /// An array of strings.
    static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
