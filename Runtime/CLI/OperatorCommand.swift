public import ArgumentParser
public import Kernel
import Tenants

struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator", abstract: "Say who runs this installation by its routes below /admin.",
        discussion: "An operator is a user with a second factor; POST /auth/operator gives them a token of 15 minutes.",
        subcommands: [Grant.self, List.self, Revoke.self])

    struct Grant: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a user an operator, or give one another role.")
        @Argument(help: "The address they sign in with.") var email: String
        @Option(help: "admin: everything; support: looks at tenants.") var role: OperatorRole = .admin
        @OptionGroup var output: OutputOptions

        func run() async throws { try await OperatorCommand.set(email, role, output) }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a user's operator role, from their next call on.")
        @Argument(help: "The address they sign in with.") var email: String
        @OptionGroup var output: OutputOptions

        func run() async throws { try await OperatorCommand.set(email, nil, output) }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the operators.")
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let all = try await TenantCommand.provisioning { try await $0.operators(deadline: .after(Session.limit)) }
                let rows = all.map { [$0.email, $0.userID.description, $0.role.rawValue, $0.grantedAt.description] }
                try output.show(all, lines: Output.table(rows))
            }
        }
    }

    struct Changed: Encodable {
        let userID: UserID
        let email: String
        let role: OperatorRole?
        let outcome: String

        enum CodingKeys: String, CodingKey {
            case userID = "user_id"
            case email, role, outcome
        }
    }

    static func set(_ email: String, _ role: OperatorRole?, _ output: OutputOptions) async throws {
        try await Outcome.of {
            let deadline = Deadline.after(Session.limit)
            let changed = try await TenantCommand.provisioning { provisioning in
                let user = try await provisioning.user(email: email, deadline: deadline)
                let outcome = try await provisioning.setOperator(user, role, deadline: deadline)
                return Changed(userID: user, email: email.lowercased(), role: role, outcome: outcome)
            }
            try output.show(changed, lines: ["\(changed.email): \(role?.rawValue ?? "no operator") (\(changed.outcome))"])
        }
    }
}

extension OperatorRole: ExpressibleByArgument {}
