import Kernel

/// What makes a packed file unreadable.
enum ContainerFault {
    /// An error about the file as a whole.
    static func file(_ what: String) -> AppError {
        AppError(.unprocessableFile, what, issues: [.init(field: "file", issue: what)])
    }

    /// An error about the place of a byte, from 0.
    static func at(byte: Int, _ what: String) -> AppError {
        AppError(.unprocessableFile, "Byte \(byte): \(what)", issues: [.init(field: "byte \(byte)", issue: what)])
    }
}
