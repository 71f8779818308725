/// A step that a hostile package brings beside its table, and the word that refuses it.
struct SchemaAttack: Sendable {
    let what: String
    let sql: String
    /// The SQLSTATE of the server, or the id of the lint rule.
    let refusal: String

    static let all: [SchemaAttack] = [
        .init(what: "makes the gateway's role mighty", sql: "alter role {prefix}_host superuser", refusal: "42501"),
        .init(what: "makes itself mighty", sql: "alter role {prefix}_o_notes createrole", refusal: "42501"),
        .init(what: "becomes the owner of all", sql: "set role {prefix}_owner", refusal: "42501"),
        .init(what: "becomes the installer again", sql: "reset role; reset session authorization; create schema other", refusal: "42501"),
        .init(what: "becomes a superuser", sql: "set session authorization postgres", refusal: "42501"),
        .init(what: "reads the signing keys", sql: "create table notes.k as select secret from tenancy.keys", refusal: "42501"),
        .init(what: "asks for the signing key", sql: "select tenancy.signing_key()", refusal: "42501"),
        .init(what: "reads the tenants", sql: "create table notes.k as select * from tenancy.tenants", refusal: "42501"),
        .init(what: "reads users", sql: "select * from identity.users", refusal: "42501"),
        .init(what: "reads another schema's rows", sql: "select * from app.businesses", refusal: "42501"),
        .init(what: "makes a table in another schema", sql: "create table app.mine (tenant_id uuid)", refusal: "42501"),
        .init(what: "makes a schema", sql: "create schema other", refusal: "42501"),
        .init(what: "changes another schema's table", sql: "alter table app.businesses no force row level security", refusal: "42501"),
        .init(what: "writes the record of the core's steps", sql: "delete from tenancy.migrations", refusal: "42501"),
        .init(what: "runs a program", sql: "copy notes.entries to program 'id'", refusal: "42501"),
        .init(what: "reads a file", sql: "select pg_read_file('/etc/passwd')", refusal: "42501"),
        .init(what: "loads a file", sql: "copy notes.entries from '/etc/passwd'", refusal: "42501"),
        .init(what: "brings an extension", sql: "create extension dblink", refusal: "42501"),
        .init(what: "brings an event trigger", sql: "create event trigger e on ddl_command_end execute function notes.f()", refusal: "42"),
        .init(what: "runs a block", sql: "do $$ begin perform 1; end $$", refusal: "42501"),
        .init(
            what: "brings a function with its owner's rights",
            sql: "create function notes.f() returns bigint language sql security definer as 'select count(*) from notes.entries'", refusal: "42501"),
        .init(what: "publishes the changes of all", sql: "create publication p for all tables", refusal: "42501"),
        .init(what: "leaves a temporary table", sql: "create temp table pg_class (oid oid)", refusal: "42501"),
        .init(what: "commits before it is looked at", sql: "commit; begin; create table notes.k (id int)", refusal: "ends its transaction itself"),
        .init(what: "commits and goes on", sql: "create table notes.k (id int); commit and chain", refusal: "ends its transaction itself"),
        .init(what: "rolls back and records", sql: "rollback; begin", refusal: "ends its transaction itself"),

        .init(what: "opens its table to everybody", sql: "grant select on notes.entries to public", refusal: "package_granted"),
        .init(what: "opens a column to another role", sql: "grant select (text) on notes.entries to {prefix}_host", refusal: "package_granted"),
        .init(
            what: "opens what comes later", sql: "alter default privileges in schema notes grant select on tables to public",
            refusal: "package_default_grants"),
        .init(what: "makes its handler the owner", sql: "grant {prefix}_o_notes to {prefix}_backup", refusal: "42501"),
        .init(what: "adds a policy for all", sql: "create policy open on notes.entries using (true)", refusal: "second_policy"),
        .init(
            what: "replaces the policy", sql: "drop policy tenant on notes.entries; create policy tenant on notes.entries using (true)",
            refusal: "table_without_policy"),
        .init(what: "lifts FORCE", sql: "alter table notes.entries no force row level security", refusal: "table_without_row_security"),
        .init(
            what: "forgets to protect a table", sql: "create table notes.open (tenant_id uuid not null, id uuid, primary key (tenant_id, id))",
            refusal: "table_without_row_security"),
        .init(what: "keeps a table without a tenant", sql: "create table notes.k (id int primary key)", refusal: "table_without_tenant"),
        .init(what: "looks through a view", sql: "create view notes.v as select * from notes.entries", refusal: "view_past_policy"),
        .init(
            what: "keeps a copy of all rows", sql: "create materialized view notes.m as select 1 as one with no data", refusal: "view_past_policy"),
        .init(
            what: "rewrites statements", sql: "create rule r as on insert to notes.entries do also delete from notes.entries", refusal: "package_rule"
        ),
        .init(what: "tells by a unique index", sql: "create unique index on notes.entries (text)", refusal: "unique_without_tenant"),
        .init(
            what: "tells by a foreign key",
            sql: """
                create table notes.parts (tenant_id uuid not null, id uuid unique, up uuid references notes.parts (id), primary key (tenant_id, id));
                select tenancy.protect('notes.parts')
                """, refusal: "foreign_key_without_tenant"),
        .init(
            what: "keeps tenants from being removed",
            sql: "alter table notes.entries add constraint stays foreign key (tenant_id) references tenancy.tenants (id)",
            refusal: "package_keeps_tenants"),
        .init(what: "counts for all tenants", sql: "alter table notes.entries add n bigserial", refusal: "shared_sequence"),
        .init(what: "leaves things behind", sql: "create type notes.word as enum ('a')", refusal: "the steps back leave behind"),
    ]
}
