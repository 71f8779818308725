/// Writes weights in the form that `SentimentWeights` reads.
enum WeightsFile {
    static func source(of weights: [Float]) -> String {
        let largest = weights.reduce(0) { max($0, abs($1)) }
        var text = """
            /// Weights of the sentiment model, made by `sentiment-trainer`; see SENTIMENT.md for the texts and their licences.
            ///
            /// One character a weight, two a feature: bad and good. A character stands for q in −42…42 (from `(` on, without `\\`), q for sign(q) · (q/42)² · largest.
            enum SentimentWeights {
                static let largest: Float = \(largest)
                // swift-format-ignore
                static let text: StaticString = #\"\"\"

            """
        for (at, weight) in weights.enumerated() {
            let step = (abs(weight / largest).squareRoot() * 42).rounded() * (weight < 0 ? -1 : 1)
            var code = UInt8(Int(step) + 42) + 0x28
            if code >= 0x5C { code += 1 }
            text.unicodeScalars.append(Unicode.Scalar(code))
            if at % 2048 == 2047 { text += "\n" }
        }
        return text + "\"\"\"#\n}\n"
    }
}
