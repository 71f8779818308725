import Kernel
import Outbound
import Synchronization

/// An object on its way into a bucket: in one request where it is short, else in parts (multipart upload), of which one waits here.
final class S3Upload: ObjectUpload {
    private struct State {
        var waiting: [UInt8] = []
        /// Names the parts; nil while there are none.
        var upload: String?
        var etags: [String] = []
    }

    private let client: S3Client
    private let key: String
    private let state = Mutex(State())

    init(_ client: S3Client, key: String) {
        self.client = client
        self.key = key
    }

    func append(_ bytes: [UInt8]) async throws(AppError) {
        let isFull = state.withLock { state in
            state.waiting += bytes
            return state.waiting.count >= client.settings.partSize
        }
        if isFull { try await sendPart() }
    }

    func commit() async throws(AppError) {
        do throws(AppError) {
            guard let upload = state.withLock({ $0.upload }) else { return try await putWhole() }
            if !state.withLock({ $0.waiting.isEmpty }) { try await sendPart() }
            try await complete(upload)
        } catch {
            await abort()
            throw error
        }
    }

    func abort() async {
        let upload = state.withLock { state in
            defer { state = State() }
            return state.upload
        }
        // What cannot be given up now is when it is a day old.
        if let upload { _ = try? await client.send("DELETE", key, query: [("uploadId", upload)]) }
    }

    private func putWhole() async throws(AppError) {
        let bytes = state.withLock { $0.waiting }
        let answer = try await client.send("PUT", key, body: bytes)
        guard answer.status == 200 else { throw client.failure(answer, "PUT \(key)") }
    }

    private func sendPart() async throws(AppError) {
        var upload = state.withLock { $0.upload }
        if upload == nil {
            let answer = try await client.send("POST", key, query: [("uploads", "")], body: [])
            guard answer.status == 200, let id = XMLText(answer.body).first("UploadId"), !id.isEmpty else {
                throw client.failure(answer, "the begin of \(key)")
            }
            upload = id
            state.withLock { $0.upload = id }
        }
        guard let upload else { return }
        let (bytes, number) = state.withLock { state in
            defer { state.waiting = [] }
            return (state.waiting, state.etags.count + 1)
        }
        guard number <= 10_000 else { throw AppError(.tooLarge, "The object has more parts than a bucket takes") }
        let answer = try await client.send("PUT", key, query: [("partNumber", "\(number)"), ("uploadId", upload)], body: bytes)
        guard answer.status == 200, let etag = answer.header("etag") else { throw client.failure(answer, "part \(number) of \(key)") }
        state.withLock { $0.etags.append(etag) }
    }

    private func complete(_ upload: String) async throws(AppError) {
        let parts = state.withLock { $0.etags }.enumerated().map { index, etag in
            "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(etag)</ETag></Part>"
        }
        let body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(parts.joined())</CompleteMultipartUpload>"
        // Sent twice it may say that there is no such upload, and mean that it was done.
        let answer = try await client.send(
            "POST", key, query: [("uploadId", upload)], headers: [("Content-Type", "application/xml")], body: Array(body.utf8), isRepeatable: false)
        // It may also fail behind a status of 200.
        guard answer.status == 200, XMLText(answer.body).first("ETag") != nil else { throw client.failure(answer, "the end of \(key)") }
    }
}
