import HandlerKit

/// The statements about files. Those that change one take the next number of the tenant's clock, by which listeners know what is new. Rows are those of
/// ``FileRecord``.
enum FilesSQL {
    /// $2 id, $3 user, $4 name, $5 its original name, $6 media type, $7 overrides, $8 metadata, $9 the business that it is for, or null. None where the
    /// tenant has no such business.
    static let begin = Statement(
        "files.begin",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        insert into app.files as f (tenant_id, id, user_id, name, original_name, mime_type, overrides, metadata, import_into, position)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, tick.position from tick
        where $9::uuid is null or exists (select from app.businesses b where b.tenant_id = $1 and b.id = $9)
        returning f.id
        """, access: .write)

    /// All bytes of $2 are kept: $3 how many, $4 their hash, $5 what they are. None where another file has the same bytes.
    static let keep = Statement(
        "files.keep",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.files f
        set size = $3, sha256 = $4, kind = $5, position = tick.position, updated_at = clock_timestamp()
        from tick
        where f.tenant_id = $1 and f.id = $2 and f.size is null
            and not exists (select from app.files o where o.tenant_id = $1 and o.sha256 = $4)
        returning f.id, f.name, f.original_name, f.size, f.mime_type, f.kind, encode(f.sha256, 'hex'), f.status, f.bytes_read, f.error,
            f.report -> 'summary', f.metadata, f.user_id, f.created_at, f.updated_at
        """, access: .write)

    /// The file with the bytes of this hash.
    static let same = Statement(
        "files.same",
        """
        select f.id, f.name, f.original_name, f.size, f.mime_type, f.kind, encode(f.sha256, 'hex'), f.status, f.bytes_read, f.error, f.report -> 'summary', f.metadata, f.user_id, f.created_at, f.updated_at
        from app.files f where f.tenant_id = $1 and f.sha256 = $2
        """, access: .read)

    static let show = Statement(
        "files.show",
        """
        select f.id, f.name, f.original_name, f.size, f.mime_type, f.kind, encode(f.sha256, 'hex'), f.status, f.bytes_read, f.error, f.report -> 'summary', f.metadata, f.user_id, f.created_at, f.updated_at
        from app.files f where f.tenant_id = $1 and f.id = $2 and f.size is not null
        """, access: .read)

    /// $2 behind which, $3 of which status or all, $4 how many. Files of which not all bytes came are not shown.
    static let list = Statement(
        "files.list",
        """
        select f.id, f.name, f.original_name, f.size, f.mime_type, f.kind, encode(f.sha256, 'hex'), f.status, f.bytes_read, f.error,
            f.report -> 'summary', f.metadata, f.user_id, f.created_at, f.updated_at from app.files f
        where f.tenant_id = $1 and f.id < $2 and ($3::text is null or f.status = $3) and f.size is not null
        order by f.id desc limit $4
        """, access: .read)

    /// Name, kind, size, status, report, overrides and the business that it is for.
    static let content = Statement(
        "files.content",
        """
        select f.name, f.kind, f.size, f.status, f.report, f.overrides, f.import_into, f.mime_type
        from app.files f where f.tenant_id = $1 and f.id = $2 and f.size is not null
        """, access: .read)

    static let remove = Statement(
        "files.remove",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        delete from app.files f using tick where f.tenant_id = $1 and f.id = $2 and tick.position > 0 returning f.size is not null
        """, access: .write)

    /// One of which not all bytes came.
    static let removeUnfinished = Statement(
        "files.remove_unfinished", "delete from app.files f where f.tenant_id = $1 and f.id = $2 and f.size is null", access: .write)

    /// Somebody begins to read $2: its number is the newest from now on. None where it is not to be read.
    static let beginReading = Statement(
        "files.begin_reading",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.files f
        set status = 'processing', attempt = f.attempt + 1, bytes_read = 0, error = null, position = tick.position, updated_at = clock_timestamp()
        from tick
        where f.tenant_id = $1 and f.id = $2 and f.status in ('pending', 'processing') and f.size is not null
        returning f.attempt, f.size, f.overrides, f.name, f.import_into, f.user_id
        """, access: .write)

    /// $3 the attempt, $4 how many bytes were looked at. None where it is not to go on.
    static let progress = Statement(
        "files.progress",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.files f set bytes_read = $4, position = tick.position, updated_at = clock_timestamp()
        from tick where f.tenant_id = $1 and f.id = $2 and f.attempt = $3 and f.status = 'processing'
        returning f.id
        """, access: .write)

    /// $3 the attempt, $4 what it is, $5 what was found.
    static let complete = Statement(
        "files.complete",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.files f
        set status = 'completed', bytes_read = coalesce(f.size, 0), kind = $4, report = $5, error = null, position = tick.position,
            updated_at = clock_timestamp()
        from tick where f.tenant_id = $1 and f.id = $2 and f.attempt = $3 and f.status = 'processing'
        returning f.id, f.name, f.original_name, f.size, f.mime_type, f.kind, encode(f.sha256, 'hex'), f.status, f.bytes_read, f.error,
            f.report -> 'summary', f.metadata, f.user_id, f.created_at, f.updated_at
        """, access: .write)

    /// $3 the attempt, $4 why.
    static let fail = Statement(
        "files.fail",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.files f set status = 'failed', error = $4, report = null, position = tick.position, updated_at = clock_timestamp()
        from tick where f.tenant_id = $1 and f.id = $2 and f.attempt = $3 and f.status in ('pending', 'processing')
        returning f.id
        """, access: .write)

    static let cancel = Statement(
        "files.cancel",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.files f set status = 'cancelled', position = tick.position, updated_at = clock_timestamp()
        from tick where f.tenant_id = $1 and f.id = $2 and f.status in ('pending', 'processing') and f.size is not null
        returning f.id, f.name, f.original_name, f.size, f.mime_type, f.kind, encode(f.sha256, 'hex'), f.status, f.bytes_read, f.error,
            f.report -> 'summary', f.metadata, f.user_id, f.created_at, f.updated_at
        """, access: .write)

    /// It is read anew; $3 what its owner knows better.
    static let readAgain = Statement(
        "files.read_again",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.files f
        set status = 'pending', overrides = $3, report = null, error = null, bytes_read = 0, attempt = f.attempt + 1, position = tick.position,
            updated_at = clock_timestamp()
        from tick where f.tenant_id = $1 and f.id = $2 and f.size is not null
        returning f.id, f.name, f.original_name, f.size, f.mime_type, f.kind, encode(f.sha256, 'hex'), f.status, f.bytes_read, f.error,
            f.report -> 'summary', f.metadata, f.user_id, f.created_at, f.updated_at
        """, access: .write)

    /// $2 what is to be done (`read`, `import`, `remove`), $3 with what, $4 in how many seconds.
    static let addWork = Statement("files.add_work", "select tenancy.add_file_work($2, $3, $4) where $1::uuid is not null", access: .write)

    /// $2 and $3 as above: it is not to be done any more.
    static let dropWork = Statement("files.drop_work", "select tenancy.drop_file_work($2, $3) where $1::uuid is not null", access: .write)

    /// Files that were kept before $2, the oldest first; $3 how many.
    static let old = Statement(
        "files.old", "select f.id from app.files f where f.tenant_id = $1 and f.created_at < $2 order by f.id limit $3", access: .read)

    static let all = [
        begin, keep, same, show, list, content, remove, removeUnfinished, beginReading, progress, complete, fail, cancel, readAgain, addWork,
        dropWork, old,
    ]
}
