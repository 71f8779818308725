import Testing

@testable import TextAnalysis

@Suite struct EntityTests {
    private static func find(_ text: String, _ kind: Entity.Kind) -> [Entity] {
        var finder = EntityFinder()
        return finder.find(in: text).filter { $0.kind == kind }
    }

    @Test(arguments: [
        ("a loss of $5.3 million", "$5.3 million", 5.3e6, "USD"), ("paid €1,200 for it", "€1,200", 1200, "EUR"),
        ("net profit of Rs 88.3 crore", "Rs 88.3 crore", 88.3e7, "INR"), ("about 40 million dollars", "40 million dollars", 4e7, "USD"),
        ("USD 5bn deal", "USD 5bn", 5e9, "USD"), ("worth US$ 3 billion", "US$ 3 billion", 3e9, "USD"), ("costs £10", "£10", 10, "GBP"),
    ])
    func moneyHasAmountAndCurrency(text: String, found: String, amount: Double, code: String) throws {
        let entity = try #require(Self.find(text, .money).first)
        #expect(entity.text == found)
        #expect(try abs(#require(entity.amount) - amount) <= amount * 1e-12)
        #expect(entity.code == code)
    }

    @Test(arguments: ["in 2024 he was 40", "10 million people", "at 5:30", "page 12 of 30"]) func otherNumbersAreNoMoney(text: String) {
        #expect(Self.find(text, .money).isEmpty)
    }

    @Test(arguments: [
        ("on March 1, 2024 it", "March 1, 2024", "2024-03-01"), ("on 29 February 2024", "29 February 2024", "2024-02-29"),
        ("since 2024-03-01", "2024-03-01", "2024-03-01"), ("in March 2024", "March 2024", "2024-03"), ("on Tuesday", "Tuesday", nil),
        ("in Q3 2024", "Q3 2024", nil),
    ])
    func datesAreRead(text: String, found: String, day: String?) throws {
        let entity = try #require(Self.find(text, .date).first)
        #expect(entity.text == found)
        #expect(entity.day == day)
    }

    @Test func noDayIsMadeUp() { #expect(Self.find("on February 30, 2023", .date).allSatisfy { $0.day == nil }) }

    @Test(arguments: [
        ("protests in New York City today", "New York City", "US"), ("flights to Paris and", "Paris", "FR"), ("the UK economy", "UK", "GB"),
        ("moved from New Delhi", "New Delhi", "IN"),
    ])
    func placesHaveTheirCountry(text: String, found: String, code: String) throws {
        let entity = try #require(Self.find(text, .place).first)
        #expect(entity.text == found)
        #expect(entity.code == code)
    }

    @Test(arguments: ["they told us to wait", "a nice turkey for dinner"]) func wordsOfEveryDayAreNoPlaces(text: String) {
        #expect(Self.find(text, .place).isEmpty)
    }

    @Test(arguments: [
        ("a deal with Acme Widgets Ltd on Monday", "Acme Widgets Ltd"), ("said the Bank of Ghana", "Bank of Ghana"),
        ("talks at Microsoft about", "Microsoft"),
        ("the Federal Reserve raised", "Federal Reserve"), ("shares of Wobblix fell", "Wobblix"), ("then Wobblix shares fell", "Wobblix"),
    ])
    func organizationsAreFound(text: String, found: String) { #expect(Self.find(text, .organization).map(\.text) == [found]) }

    @Test func nothingOverlapsAndAllIsWhereItSays() {
        var finder = EntityFinder()
        let text = "Apple Inc. paid $3 billion on March 3, 2021 for a plant in San Francisco, the Bank of England said in London."
        let found = finder.find(in: text)
        #expect(found.count >= 6)
        for (one, next) in zip(found, found.dropFirst()) { #expect(one.range.upperBound <= next.range.lowerBound) }
        let bytes = Array(text.utf8)
        #expect(found.allSatisfy { String(decoding: bytes[$0.range], as: UTF8.self) == $0.text })
    }

    @Test(arguments: [
        ("Oil prices rise as OPEC cuts crude output", TopicFinder.Topic.energy),
        ("Earthquake and tsunami leave survivors waiting for rescue", .disaster),
        ("Parliament votes on the bill after the election", .politics), ("Police arrest suspect in murder case", .crime),
        ("Nikkei and Sensex slide as investors sell stocks", .markets),
    ])
    func subjectsAreTold(title: String, topic: TopicFinder.Topic) {
        var finder = TopicFinder()
        #expect(finder.find(title: title).first?.topic == topic)
    }

    @Test func noWordNoSubject() {
        var finder = TopicFinder()
        #expect(finder.find(title: "Hello there").isEmpty)
    }
}
