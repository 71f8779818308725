import Testing

@testable import Postgres

@Suite struct SegmentProgressTests {
    private static let roles: [SegmentProgress.Role] = [.discard, .prepare, .keep, .keep]

    private func progress() -> SegmentProgress {
        var progress = SegmentProgress()
        for (call, role) in Self.roles.enumerated() { progress.append(role, call: call) }
        return progress
    }

    @Test("answers are told apart by their place")
    func inOrder() {
        var progress = progress()
        for expected: SegmentProgress.Verdict in [.discard, .prepared, .keep, .keep] {
            #expect(progress.take(.result) == expected)
            #expect(progress.take(.nothing) == .discard)
        }
        #expect(progress.isAtCommit)
        #expect(progress.take(.sync) == .complete)
    }

    @Test("pitfall 49: a failure in any position, also of the commit, is named and leads to the end", arguments: 0...4)
    func failure(position: Int) {
        var progress = progress()
        for step in 0..<4 {
            if step < position { #expect(progress.take(.result) != .violation) }
            if step == position { #expect(progress.take(.failure) == .failed(call: step)) }
            if step > position { #expect(progress.take(.skipped) == .discard) }
            #expect(progress.take(.nothing) == .discard)
        }
        if position == 4 {
            #expect(progress.take(.failure) == .failed(call: nil))
            #expect(progress.take(.nothing) == .discard)
        }
        #expect(progress.take(.sync) == .complete)
    }

    @Test("what cannot be is said to be so: an early sync, an answer too many, silence")
    func violations() {
        var early = progress()
        #expect(early.take(.sync) == .violation)
        var doubled = progress()
        _ = doubled.take(.result)
        #expect(doubled.take(.result) == .violation)
        var silent = progress()
        #expect(silent.take(.nothing) == .violation)
        var empty = SegmentProgress()
        #expect(empty.take(.result) == .violation)
        #expect(empty.take(.sync) == .complete)
    }

    @Test("it is used again without a trace of the last segment")
    func reset() {
        var progress = progress()
        _ = progress.take(.failure)
        progress.reset()
        progress.append(.keep, call: 0)
        #expect(progress.take(.result) == .keep)
    }
}
