public import ArgumentParser
public import Kernel
import Tenants
import Tokens

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "user", abstract: "Create users.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a user with a password, and make them a member of a tenant.",
            discussion: "The password is read from standard input, without the line end, so that it stands in no argument and no history.")
        @Option(help: "The address to sign in with.") var email: String
        @Option(help: "What people call them.") var name: String
        @Option(help: "Slug or id of the tenant to join.") var tenant: String
        @Option(help: "Their role there: \(Role.builtIn.map(\.rawValue).joined(separator: ", ")).") var role: Role = .viewer
        @Flag(help: "Read the password from standard input.") var passwordStdin = false
        @Flag(help: "Keep a user who is there already, with their password; only make them a member.") var ifAbsent = false
        @OptionGroup var output: OutputOptions

        struct Created: Encodable {
            let id: UserID
            let email: String
            let tenantID: TenantID
            let role: Role

            enum CodingKeys: String, CodingKey {
                case id, email, role
                case tenantID = "tenant_id"
            }
        }

        func validate() throws {
            guard passwordStdin else { throw ValidationError("Pass the password on standard input and say --password-stdin") }
        }

        func run() async throws {
            try await Outcome.of {
                let password = Self.readPassword()
                guard password.unicodeScalars.count >= 15 else { throw AppError.invalid("password", "expected at least 15 characters") }
                let hash = try PasswordHash(hashing: password).description
                let created = try await TenantCommand.provisioning { try await create($0, hash) }
                try output.show(created, lines: ["created \(created.email) (\(created.id)), \(created.role.rawValue) of \(tenant)"])
            }
        }

        private func create(_ provisioning: Provisioning, _ hash: String) async throws -> Created {
            let deadline = Deadline.after(Session.limit)
            let tenant = try await provisioning.tenant(self.tenant, deadline: deadline)
            let user: UserID
            do {
                user = try await provisioning.createUser(email: email, name: name, passwordHash: hash, deadline: deadline)
            } catch let error as AppError where ifAbsent && error.code == .conflict {
                user = try await provisioning.user(email: email, deadline: deadline)
                let members = try await provisioning.members(of: tenant.id, deadline: deadline)
                if members.contains(where: { $0.userID == user && $0.role == role }) {
                    return Created(id: user, email: email, tenantID: tenant.id, role: role)
                }
            }
            _ = try await provisioning.setMember(user, of: tenant.id, role: role, deadline: deadline)
            return Created(id: user, email: email, tenantID: tenant.id, role: role)
        }

        private static func readPassword() -> String {
            readLine(strippingNewline: true) ?? ""
        }
    }
}

extension Role: ExpressibleByArgument {}
