public import Postgres

/// The statement behind ``Invocation/consume(_:_:)``.
public enum QuotaSQL {
    /// $2 what is used, $3 how much of it. The tenant, $1, is the context's.
    public static let consume = Statement("kit.consume", "select tenancy.consume($2, $3) where $1::uuid is not null", access: .write)
}
