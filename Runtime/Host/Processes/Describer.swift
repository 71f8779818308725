import Kernel
import Logging
import Manifest
import NIOCore
import Reactor
import Tokens
import Wire

/// Learns what programs serve, by asking each once; the answer is kept under the hash of the program.
struct Describer {
    let launch: HandlerLaunch
    /// Where answers are kept; nil: nowhere.
    let cache: String?
    let logger: Logger
    private let pool = BlockingPool(threads: 1, name: "descriptions")

    init(launch: HandlerLaunch, cache: String?, logger: Logger) {
        self.launch = launch
        self.cache = cache
        self.logger = logger
    }

    /// A ``HandlerDescription`` in JSON, as the program says it. Throws `HANDLER_FAILED` with what went wrong.
    func describe(_ manifest: Manifest) async throws(AppError) -> [UInt8] {
        let program = manifest.programPath(beside: launch.programs)
        guard File.exists(program) else {
            throw AppError(.notFound, "the program \(program) of the handler \(manifest.name) is missing; build it first")
        }
        var kept: String?
        if let cache { kept = "\(cache)/\(try await hash(of: program)).\(manifest.name).json" }
        if let kept, File.exists(kept) { return try File.read(kept, limit: 16 << 20) }
        let description = try await ask(manifest, program)
        if let kept, let cache {
            try File.makeFolder(cache)
            try File.write(description, to: kept)
        }
        return description
    }

    /// Reads a description. Throws `HANDLER_FAILED` naming what is wrong with it.
    static func read(_ bytes: [UInt8], of handler: String) throws(AppError) -> HandlerDescription {
        do throws(AppError) {
            return try JSON.decode(HandlerDescription.self, from: try JSON.read(bytes))
        } catch {
            let issues = error.issues.map { "\($0.field): \($0.issue)" }.joined(separator: "; ")
            throw AppError(.handlerFailed, "the handler \(handler) describes itself wrongly: \(error.message) \(issues)")
        }
    }

    private func ask(_ manifest: Manifest, _ program: String) async throws(AppError) -> [UInt8] {
        do {
            let child = try await launch.start(manifest)
            let process = try await launch.connect(child, 0, logger) {}
            // A program that says nothing in time is killed; its wire then ends and with it the wait.
            let limit = process.executor.loop.scheduleTask(in: .seconds(10)) { process.kill() }
            let ready = await process.executor.run { await process.wire.start(launch.greeting(manifest)) }
            limit.cancel()
            process.drain()
            let how: String
            if ready == nil {
                how = await launch.end(child.pid)
            } else {
                try await process.channel.closeFuture.get()
                how = await launch.end(child.pid)
            }
            guard let ready else {
                throw AppError(.handlerFailed, "\(program) ended before it said what it serves (\(how)); its own words stand above")
            }
            return ready.description
        } catch let error as AppError {
            throw AppError(error.code, error.detail ?? error.message)
        } catch {
            throw AppError(.handlerFailed, "\(program) could not be asked what it serves: \(error)")
        }
    }

    /// What lies beside a program in a folder of its own counts too: a script says what it serves in other files.
    private func hash(of program: String) async throws(AppError) -> String {
        do {
            return try await pool.run { [programs = launch.programs] in
                let own = try Self.digest(of: program)
                guard let slash = program.lastIndex(of: "/"), program[..<slash] != programs else { return own }
                var hash = SHA256()
                for name in try File.names(in: String(program[..<slash])) {
                    hash.update(Array("\(name) \(File.identity(of: "\(program[..<slash])/\(name)") ?? "");".utf8))
                }
                return "\(own).\(hash.finalize().hex.prefix(16))"
            }
        } catch let error as AppError {
            throw error
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }

    /// Blocks for a few milliseconds. In pieces: a program is larger than all that the gateway holds otherwise.
    static func digest(of program: String) throws(AppError) -> String {
        var hash = SHA256()
        try File.forEachPiece(of: program) { hash.update($0) }
        return hash.finalize().hex
    }
}
