import Connectors
import Testing

@Suite struct LargeAnswersTests {
    @Test("small answers take no turn; of large ones two have theirs at once, the others in the order in which they came") func order() async throws {
        let large = LargeAnswers(atOnce: 2)
        let (began, begun) = AsyncStream.makeStream(of: Int.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        await withThrowingTaskGroup(of: Void.self) { group in
            func add(_ number: Int, waits: Bool) {
                group.addTask {
                    try await large.withTurn(bytes: LargeAnswers.size + 1) {
                        begun.yield(number)
                        if waits { for await _ in gate { break } }
                    }
                }
            }
            var order = began.makeAsyncIterator()
            add(1, waits: true)
            #expect(await order.next() == 1)
            add(2, waits: true)
            #expect(await order.next() == 2)
            for number in 3...5 {
                add(number, waits: false)
                while large.waiting < number - 2 { await Task.yield() }
            }
            let small = try? await large.withTurn(bytes: LargeAnswers.size) { 7 }
            #expect(small == 7 && large.waiting == 3)
            open.yield()
            for number in 3...5 { #expect(await order.next() == number) }
            open.yield()
        }
        #expect(large.waiting == 0)
    }

    @Test("who is cancelled while waiting leaves the line, and takes nobody's turn") func cancelled() async throws {
        let large = LargeAnswers(atOnce: 1)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                let result: Void? = try? await large.withTurn(bytes: .max) { for await _ in gate { break } }
                return result != nil
            }
            await withTaskGroup(of: Bool.self) { others in
                others.addTask {
                    do {
                        try await large.withTurn(bytes: .max) {}
                        return false
                    } catch { return error is CancellationError }
                }
                while large.waiting == 0 { await Task.yield() }
                others.cancelAll()
                #expect(await others.next() == true)
            }
            #expect(large.waiting == 0)
            open.yield()
            #expect(await group.next() == true)
        }
        let last = try await large.withTurn(bytes: .max) { 1 }
        #expect(last == 1)
    }
}
