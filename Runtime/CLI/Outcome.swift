import ArgumentParser
import Kernel
import Postgres

/// Runs a command's work and turns what it throws into a line on standard error and an exit code (sysexits.h).
enum Outcome {
    static func of(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as AppError {
            Output.note("tenantry: \(text(error))")
            throw code(error)
        } catch let error as PostgresError {
            Output.note("tenantry: the database: \(String(reflecting: error))")
            throw code(error.appError)
        }
    }

    /// The message, each fault of the input, and what only an operator may read.
    private static func text(_ error: AppError) -> String {
        var lines = [error.message]
        for issue in error.issues { lines.append("  \(issue.field): \(issue.issue)") }
        if let detail = error.detail { lines.append("  \(detail)") }
        return lines.joined(separator: "\n")
    }

    private static func code(_ error: AppError) -> ExitCode {
        switch error.code {
        case .badRequest, .validation, .unprocessableFile: ExitCode(65)
        case .notFound: ExitCode(66)
        case .unavailable, .deadlineExceeded: ExitCode(69)
        case .conflict: ExitCode(73)
        case .forbidden, .unauthenticated: ExitCode(77)
        default: ExitCode(70)
        }
    }
}
