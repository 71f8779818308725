import HandlerKit

/// How articles are read, and what they say is kept.
enum ScoringSQL {
    /// The newest that nobody has read, $2 at most. What matters stands at the beginning of a text.
    static let unscored = Statement(
        "articles.unscored",
        """
        select n.id, n.title, left(n.content, 20000), n.language from app.news_articles n
        where n.tenant_id = $1 and n.scored_at is null order by n.published_at desc, n.id desc limit $2
        """, access: .read)

    /// $2 ids, $3 sentiments, $4 labels, $5 languages, $6 entities, $7 topics. The language that the provider has said stays.
    static let store = Statement(
        "articles.store_scores",
        """
        update app.news_articles n
        set sentiment = s.sentiment, sentiment_label = s.label, language = coalesce(n.language, s.language), entities = s.entities, topics = s.topics,
            scored_at = now()
        from unnest($2::uuid[], $3::float8[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[]) as s (id, sentiment, label, language, entities, topics)
        where n.tenant_id = $1 and n.id = s.id
        """, access: .write, plan: .custom)

    static let all = [unscored, store]
}
