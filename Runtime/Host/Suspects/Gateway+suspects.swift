import Kernel
import Logging
import Manifest
import Tokens
import Wire

extension Gateway {
    /// The fingerprint of a call that has to run alone; nil for any other. Costs nothing as long as no process of the handler has looped or died.
    ///
    /// Throws `POISON_INVOCATION` for a call that ended its process each time.
    func suspicion(
        _ handler: ServedHandler, _ place: Int, _ tenant: TenantID?, _ parameters: [String], _ query: String, _ body: GatheredBody
    ) async throws(AppError) -> Fingerprint? {
        guard !handler.docket.isEmpty, handler.docket.hasAny(of: place, tenant) else { return nil }
        let fingerprint = try await fingerprint(handler, place, tenant, parameters, query, body)
        switch handler.docket.verdict(on: fingerprint) {
        case .free: return nil
        case .alone: return fingerprint
        case .refused(let rest): throw AppError(.poisonInvocation, retryAfter: rest, retryable: false)
        }
    }

    func fingerprint(
        _ handler: ServedHandler, _ place: Int, _ tenant: TenantID?, _ parameters: [String], _ query: String, _ body: GatheredBody
    ) async throws(AppError) -> Fingerprint {
        var hash = SHA256()
        let tenantText = tenant.map { "\($0)" } ?? ""
        for part in [handler.name, handler.pool.program ?? "", handler.routes[place].shape, tenantText, query] + parameters {
            hash.update(Array("\(part.utf8.count):".utf8))
            hash.update(Array(part.utf8))
        }
        return Fingerprint(route: place, tenant: tenant, digest: try await body.hash(behind: hash))
    }

    /// A call was in flight when its process ended.
    func suspect(_ invocation: Invocation, _ handler: ServedHandler) async {
        guard case .route(let place) = invocation.head.target,
            let fingerprint = try? await fingerprint(
                handler, Int(place), invocation.grant.context.tenant, invocation.head.parameters, invocation.head.query, invocation.body)
        else { return }
        handler.docket.suspect(fingerprint)
    }

    /// A call ended its process alone: it is refused from now on, and what is known of it is kept.
    func convict(_ fingerprint: Fingerprint, _ handler: ServedHandler, _ death: Death, _ facts: CallFacts) async {
        let route = handler.description.routes[fingerprint.route]
        let now = time.now()
        let rest = handler.docket.convict(fingerprint)
        let conviction = Conviction(
            at: now, until: now + rest, handler: handler.name, program: handler.program, route: "\(route.method) \(route.path)",
            tenant: fingerprint.tenant, requestID: facts.requestID, fingerprint: fingerprint.digest.hex, ended: death.how,
            killedFor: death.cause?.rawValue, memory: death.sample?.memory,
            cpuMilliseconds: death.sample.map { Int($0.cpu.milliseconds) })
        let used = death.sample.map { ", \($0.memory >> 20) MB in memory, \($0.cpu) of processor time" } ?? ""
        logger.error(
            "a call ended its process alone and is refused",
            metadata: .keys([
                .requestID: "\(facts.requestID)", .handler: "\(handler.name)", .route: "\(conviction.route)",
                .tenantID: "\(fingerprint.tenant.map { "\($0)" } ?? "none")",
                .reason: "\(death.how)\(death.cause.map { " (\($0.rawValue))" } ?? "")\(used); fingerprint \(conviction.fingerprint)",
            ]))
        do {
            try await convictions.add(conviction)
        } catch {
            logger.error("a conviction could not be kept", metadata: .keys([.error: "\(String(reflecting: error))"]))
        }
    }
}

extension ServedHandler {
    /// The program's place and identity.
    var program: String { "\(pool.manifest.program) \(pool.program ?? "")" }

    /// Takes over the convictions of this version of the program that still last.
    func restore(_ convictions: [Conviction], now: Timestamp) {
        for conviction in convictions where conviction.handler == name && conviction.program == program && conviction.until > now {
            guard let bytes = Hex.decode(conviction.fingerprint), let digest = Digest(bytes),
                let place = description.routes.firstIndex(where: { "\($0.method) \($0.path)" == conviction.route })
            else { continue }
            _ = docket.convict(Fingerprint(route: place, tenant: conviction.tenant, digest: digest), for: conviction.until - now)
        }
    }
}
