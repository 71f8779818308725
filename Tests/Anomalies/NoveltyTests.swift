import Glibc
import Testing

@testable import Anomalies

@Suite struct NoveltyTests {
    @Test func nearestValuesAreThoseOfAPlainSearch() {
        var noise = Noise(4)
        var window = SortedWindow(capacity: 60)
        var all: [Double] = []
        #expect(window.distance(of: 1, neighbours: 3) == nil)
        for _ in 0..<300 {
            let value = (noise.uniform() * 40).rounded()
            if all.count >= 3 {
                let nearest = all.suffix(60).map { abs($0 - value) }.sorted().prefix(3)
                #expect(window.distance(of: value, neighbours: 3) == nearest.reduce(0, +) / 3)
            }
            window.insert(value)
            all.append(value)
        }
    }

    @Test(arguments: [(1, 2), (3, 2), (3, 24)]) func pairsAreComparedWithThoseOfLongAgoAlone(neighbours: Int, apart: Int) {
        let history = 50
        var noise = Noise(6)
        // A scale that has seen nothing, with a floor of 1, gives the distance itself.
        var pairs = PairNovelty(history: history, apart: apart, neighbours: neighbours, scale: NoveltyScale(window: 0, share: 0, floor: 1))
        var scale = NoveltyScale(window: 0, share: 0, floor: 1)
        var all: [(Double, Double)] = []
        for _ in 0..<200 {
            let (x, y) = (noise.uniform(), noise.uniform())
            let old = all.dropLast(apart - 1).suffix(history)
            let nearest = old.map { (($0.0 - x) * ($0.0 - x) + ($0.1 - y) * ($0.1 - y)).squareRoot() }.sorted().prefix(neighbours)
            let expected = old.count < neighbours ? 0 : nearest.reduce(0, +) / Double(neighbours)
            #expect(abs(pairs.next(x, y) - scale.next(expected)) < 1e-9)
            all.append((x, y))
        }
    }

    @Test func whatHasBeenThereIsNotNewHoweverRareItIs() {
        var values = ValueNovelty(history: 1000, apart: 3, scale: NoveltyScale(window: 1000, share: 0.99, floor: 1e-3))
        var noise = Noise(8)
        var ratios: [Double] = []
        // A peak every hundred steps: the first one is new, the fifth is not.
        for at in 0..<1000 { ratios.append(values.next(at % 100 == 99 ? 500 + noise.uniform() : noise.uniform())) }
        #expect(ratios[99] > 100)
        #expect(ratios[899] < 10)
    }

    @Test func aTrailingMeanIsThatOfTheLastValues() {
        var mean = TrailingMean(length: 4)
        var all = [5.0, 5, 5, 5]
        for value in [5.0, 1, 7, 3, 9, 2, 2] {
            let leaving = all[all.count - 4]
            all.append(value)
            #expect(abs(mean.add(value) - all.suffix(4).reduce(0, +) / 4) < 1e-12)
            #expect(mean.leaving == leaving)
        }
    }

    @Test func aDayThatIsCalmWhereItWasRestlessIsFound() {
        var noise = Noise(11)
        var values = (0..<288 * 14).map { at in 50 + 20 * sin(Double(at) * 2 * .pi / 288) + 8 * noise.normal() }
        let quiet = 288 * 10..<288 * 11
        for at in quiet { values[at] = 50 }
        var detector = AnomalyDetector(step: 300)
        let found = values.map { detector.next($0).isAnomaly }
        #expect(found[quiet].contains(true))
        #expect(found[..<quiet.lowerBound].filter { $0 }.count <= 4)
    }

    @Test func aBurstThatIsCommonIsOrdinaryAndItsStayingIsNot() {
        var noise = Noise(13)
        // Ten minutes of work at random, some times a day; then six hours of it.
        var values = [Double](repeating: 1, count: 288 * 14)
        for start in stride(from: 7, to: values.count - 3, by: 41) {
            let at = start + Int(noise.uniform() * 20)
            if at + 1 < values.count { (values[at], values[at + 1]) = (90, 90) }
        }
        let long = 288 * 10..<288 * 10 + 72
        for at in long { values[at] = 90 }
        var detector = AnomalyDetector(step: 300)
        let found = values.map { detector.next($0).isAnomaly }
        #expect(found[long].contains(true))
        #expect(found[(288 * 3)..<long.lowerBound].filter { $0 }.count <= 3)
    }
}
