import HandlerKit

/// The statements of pushes.
enum PushSQL {
    /// Notes the message $3 to the source $2. None where it was taken before.
    static let note = Statement(
        "sources.note_push",
        """
        insert into app.source_pushes (tenant_id, source_id, message_id, received_at)
        select s.tenant_id, s.id, $3, clock_timestamp() from app.data_sources s where s.tenant_id = $1 and s.id = $2
        on conflict (tenant_id, source_id, message_id) do nothing
        returning message_id
        """, access: .write)

    /// Forgets messages to the source $2 from before $3: their signatures are too old to come again.
    static let forget = Statement(
        "sources.forget_pushes",
        "delete from app.source_pushes p where p.tenant_id = $1 and p.source_id = $2 and p.received_at < $3", access: .write)

    static let all = [note, forget]
}
