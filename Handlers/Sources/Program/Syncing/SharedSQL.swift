import HandlerKit

/// Answers of public providers, for all tenants together, and how often these are asked.
enum SharedSQL {
    /// $2 provider, $3 the question's hash: an answer that is good still.
    static let find = Statement(
        "sources.shared_answer", "select a.body, a.fetched_at from tenancy.public_answer($2, $3) a where $1::uuid is not null", access: .write)
    /// $2 provider, $3 the question's hash, $4 the answer, $5 for how many seconds it is good; null: for ever.
    static let keep = Statement(
        "sources.keep_answer", "select tenancy.keep_public_answer($2, $3, $4, $5) where $1::uuid is not null", access: .write)
    /// $2 provider, $3 calls in $4 seconds. Null where it may be asked, else in how many seconds.
    static let take = Statement("sources.take_call", "select tenancy.take_provider_call($2, $3, $4) where $1::uuid is not null", access: .write)

    static let all = [find, keep, take]
}
