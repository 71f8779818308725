import Testing
import Wire

@Suite("Credit") struct CreditTests {
    @Test("a window is under way at most, and the receiver's grants keep it moving") func window() {
        var sender = SendCredit()
        var receiver = ReceiveCredit()
        var (sent, consumed, granted) = (0, 0, 0)
        for _ in 0..<1000 {
            let piece = min(sender.available, 10_000)
            sender.spend(piece)
            sent += piece
            #expect(receiver.receive(piece) == true)
            #expect(sent - consumed <= SendCredit.initialWindow)
            consumed += piece
            if let grant = receiver.consume(piece) {
                sender.grant(grant)
                granted += Int(grant)
            }
        }
        #expect(sent == 10_000_000)
        #expect(consumed - granted < SendCredit.initialWindow / 2)
    }

    @Test("a sender past its credit is found out") func violation() {
        var receiver = ReceiveCredit()
        #expect(receiver.receive(SendCredit.initialWindow) == true)
        #expect(receiver.receive(1) == false)
    }

    @Test("small pieces are granted together") func batches() {
        var receiver = ReceiveCredit()
        #expect(receiver.receive(1000) == true)
        #expect(receiver.consume(1000) == nil)
        #expect(receiver.receive(SendCredit.initialWindow / 2) == true)
        #expect(receiver.consume(SendCredit.initialWindow / 2) == UInt32(1000 + SendCredit.initialWindow / 2))
    }
}
