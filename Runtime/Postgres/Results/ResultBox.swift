import CPostgres

/// The one owner of a result of libpq.
struct ResultHandle: ~Copyable, @unchecked Sendable {
    private let raw: OpaquePointer

    init(owning raw: OpaquePointer) { self.raw = raw }

    borrowing func with<R>(_ body: (OpaquePointer) -> R) -> R { body(raw) }

    deinit { PQclear(raw) }
}

/// Shares a result among the values that read it. Reading is safe from any thread: nothing writes to a result that is complete.
final class ResultBox: Sendable {
    private let handle: ResultHandle

    init(_ handle: consuming ResultHandle) { self.handle = handle }

    @inline(__always)
    func with<R>(_ body: (OpaquePointer) -> R) -> R { handle.with(body) }
}
