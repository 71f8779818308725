import Glibc
import TextAnalysis

/// A corpus as features and targets, weighed so that neither a large set nor a frequent label speaks for all.
struct TrainingSet {
    /// Their licences let a model be trained on them; others are measured only.
    static let mayTrain: Set = ["sentfin-headlines", "newsmtsc-sentences", "vader-nyt", "vader-amazon", "vader-movie", "vader-tweets"]
    /// No news: they keep the model from forgetting how people write elsewhere.
    private static let aside: Set = ["vader-amazon", "vader-movie", "vader-tweets"]
    private static let weightAside: Float = 0.5

    private let examples: [SoftmaxTrainer.Example]
    private let mayTrain: [Bool]

    init(_ corpus: Corpus) {
        var ofSet: [String: Float] = [:]
        var ofLabel: [[String]: Float] = [:]
        for entry in corpus.entries {
            ofSet[entry.set, default: 0] += 1
            ofLabel[[entry.set, "\(entry.label)"], default: 0] += 1
        }
        var extractor = FeatureExtractor()
        examples = corpus.entries.map { entry in
            let features = extractor.features(of: entry.text)
            let size = ofSet[entry.set, default: 1]
            let own = ofLabel[[entry.set, "\(entry.label)"], default: 1]
            let weight = sqrtf(3000 / size) * sqrtf(size / (3 * own)) * (Self.aside.contains(entry.set) ? Self.weightAside : 1)
            return SoftmaxTrainer.Example(places: features.places, values: features.values, target: Self.target(entry), weight: weight)
        }
        mayTrain = corpus.entries.map { Self.mayTrain.contains($0.set) }
    }

    /// Weights from the texts that may train and are among those asked for.
    func train(_ isAskedFor: (Int) -> Bool) -> [Float] {
        let chosen = examples.indices.filter { mayTrain[$0] && isAskedFor($0) }.map { examples[$0] }
        return SoftmaxTrainer().train(chosen, places: FeatureExtractor.places)
    }

    /// For each text what a model says that was trained without it.
    func crossValidate(folds: Int) -> [Shares] {
        var random = SplitMix(state: 7)
        let fold = examples.map { _ in Int.random(in: 0..<folds, using: &random) }
        var shares = [Shares](repeating: softmax(0, 0), count: examples.count)
        for number in 0..<folds {
            let weights = train { fold[$0] != number }
            for at in examples.indices where fold[at] == number {
                let sums = SoftmaxTrainer.sums(weights, examples[at])
                shares[at] = softmax(sums.bad, sums.good)
            }
        }
        return shares
    }

    /// A text that people scored belongs to two labels by its score; a third of the scale is wholly good or bad.
    private static func target(_ entry: Corpus.Entry) -> Shares {
        if let score = entry.score {
            let bad = max(0, min(1, -score * 3))
            let good = max(0, min(1, score * 3))
            return (bad, 1 - bad - good, good)
        }
        return (entry.label == 0 ? 1 : 0, entry.label == 1 ? 1 : 0, entry.label == 2 ? 1 : 0)
    }
}
