import HandlerKit

/// The statements of resumable uploads. $2 is the upload.
enum ResumableSQL {
    /// $3 who begins it, $4 its length, $5 its metadata, $6 for how many seconds, $7 how many of the tenant's may be unfinished at once. No row: there are too
    /// many.
    static let create = Statement(
        "uploads.resumable_create",
        """
        insert into app.resumable_uploads (tenant_id, id, user_id, length, metadata, expires_at)
        select $1, $2, $3, $4, $5::jsonb, now() + make_interval(secs => $6::float8)
        where (select count(*) from app.resumable_uploads u where u.tenant_id = $1 and u.file_id is null) < $7::int
        returning expires_at
        """, access: .write)

    /// An upload that has not expired; $3 for how many seconds one is kept that has.
    static let find = Statement(
        "uploads.resumable",
        """
        select u.length, u.received, u.parts, u.metadata::text, u.file_id, u.expires_at, u.expires_at + make_interval(secs => $3::float8) > now()
        from app.resumable_uploads u
        where u.tenant_id = $1 and u.id = $2
        """, access: .read)

    static let parts = Statement(
        "uploads.resumable_parts", "select p.object from app.resumable_parts p where p.tenant_id = $1 and p.upload_id = $2 order by p.number",
        access: .read)

    /// Adds a piece where nobody else did since: $3 the offset where it begins, $4 its length, $5 its object, $6 for how many seconds more. No row: another
    /// piece is there, or the upload is not.
    static let add = Statement(
        "uploads.resumable_add",
        """
        with moved as (
            update app.resumable_uploads u
            set received = u.received + $4, parts = u.parts + 1, expires_at = now() + make_interval(secs => $6::float8)
            where u.tenant_id = $1 and u.id = $2 and u.received = $3 and u.received + $4 <= u.length and u.file_id is null
            returning u.parts, u.expires_at
        ), added as (
            insert into app.resumable_parts (tenant_id, upload_id, number, size, object)
            select $1, $2, m.parts, $4, $5 from moved m
        )
        select m.expires_at from moved m
        """, access: .write)

    /// $3 the file that it has become.
    static let complete = Statement(
        "uploads.resumable_complete",
        """
        update app.resumable_uploads u set file_id = $3
        where u.tenant_id = $1 and u.id = $2 and u.received = u.length and u.file_id is null
        """, access: .write)

    static let removeParts = Statement(
        "uploads.resumable_remove_parts", "delete from app.resumable_parts p where p.tenant_id = $1 and p.upload_id = $2", access: .write)

    static let remove = Statement(
        "uploads.resumable_remove", "delete from app.resumable_uploads u where u.tenant_id = $1 and u.id = $2 returning u.file_id", access: .write)

    /// Removes it where it expired more than $3 seconds ago.
    static let expire = Statement(
        "uploads.resumable_expire",
        """
        delete from app.resumable_uploads u
        where u.tenant_id = $1 and u.id = $2 and u.expires_at < now() - make_interval(secs => $3::float8)
        """, access: .write)

    static let all = [create, find, parts, add, complete, removeParts, remove, expire]
}
