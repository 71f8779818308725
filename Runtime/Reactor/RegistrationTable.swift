/// The watched descriptors, by a token that is never used twice, so that readiness reported for a descriptor that is gone reaches nobody.
struct RegistrationTable {
    private var slots: [Registration?] = []
    private var generations: [UInt32] = []
    private var free: [Int] = []

    mutating func insert(_ registration: Registration) {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            generations[slot] &+= 1
            slots[slot] = registration
        } else {
            slot = slots.count
            slots.append(registration)
            generations.append(0)
        }
        registration.token = UInt64(generations[slot]) << 32 | UInt64(slot)
    }

    mutating func remove(_ registration: Registration) -> Bool {
        let slot = Int(registration.token & 0xFFFF_FFFF)
        guard slot < slots.count, slots[slot] === registration else { return false }
        slots[slot] = nil
        free.append(slot)
        return true
    }

    /// Who is watched under a token; nil if that registration is gone.
    func registration(of token: UInt64) -> Registration? {
        let slot = Int(token & 0xFFFF_FFFF)
        guard slot < slots.count, generations[slot] == UInt32(token >> 32) else { return nil }
        return slots[slot]
    }
}
