public import ArgumentParser
public import Kernel
import Tenants
import Tokens

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Create users, shut them out, let them in again.", subcommands: [Create.self, Disable.self, Enable.self])

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

extension UserCommand {
    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shut a user out of all tenants: no sign-in, and every session, token and API key ends with its next call.")
        @Option(help: "The address they sign in with.") var email: String
        @OptionGroup var output: OutputOptions

        func run() async throws { try await UserCommand.setDisabled(true, email, output) }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a user in again who was shut out. They sign in anew.")
        @Option(help: "The address they sign in with.") var email: String
        @OptionGroup var output: OutputOptions

        func run() async throws { try await UserCommand.setDisabled(false, email, output) }
    }

    struct Changed: Encodable {
        let id: UserID
        let email: String
        let disabled: Bool
    }

    static func setDisabled(_ disabled: Bool, _ email: String, _ output: OutputOptions) async throws {
        try await Outcome.of {
            let deadline = Deadline.after(Session.limit)
            let user = try await TenantCommand.provisioning { provisioning in
                let user = try await provisioning.user(email: email, deadline: deadline)
                try await provisioning.setDisabled(disabled, user, deadline: deadline)
                return user
            }
            try output.show(
                Changed(id: user, email: email.lowercased(), disabled: disabled), lines: ["\(disabled ? "shut out" : "let in") \(email.lowercased())"]
            )
        }
    }
}

extension Role: ExpressibleByArgument {}
