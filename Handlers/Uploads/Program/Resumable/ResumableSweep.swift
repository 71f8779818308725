import HandlerKit

/// Removes what nobody will go on with: uploads that have expired, and objects of pieces that no upload needs.
///
/// Done where a new one begins, a few at a time, so that what a tenant leaves lying is bounded by what it may begin.
struct ResumableSweep: Sendable {
    /// Uploads in one step, and objects looked at.
    private static let batch: Int32 = 20
    private static let objects = 200

    let invocation: Invocation

    func run() async throws {
        _ = try await invocation.database.rows(
            ResumableSQL.expire, .float8(ResumableUpload.grace), .int32(Self.batch))
        let found = try await invocation.objects.list(prefix: "resumable/", limit: Self.objects).objects.map(\.name)
        let ids = Set(found.compactMap(ResumableUpload.id(ofObject:)))
        guard !ids.isEmpty else { return }
        let open = Set(
            try await invocation.database.rows(ResumableSQL.open, .uuids(ids.sorted { $0.description < $1.description })).map { try $0.uuid(0) })
        for name in found {
            if let id = ResumableUpload.id(ofObject: name), !open.contains(id) { try await invocation.objects.delete(name) }
        }
    }
}
