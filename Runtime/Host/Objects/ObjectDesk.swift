import Kernel
import Logging
import Objects
import Tokens
import Wire

/// Does what handlers ask of objects. Tenant and handler are those of the invocation's signed context; a request only brings a name.
struct ObjectDesk: Sendable {
    let store: ObjectStore
    let keys: DataKeys
    /// Whether a handler's manifest says `objects: true`.
    let allows: @Sendable (String) -> Bool
    let logger: Logger

    func serve(_ running: RunningObject) async {
        await running.executor.run {
            do throws(AppError) {
                try await work(on: running)
            } catch {
                log(error, running)
                running.finish(.failed(ObjectFailure(error)))
            }
        }
    }

    private func work(on running: RunningObject) async throws(AppError) {
        guard allows(running.handler) else {
            throw AppError(.forbidden, "This handler keeps no objects", detail: "the manifest of \(running.handler) does not say `objects: true`")
        }
        guard let tenant = running.tenant else {
            throw AppError(.forbidden, "A call for no tenant has no objects", detail: "\(running.handler) asks for objects of nobody")
        }
        func place(_ name: String) throws(AppError) -> ObjectPlace {
            try ObjectPlace(tenant: tenant, handler: running.handler, name: name)
        }
        switch running.request.action {
        case .put(let name): running.finish(.stored(StoredObject(try await put(try place(name), running))))
        case .get(let name, let from, let count): try await get(try place(name), from, count, running)
        case .info(let name):
            let place = try place(name)
            running.finish(.stored(StoredObject(try await store.info(place, keys: try await ring(place)))))
        case .delete(let name):
            try await store.delete(try place(name))
            running.finish(.done)
        case .list(let prefix, let after, let limit):
            let limit = min(max(Int(limit), 1), ObjectRequest.longestList)
            let found = try await store.list(tenant, running.handler, prefix: prefix, after: after, limit: limit)
            running.finish(.list(objects: found.objects.map { ListedObject(name: $0.name, size: UInt64($0.size)) }, more: found.more))
        case .join(let names, let name):
            guard names.count <= ObjectRequest.mostParts else { throw AppError(.validation, "Too many objects are to be joined") }
            let place = try place(name)
            var parts: [ObjectPlace] = []
            for name in names { parts.append(try ObjectPlace(tenant: tenant, handler: running.handler, name: name)) }
            let record = try await store.join(
                parts, as: place, keys: try await ring(place), goesOn: { !running.isStopped }
            ) { () async throws(AppError) in _ = try await ring(place) }
            running.finish(.stored(StoredObject(record)))
        }
    }

    private func put(_ place: ObjectPlace, _ running: RunningObject) async throws(AppError) -> ObjectRecord {
        let writing = try await store.put(place, keys: try await ring(place))
        do throws(AppError) {
            while true {
                switch await running.take() {
                case .bytes(let bytes): try await writing.append(bytes)
                case .givenUp: throw AppError(.cancelled)
                case .whole:
                    // Of a tenant that was erased meanwhile nothing is to come up again.
                    _ = try await ring(place)
                    return try await writing.finish()
                }
            }
        } catch {
            await writing.abort()
            throw error
        }
    }

    private func get(_ place: ObjectPlace, _ from: UInt64, _ count: UInt64, _ running: RunningObject) async throws(AppError) {
        let reading = try await store.get(place, keys: try await ring(place), from: Int(clamping: from), count: Int(clamping: count))
        running.begin(StoredObject(reading.record))
        while let bytes = try await reading.next() {
            guard await running.send(bytes) else { return running.finish(.done) }
        }
        running.close()
    }

    private func ring(_ place: ObjectPlace) async throws(AppError) -> SecretRing { try await keys.objectKeys(of: place.tenant, for: place.handler) }

    private func log(_ error: AppError, _ running: RunningObject) {
        guard error.code != .cancelled, let detail = error.detail else { return }
        logger.log(
            level: error.code.status >= 500 ? .error : .notice, "a request about an object failed",
            metadata: .keys([
                .handler: "\(running.handler)", .tenantID: "\(running.tenant?.description ?? "")", .error: "\(error.code): \(detail)",
            ]))
    }
}

extension StoredObject {
    fileprivate init(_ record: ObjectRecord) {
        self.init(
            name: record.name, size: UInt64(record.size), sha256: record.sha256, etag: record.etag, made: UInt64(max(0, record.madeAt.microseconds)))
    }
}
