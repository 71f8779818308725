public import Kernel

/// A place at which the record is not what was sealed.
public struct ChainBreak: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A seal's number is left out.
        case sealMissing = "seal_missing"
        /// A seal's own fields are not those that it was made with, or its key is not known.
        case sealChanged = "seal_changed"
        /// A seal does not name the one before it: seals were put in, taken out or put in another order.
        case chainBroken = "chain_broken"
        /// An entry that was sealed is gone.
        case entryMissing = "entry_missing"
        /// An entry is not what was sealed.
        case entryChanged = "entry_changed"
        /// The places of a batch are not those that were sealed: entries were put in, taken out or put in another order.
        case orderChanged = "order_changed"
        /// An entry of a time long sealed, and in no batch: it was put in later.
        case entryInserted = "entry_inserted"
        /// Places behind the last seal: seals were cut off.
        case sealsCut = "seals_cut"
        /// A seal that was known before is not there, or another one: the end was cut off, or the chain made anew.
        case endCut = "end_cut"
    }

    public var kind: Kind
    /// The number of the seal, where one is concerned.
    public var seal: Int64?
    /// The place in the log, where one is concerned.
    public var position: Int64?
    public var entry: UUID?

    public init(_ kind: Kind, seal: Int64? = nil, position: Int64? = nil, entry: UUID? = nil) {
        self.kind = kind
        self.seal = seal
        self.position = position
        self.entry = entry
    }
}
