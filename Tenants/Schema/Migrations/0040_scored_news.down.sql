set local role {prefix}_owner;
drop function tenancy.roll_up_usage(int);
drop index tenancy.usage_hour;
drop function identity.anonymize_old_events(int);
drop function tenancy.own_retention();
drop trigger news_landed on app.news_articles;
drop function tenancy.news_landed();
drop function tenancy.want_job(uuid, text, text);
alter table app.news_articles drop column scored_at, drop column topics, drop column entities, drop column sentiment_label;
