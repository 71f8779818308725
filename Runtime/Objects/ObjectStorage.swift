public import Kernel

/// Where sealed objects lie. It sees neither keys nor plain bytes; whoever can write there can destroy, and neither read nor forge.
public protocol ObjectStorage: Sendable {
    /// How many bytes are best read at once.
    var readSize: Int { get }

    /// Makes it ready, and removes what dead writers have left. Throws where it cannot be used, in words for an administrator.
    func prepare() async throws(AppError)
    /// An object that is being written; nothing of it shows before its commit.
    func begin(_ place: ObjectPlace) async throws(AppError) -> any ObjectUpload
    /// An object as it is now, and the last bytes of it. Throws `NOT_FOUND` where there is none.
    func open(_ place: ObjectPlace, tail: Int) async throws(AppError) -> any OpenedObject
    /// That there is none is no failure.
    func delete(_ place: ObjectPlace) async throws(AppError)
    /// Names of a tenant's handler that begin so, behind one of them, in the order of their bytes, with the length of their sealed form; and whether there
    /// are more.
    func list(
        _ tenant: TenantID, _ handler: String, prefix: String, after: String, limit: Int
    ) async throws(AppError) -> (objects: [(name: String, length: Int)], more: Bool)
    /// All that a tenant has.
    func removeAll(of tenant: TenantID) async throws(AppError)
}

/// An object that is being written, by one task at a time. Ends with `commit` or `abort`.
public protocol ObjectUpload: Sendable {
    /// Throws `STORAGE_FULL` where there is no room, `UNAVAILABLE` where the place does not answer.
    func append(_ bytes: [UInt8]) async throws(AppError)
    /// Behind it the object is there as a whole, also after a power cut, in place of what had its name before.
    func commit() async throws(AppError)
    /// Nothing of it stays.
    func abort() async
}

/// An object that is being read. What replaces it meanwhile does not show.
public protocol OpenedObject: Sendable {
    /// Of the sealed form, in bytes.
    var length: Int { get }
    /// As many of its last bytes as were asked for.
    var tail: [UInt8] { get }
    /// That many bytes from an offset. Throws where there are fewer.
    func read(_ count: Int, at offset: Int) async throws(AppError) -> [UInt8]
}
