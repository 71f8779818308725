extension Attack {
    /// What is stored under idempotency keys. B has an answer under `known` at each handler; A's own are its own business.
    static let answers: [Attack] = [
        Attack("select * from runtime.claim_key('POST /x', 'known', \(print))"),
        Attack("select * from runtime.claim_key('POST /x', 'of-b-alone', \(print))"),
        Attack(
            "select * from runtime.claim_key('POST /x', 'of-b-alone', \(print))", "select * from runtime.claim_key('POST /x', 'of-b-alone', \(print))"
        ),
        Attack("select tenancy.use('{swapped}')", "select * from runtime.claim_key('POST /x', 'known', \(print))"),
        Attack("select tenancy.use('{forged}')", "select * from runtime.claim_key('POST /x', 'known', \(print))"),
        Attack("select tenancy.use('{elsewhere}')", "select * from runtime.claim_key('POST /x', 'known', \(print))"),
        Attack("select tenancy.use('{identity}')", "select * from runtime.claim_key('POST /x', 'known', \(print))"),
        Attack("select tenancy.use('')", "select * from runtime.claim_key('POST /x', 'known', \(print))"),
        Attack("select runtime.keep_answer('POST /x', 'known', 200, '[]', 'mine')"),
        Attack("select runtime.keep_answer('POST /x', 'of-b-alone', 200, '[]', 'mine')"),
        Attack("select tenancy.use('{swapped}')", "select runtime.keep_answer('POST /x', 'known', 200, '[]', 'mine')"),
        Attack("select * from runtime.claim_key(null, null, null)"), Attack("select runtime.keep_answer(null, null, null, null, null)"),
        Attack("select * from runtime.claim_key('POST /x', repeat('k', 256), \(print))"),
        Attack("select * from runtime.claim_key(repeat('r', 1000000), 'k', \(print))"),
        Attack("select * from runtime.claim_key('POST /x', 'k', '')"),
        Attack(
            "select claimed from runtime.claim_key('POST /x', 'large', \(print))",
            "select runtime.keep_answer('POST /x', 'large', 200, '[]', convert_to(repeat('x', 65537), 'UTF8'))"),
        Attack("create or replace function runtime.claim_key(text, text, bytea) returns int language sql as 'select 1'"),
        Attack("create function runtime.mine() returns int language sql as 'select 1'"),
        Attack("alter function runtime.claim_key(text, text, bytea) security invoker"),
        Attack("drop policy own_handler on tenancy.answers"),
        Attack("set row_security = off", "select * from runtime.claim_key('POST /x', 'known', \(print))"),
        Attack("set role {prefix}_owner", "select * from tenancy.answers"),
        Attack("set session authorization {prefix}_owner", "select * from tenancy.answers"),
    ]

    private static let print = "decode(repeat('00', 32), 'hex')"
}
