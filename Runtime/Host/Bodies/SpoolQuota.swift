import Kernel

/// How much each tenant has spooled. A pure value.
struct SpoolQuota {
    /// Bytes of one tenant, and of all together.
    let perTenant: Int
    let total: Int
    private var used: [TenantID: Int] = [:]
    private var sum = 0

    init(perTenant: Int, total: Int) {
        self.perTenant = perTenant
        self.total = total
    }

    /// Takes room for bytes. Throws `TOO_MANY_REQUESTS` where the tenant has used up its own, `UNAVAILABLE` where all have.
    mutating func take(_ count: Int, for tenant: TenantID) throws(AppError) {
        guard used[tenant, default: 0] + count <= perTenant else {
            throw AppError(.tooManyRequests, "This tenant's uploads under way fill its room; try again later", retryAfter: .seconds(10))
        }
        guard sum + count <= total else {
            throw AppError(.unavailable, "There is no room for a body of this size right now", retryAfter: .seconds(10))
        }
        used[tenant, default: 0] += count
        sum += count
    }

    /// Gives room back.
    mutating func give(_ count: Int, for tenant: TenantID) {
        sum -= count
        let rest = used[tenant, default: 0] - count
        used[tenant] = rest > 0 ? rest : nil
    }
}
