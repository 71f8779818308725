import Postgres

/// The statements of a write with an `Idempotency-Key`. They run in the transaction of its effect.
enum KeyedSQL {
    /// $1…$3: route, key, fingerprint. Whether it is claimed now; else whether the stored request was the same one, and what it was answered.
    static let claim = Statement(
        "kit.claim_key", "select claimed, fits, kept_status, kept_headers, kept_body from runtime.claim_key($1, $2, $3)", access: .write)

    /// $1…$5: route, key, status, headers as JSON, body.
    static let keep = Statement("kit.keep_answer", "select runtime.keep_answer($1, $2, $3, $4, $5)", access: .write)

    /// What a step of the handler is taken back to where it fails, so that the rest of the transaction can go on.
    static let savepoint = Statement("kit.savepoint", "savepoint kit_step")
    static let release = Statement("kit.release", "release savepoint kit_step")
    static let back = Statement("kit.back", "rollback to savepoint kit_step")
}
