/// A table of sales as a program would export it, the same for the same seed: dates, times, amounts, texts with delimiters, quotes and line ends.
struct CleanTable {
    var header = ["Order Date", "Order Time", "Units", "Article", "Net Price", "Category", "Description", "Link", "Remark"]
    var rows: [[String]] = []

    init(seed: UInt64 = 1, rows count: Int = 84) {
        var random = SplitMix(seed)
        let categories = ["Garden", "Kitchen", "Office supplies", "Toys", "Books"]
        let nouns = ["lamp", "chair", "kettle", "notebook", "puzzle", "hose", "desk"]
        for index in 0..<count {
            let month = 1 + random.below(12)
            let day = 1 + random.below(28)
            let noun = nouns[random.below(nouns.count)]
            let size = 3 + random.below(40)
            var text = "A \(noun) of \(size) cm"
            switch random.below(5) {
            case 0: text += ", in two colours"
            case 1: text += "; called \"the \(noun)\" by all"
            case 2: text += ", 12\" wide"
            default: text += " and more"
            }
            var remark = ""
            switch random.below(6) {
            case 0: remark = "Sent back, see letter"
            case 1: remark = "first line\nsecond line"
            case 2: remark = "it's fine"
            default: break
            }
            rows.append([
                "\(month)/\(day)/2018",
                "\(1 + random.below(11)):\(10 + random.below(50)):\(10 + random.below(50)) \(random.below(2) == 0 ? "AM" : "PM")",
                "\(1 + random.below(20))", "\(1000 + random.below(9000))",
                "$\(1 + random.below(90)),\(100 + random.below(900)).\(10 + random.below(90))",
                categories[random.below(categories.count)], text, "http://shop.example/a/\(index)?x=\(random.below(100))&y=\(noun)", remark,
            ])
        }
    }
}

/// Numbers that look random (Steele, Lea, Flood 2014, "Fast Splittable Pseudorandom Number Generators").
struct SplitMix {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
