import HandlerKit

/// How the news of a business are read.
enum NewsSQL {
    /// $2 business, $3 from, $4 before, $5 language or null, $6 behind which article or null, $7 how many; the newest first.
    static let list = Statement(
        "dashboards.news",
        """
        select n.id, n.title, n.content, n.url, n.source, n.language, n.country, n.image_url, n.sentiment, n.published_at, n.source_id,
            n.sentiment_label, n.entities, n.topics, n.scored_at
        from app.news_articles n
        where n.tenant_id = $1 and n.business_id = $2 and n.published_at >= $3 and n.published_at < $4 and ($5::text is null or n.language = $5)
            and ($6::uuid is null or (n.published_at, n.id) < (
                select o.published_at, o.id from app.news_articles o where o.tenant_id = $1 and o.id = $6))
        order by n.published_at desc, n.id desc limit $7
        """, access: .read, plan: .custom)

    static let all = [list]
}
