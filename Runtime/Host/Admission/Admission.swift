import Kernel
import Logging
import NIOCore
import Synchronization

/// What stands before every call: who asks, from where, how often, and whether it has behaved. Used from all loops.
final class Admission: Sendable {
    let settings: AdmissionSettings
    let proxies: TrustedProxies
    let hosts: TrustedHosts
    let origins: CrossOrigin
    let security: SecurityHeaders
    let rates: RateRules
    /// Nil: nobody is judged.
    private let suspicion: Mutex<SuspicionTable?>
    private let time: TimeSource
    private let logger: Logger

    init(_ settings: AdmissionSettings, time: TimeSource, logger: Logger) {
        self.settings = settings
        proxies = TrustedProxies(ranges: settings.trustedProxies)
        hosts = TrustedHosts(settings.hosts)
        origins = CrossOrigin(settings.corsOrigins)
        security = SecurityHeaders(varies: !origins.isEmpty)
        rates = RateRules(address: settings.addressRate, user: settings.userRate, tenant: settings.tenantRate, start: time.instant())
        suspicion = Mutex(settings.suspectsAddresses ? SuspicionTable() : nil)
        self.time = time
        self.logger = logger
    }

    /// How an address has behaved.
    func state(of address: ClientAddress) -> SuspicionTable.State {
        suspicion.withLock { $0?.state(address, at: time.instant()) } ?? .normal
    }

    /// Remembers what an address did wrong. A trusted proxy is never blamed for those behind it, nor is this machine, where a proxy may stand that
    /// nobody named.
    func note(_ offence: SuspicionTable.Offence, of address: ClientAddress) {
        guard address != .none, !address.isLoopback, !proxies.trusts(address) else { return }
        let change = suspicion.withLock { $0?.note(offence, of: address, at: time.instant()) }
        guard let change else { return }
        logger.warning(
            change == .blocked ? "an address is blocked for a while" : "an address is answered slowly", metadata: .keys([.client: "\(address)"]))
    }
}

extension Gateway {
    /// Finds out where a call comes from and whether it may be looked at. An address that has misbehaved waits here, holding nothing but its
    /// connection.
    func meet(_ head: RequestHead, _ call: inout Call) async throws(AppError) {
        let client = admission.proxies.client(of: call.client, head.forwarding)
        call.client = client.address
        if let isSecure = client.isSecure { call.isSecure = isSecure }
        call.common = admission.origins.lines(head.origin)
        switch admission.state(of: call.client) {
        case .normal: break
        case .slowed(let delay): await call.connection.executor.pause(delay)
        case .blocked(let until):
            call.wantsKeep = false
            throw AppError(.tooManyRequests, "This address is blocked for a while", retryAfter: time.instant().duration(to: until))
        }
        guard admission.hosts.accept(client.host ?? head.host) else {
            throw AppError(.badRequest, "The host of this request is not served here")
        }
    }

    /// Counts a call before anything about it is verified.
    func count(_ call: inout Call) throws(AppError) {
        do throws(RateRefusal) {
            try admission.rates.enter(call.client, at: time.instant())
        } catch { throw slowDown(error, &call) }
    }

    /// Counts a call of a member who was let in. Operators are few, and may make many tenants at once.
    func count(_ principal: Principal, _ call: inout Call) throws(AppError) {
        if principal.isOperator { return admission.rates.pass(call.client) }
        do throws(RateRefusal) {
            try admission.rates.enter(
                principal.user, key: principal.apiKey, principal.tenant, standing: principal.standing, from: call.client, at: time.instant())
        } catch { throw slowDown(error, &call) }
    }

    private func slowDown(_ refusal: RateRefusal, _ call: inout Call) -> AppError {
        call.common += refusal.headers
        admission.note(.tooFast, of: call.client)
        return refusal.error(at: time.now())
    }

    /// Remembers an error that says something about its caller.
    func judge(_ error: AppError, _ call: Call) {
        switch error.code {
        case .invalidCredentials: admission.note(.failedSignIn, of: call.client)
        case .unauthenticated where call.hasToken: admission.note(.badToken, of: call.client)
        case .notFound where call.route.isEmpty: admission.note(.unknownPath, of: call.client)
        case .badRequest, .uriTooLong, .headersTooLarge, .timeout: if call.route.isEmpty { admission.note(.malformed, of: call.client) }
        default: break
        }
    }
}

extension LoopExecutor {
    /// Lets time pass. The calling task runs on this loop.
    func pause(_ duration: Duration) async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            _ = loop.scheduleTask(in: .microseconds(duration.microseconds)) { continuation.resume() }
        }
    }
}
