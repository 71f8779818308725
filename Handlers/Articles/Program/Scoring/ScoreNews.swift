import HandlerKit

/// The job `score_news`: reads all articles of the tenant that nobody has read. The transaction that lands articles makes it.
///
/// Articles are read in pieces, each kept in a transaction of its own: an attempt that is interrupted goes on where it stood.
enum ScoreNews {
    static let job = Job("score_news", summary: "Say of news what tone they have, and what they name") {
        (_: NoInput, job: JobInvocation) async throws in
        while true {
            let rows = try await job.database.rows(ScoringSQL.unscored, .int64(piece))
            if rows.isEmpty { break }
            let articles = try rows.map {
                (id: try $0.uuid(0), title: try $0.text(1), content: try $0.optionalText(2), language: try $0.optionalText(3))
            }
            let scores = try await job.offload {
                try articles.map { article throws(AppError) in
                    try ArticleScore(article.id, title: article.title, content: article.content, language: article.language)
                }
            }
            _ = try await job.database.transaction([Call(ScoringSQL.store, scores.binds)])
            try Task.checkCancellation()
        }
    }

    private static let piece: Int64 = 50
}
