import Glibc
import TextAnalysis

/// `sentiment-trainer CSV [--folds N]` says how good a model is for texts that it never saw; `sentiment-trainer CSV --write FILE` trains on all and
/// writes the weights as a Swift file. SENTIMENT.md says where the texts come from.
@main struct Trainer {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count >= 2 else { return fail("expected a CSV file with id,set,label,score,text") }
        let corpus = Corpus(csv: read(arguments[1]))
        guard !corpus.entries.isEmpty else { return fail("\(arguments[1]) holds no texts; expected id,set,label,score,text") }
        let examples = TrainingSet(corpus)
        if let at = arguments.firstIndex(of: "--write"), at + 1 < arguments.count {
            let source = WeightsFile.source(of: examples.train { _ in true })
            guard write(source, to: arguments[at + 1]) else { return fail("cannot write \(arguments[at + 1])") }
            return
        }
        let folds = arguments.firstIndex(of: "--folds").flatMap { $0 + 1 < arguments.count ? Int(arguments[$0 + 1]) : nil } ?? 4
        guard folds >= 2 else { return fail("--folds: expected at least 2") }
        print(Report(corpus, shares: examples.crossValidate(folds: folds)))
    }

    private static func fail(_ message: String) {
        let line = Array("sentiment-trainer: \(message)\n".utf8)
        _ = Glibc.write(2, line, line.count)
        exit(64)
    }

    private static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "rb") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
        return bytes
    }

    private static func write(_ text: String, to path: String) -> Bool {
        guard let file = fopen(path, "wb") else { return false }
        defer { fclose(file) }
        return fputs(text, file) >= 0
    }
}
