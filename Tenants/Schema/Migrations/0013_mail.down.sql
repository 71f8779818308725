set local role {prefix}_owner;

drop table identity.mail_outbox cascade;
drop function identity.queue_mail(text, text, uuid, bytea), identity.mail_is_due(), identity.claim_mail(int, interval),
    identity.mail_sent(uuid, int), identity.mail_postponed(uuid, int, interval, text), identity.mail_given_up(uuid, int, text), identity.sweep_mail();
