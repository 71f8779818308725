public import Kernel

/// Who may call how often, from where, and under which names.
public struct AdmissionSettings: Sendable {
    /// Calls of one address that have not proved who they are; IPv6 by /64. Nil: no limit. Defaults to 100 a minute, 300 at once: many people may
    /// stand behind one address.
    public var addressRate: RateLimit? = RateLimit(100, per: .seconds(60), burst: 300)
    /// Calls of one user. Nil: no limit. Defaults to 100 a minute.
    public var userRate: RateLimit? = RateLimit(100, per: .seconds(60))
    /// Calls of one tenant. Defaults to what its plan says.
    public var tenantRate = TenantRate.plan
    /// Whether addresses that misbehave are slowed and blocked. Defaults to true.
    public var suspectsAddresses = true
    /// Proxies whose word about the client is taken. Defaults to none.
    public var trustedProxies: [AddressRange] = []
    /// Names under which calls are taken, `*.example.com` for all below one; empty: any.
    public var hosts: [String] = []
    /// Origins of web pages that may call; empty: none.
    public var corsOrigins: [String] = []
    /// The longest that a call waits for its turn. Defaults to 15 seconds.
    public var queueWait: Duration = .seconds(15)
    /// Calls of one tenant, and of all, that may wait for a handler. Default to 256 and 1024.
    public var queuePerTenant = 256
    public var queueTotal = 1024
    /// Heavy calls of one tenant that run at once beside short ones of others; nil: half of the cores, at least one. `Int.max`: no limit.
    public var heavyCalls: Int?

    /// The defaults.
    public init() {}

    /// Sets one of them by its name in the environment, `TENANTRY_` left out, for example `RATE_USER`. False for a name that is none of them; throws
    /// `VALIDATION_ERROR` that names the variable.
    public mutating func set(_ name: String, _ text: String) throws(AppError) -> Bool {
        func wrong(_ expected: String) -> AppError { .invalid("TENANTRY_\(name)", "expected \(expected); got \(text.prefix(200))") }
        func list() -> [String] {
            text.split { $0 == "," || $0 == " " }.map { String($0) }
        }
        func rate() throws(AppError) -> RateLimit? {
            if text == "off" { return nil }
            guard let limit = RateLimit(text) else { throw wrong("`off` or a rate such as `100/min` or `5/s burst 20`") }
            return limit
        }
        func number(_ range: ClosedRange<Int>) throws(AppError) -> Int {
            guard let number = Int(text), range.contains(number) else { throw wrong("a number from \(range.lowerBound) to \(range.upperBound)") }
            return number
        }
        switch name {
        case "RATE_ADDRESS": addressRate = try rate()
        case "RATE_USER": userRate = try rate()
        case "RATE_TENANT":
            guard let rate = TenantRate(text) else { throw wrong("`plan`, `off` or a rate such as `6000/min burst 1000`") }
            tenantRate = rate
        case "SUSPICION":
            guard text == "on" || text == "off" else { throw wrong("`on` or `off`") }
            suspectsAddresses = text == "on"
        case "TRUSTED_PROXIES":
            trustedProxies = try list().map { item throws(AppError) in
                guard let range = AddressRange(item) else { throw wrong("ranges such as `10.0.0.0/8, 2001:db8::/32`") }
                return range
            }
        case "HOSTS":
            hosts = try list().map { item throws(AppError) in
                let isName = item.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }
                guard isName, !item.dropFirst(item.hasPrefix("*.") ? 2 : 0).contains("*") else {
                    throw wrong("names such as `api.example.com, *.example.org`, without a port")
                }
                return item
            }
        case "CORS_ORIGINS":
            corsOrigins = try list().map { item throws(AppError) in
                let rest = item.hasPrefix("https://") ? item.dropFirst(8) : item.hasPrefix("http://") ? item.dropFirst(7) : ""
                guard item == "*" || (!rest.isEmpty && !rest.contains("/") && !rest.contains("*") && item == item.lowercased()) else {
                    throw wrong("origins such as `https://app.example.com`, without a path, or `*`")
                }
                return item
            }
        case "QUEUE_PER_TENANT": queuePerTenant = try number(1...100_000)
        case "QUEUE_TOTAL": queueTotal = try number(1...100_000)
        case "HEAVY_CALLS": heavyCalls = text == "off" ? .max : try number(1...4096)
        default: return false
        }
        return true
    }

    /// Every name that ``set(_:_:)`` knows.
    public static let names = [
        "RATE_ADDRESS", "RATE_USER", "RATE_TENANT", "SUSPICION", "TRUSTED_PROXIES", "HOSTS", "CORS_ORIGINS", "QUEUE_PER_TENANT", "QUEUE_TOTAL",
        "HEAVY_CALLS",
    ]
}
