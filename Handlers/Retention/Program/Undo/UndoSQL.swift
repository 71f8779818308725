import HandlerKit

/// The statements that take an import back, in their order; $2 is the import. Each sees what the one before has done.
enum UndoSQL {
    /// Keeps others away from it, and says what it is: status, whether it only looked.
    static let claim = Statement(
        "retention.undo_claim",
        "select i.status, i.dry_run from app.imports i where i.tenant_id = $1 and i.id = $2 for update", access: .write)

    /// Locks its sources, as an import does.
    static let lock = Statement(
        "retention.undo_lock",
        """
        select s.id from app.kpi_sources s
        where s.tenant_id = $1 and s.id in (select n.source_id from app.import_sources n where n.tenant_id = $1 and n.import_id = $2)
        order by s.id for no key update of s
        """, access: .write)

    /// What later imports replaced of it becomes what stood there before it.
    static let inherit = Statement(
        "retention.undo_inherit",
        """
        update app.import_replaced r
        set value = o.value, metadata = o.metadata, previous_import_id = o.previous_import_id
        from app.import_replaced o
        where r.tenant_id = $1 and r.previous_import_id = $2
            and o.tenant_id = $1 and o.import_id = $2 and o.source_id = r.source_id and o."timestamp" = r."timestamp"
        """, access: .write)

    /// Where nothing stood there before it, the later imports have replaced nothing.
    static let disinherit = Statement(
        "retention.undo_disinherit", "delete from app.import_replaced r where r.tenant_id = $1 and r.previous_import_id = $2", access: .write)

    /// Its values that still stand become those before them.
    static let restore = Statement(
        "retention.undo_restore",
        """
        update app.kpi_data d
        set value = r.value, metadata = r.metadata, import_id = r.previous_import_id
        from app.import_replaced r
        where d.tenant_id = $1 and d.import_id = $2
            and r.tenant_id = $1 and r.import_id = $2 and d.source_id = r.source_id and d."timestamp" = r."timestamp"
        """, access: .write)

    /// All others that still stand go.
    static let remove = Statement(
        "retention.undo_remove",
        """
        delete from app.kpi_data d
        using app.import_sources n
        where d.tenant_id = $1 and d.import_id = $2 and n.tenant_id = $1 and n.import_id = $2 and d.source_id = n.source_id
        """, access: .write)

    static let forget = Statement(
        "retention.undo_forget", "delete from app.import_replaced r where r.tenant_id = $1 and r.import_id = $2", access: .write)

    /// Sources that it made count as made by the other imports that write to them, so that the last one that is taken back removes them.
    static let passOn = Statement(
        "retention.undo_pass_on",
        """
        update app.import_sources o set is_new = true
        from app.import_sources n
        where o.tenant_id = $1 and n.tenant_id = $1 and n.import_id = $2 and n.is_new and o.source_id = n.source_id and o.import_id <> $2
        """, access: .write, plan: .custom)

    /// Sources that it made, that no other import writes to and that are empty now.
    static let removeSources = Statement(
        "retention.undo_sources",
        """
        delete from app.kpi_sources s
        using app.import_sources n
        where s.tenant_id = $1 and n.tenant_id = $1 and n.import_id = $2 and n.is_new and n.source_id = s.id
            and not exists (select from app.kpi_data d where d.tenant_id = $1 and d.source_id = s.id)
            and not exists (select from app.import_sources o where o.tenant_id = $1 and o.source_id = s.id and o.import_id <> $2)
        """, access: .write)

    static let forgetSources = Statement(
        "retention.undo_forget_sources", "delete from app.import_sources n where n.tenant_id = $1 and n.import_id = $2", access: .write)

    /// Last, since it holds the tenant's clock until the commit.
    static let mark = Statement(
        "retention.undo",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.imports i set status = 'undone', position = tick.position, updated_at = clock_timestamp()
        from tick where i.tenant_id = $1 and i.id = $2 and i.status = 'completed' and not i.dry_run
        returning i.id
        """, access: .write)

    /// Between the claim and the mark.
    static let steps = [lock, inherit, disinherit, restore, remove, forget, passOn, removeSources, forgetSources]

    static let all = [claim] + steps + [mark]
}
