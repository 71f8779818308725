public import Kernel
import Outbound

/// Objects in a bucket: `<prefix><tenant>/<handler>/<name>`.
///
/// Long ones go in parts that show only when they are put together; what a dead gateway has left of them is given up when it is a day old.
public final class S3Storage: ObjectStorage {
    /// As many chunks as a few megabytes have, since each read is a request.
    public let readSize = 32 * SealedLayout.sealedChunk
    /// How long parts may wait for the rest.
    private static let longestUpload = Duration.seconds(86_400)

    private let client: S3Client
    private let time: TimeSource

    /// `sleep` waits between tries where the service is busy.
    public init(
        _ settings: S3Settings, time: TimeSource = .system,
        sleep: @escaping @Sendable (Duration) async -> Void = { _ = try? await Task.sleep(for: $0) }
    ) throws(AppError) {
        client = try S3Client(settings, sleep: sleep)
        self.time = time
    }

    private var prefix: String { client.settings.prefix }
    private func key(_ place: ObjectPlace) -> String { "\(prefix)\(place.tenant)/\(place.handler)/\(place.name)" }

    public func prepare() async throws(AppError) {
        let answer = try await client.send("GET", query: [("prefix", prefix), ("uploads", "")])
        guard answer.status == 200 else {
            throw AppError(
                answer.status < 500 ? .validation : .unavailable,
                "the bucket of objects cannot be used: \(client.settings) answered \(answer.status) \(XMLText(answer.body).first("Code") ?? "")")
        }
        let old = time.now() - Self.longestUpload
        for upload in XMLText(answer.body).all("Upload") {
            guard let key = upload.first("Key"), let id = upload.first("UploadId"), let begun = upload.first("Initiated").flatMap({ Timestamp($0) }),
                begun < old
            else { continue }
            _ = try await client.send("DELETE", key, query: [("uploadId", id)])
        }
    }

    public func begin(_ place: ObjectPlace) async throws(AppError) -> any ObjectUpload { S3Upload(client, key: key(place)) }

    public func open(_ place: ObjectPlace, tail: Int) async throws(AppError) -> any OpenedObject {
        let answer = try await client.send("GET", key(place), headers: [("Range", "bytes=-\(tail)")])
        guard answer.status == 206, let total = answer.header("content-range")?.split(separator: "/").last.flatMap({ Int($0) }),
            let etag = answer.header("etag")
        else {
            if answer.status == 416 || answer.status == 200 {
                throw AppError(.internalError, "This file's stored bytes were damaged", detail: "\(key(place)) is no object")
            }
            throw client.failure(answer, "GET \(key(place))")
        }
        return S3Object(client, key: key(place), etag: etag, length: total, tail: answer.body)
    }

    public func delete(_ place: ObjectPlace) async throws(AppError) { try await delete(key(place)) }

    private func delete(_ key: String) async throws(AppError) {
        let answer = try await client.send("DELETE", key)
        guard answer.status < 300 || answer.status == 404 else { throw client.failure(answer, "DELETE \(key)") }
    }

    public func list(
        _ tenant: TenantID, _ handler: String, prefix: String, after: String, limit: Int
    ) async throws(AppError) -> (objects: [(name: String, length: Int)], more: Bool) {
        let folder = "\(self.prefix)\(tenant)/\(handler)/"
        let (objects, more) = try await page(folder + prefix, after: after.isEmpty ? "" : folder + after, limit: limit)
        return (objects.map { (String($0.key.dropFirst(folder.count)), $0.length) }, more)
    }

    public func removeAll(of tenant: TenantID) async throws(AppError) {
        while true {
            let (objects, more) = try await page("\(prefix)\(tenant)/", after: "", limit: 1000)
            for object in objects { try await delete(object.key) }
            if !more || objects.isEmpty { return }
        }
    }

    private func page(_ prefix: String, after: String, limit: Int) async throws(AppError) -> (objects: [(key: String, length: Int)], more: Bool) {
        var query = [("list-type", "2"), ("max-keys", "\(limit)"), ("prefix", prefix)]
        if !after.isEmpty { query.append(("start-after", after)) }
        let answer = try await client.send("GET", query: query, limit: 4 << 20)
        guard answer.status == 200 else { throw client.failure(answer, "a list of \(prefix)") }
        let text = XMLText(answer.body)
        let objects = text.all("Contents").compactMap { entry -> (key: String, length: Int)? in
            guard let key = entry.first("Key"), key.hasPrefix(prefix), let size = entry.first("Size").flatMap({ Int($0) }) else { return nil }
            return (key, size)
        }
        return (objects, text.first("IsTruncated") == "true")
    }
}

/// An object in a bucket, as it was when it was opened.
struct S3Object: OpenedObject {
    let length: Int
    let tail: [UInt8]
    private let client: S3Client
    private let key: String
    private let etag: String

    init(_ client: S3Client, key: String, etag: String, length: Int, tail: [UInt8]) {
        self.client = client
        self.key = key
        self.etag = etag
        self.length = length
        self.tail = tail
    }

    func read(_ count: Int, at offset: Int) async throws(AppError) -> [UInt8] {
        if count == 0 { return [] }
        let answer = try await client.send(
            "GET", key, headers: [("If-Match", etag), ("Range", "bytes=\(offset)-\(offset + count - 1)")], limit: count)
        if answer.status == 412 { throw AppError(.conflict, "The file was replaced while it was read") }
        guard answer.status == 206, answer.body.count == count else { throw client.failure(answer, "GET \(key)") }
        return answer.body
    }
}
