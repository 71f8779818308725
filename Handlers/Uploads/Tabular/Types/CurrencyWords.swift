/// How currencies are written beside a number.
enum CurrencyWords {
    /// ISO 4217 codes, then signs; a sign that several currencies share stays itself.
    private static let written: [(code: String, forms: [String])] = [
        ("USD", ["US$", "U$S", "USD$", "$US"]), ("EUR", ["€", "Euro", "Euros", "€uro"]), ("GBP", ["£", "￡", "GB£"]), ("JPY", ["円", "JP¥"]),
        ("CNY", ["元", "CN¥", "RMB", "人民币"]), ("¥", ["￥"]), ("$", ["＄"]), ("KRW", ["₩", "￦", "원"]), ("INR", ["₹", "Rs", "Rs.", "₨"]), ("BRL", ["R$"]),
        ("CAD", ["CA$", "C$", "$CA", "Can$"]), ("AUD", ["A$", "AU$"]), ("NZD", ["NZ$"]), ("HKD", ["HK$"]), ("TWD", ["NT$"]), ("SGD", ["S$"]),
        ("MXN", ["MX$", "Mex$"]), ("ARS", ["AR$"]), ("CLP", ["CLP$"]), ("COP", ["COL$"]), ("PEN", ["S/", "S/."]), ("CHF", ["Fr.", "SFr.", "SFr"]),
        ("kr", ["kr."]), ("SEK", []), ("NOK", []), ("DKK", []), ("ISK", []), ("PLN", ["zł", "zl"]), ("CZK", ["Kč"]), ("HUF", ["Ft"]),
        ("RON", ["lei"]), ("BGN", ["лв", "лв."]), ("RUB", ["₽", "руб", "руб.", "р.", "р"]), ("UAH", ["₴", "грн", "грн."]), ("TRY", ["₺", "TL"]),
        ("ILS", ["₪"]),
        ("THB", ["฿", "บาท"]), ("VND", ["₫", "đ"]), ("PHP", ["₱"]), ("IDR", ["Rp", "Rp."]), ("MYR", ["RM"]), ("NGN", ["₦"]), ("GHS", ["₵", "GH₵"]),
        ("KES", ["KSh", "Ksh"]), ("ZAR", ["R"]), ("EGP", ["E£"]), ("AED", ["د.إ"]), ("SAR", ["﷼", "SR"]), ("KZT", ["₸"]), ("GEL", ["₾"]),
        ("AMD", ["֏"]),
        ("CRC", ["₡"]), ("PYG", ["₲"]), ("MAD", []), ("TND", []), ("QAR", []), ("KWD", []), ("BHD", []), ("OMR", []), ("JOD", []), ("PKR", []),
        ("BDT", ["৳"]),
        ("LKR", []), ("UYU", ["$U"]), ("BOB", ["Bs", "Bs."]), ("DOP", ["RD$"]), ("BTC", ["₿"]), ("XOF", ["FCFA", "CFA"]), ("HRK", ["kn"]),
        ("RSD", ["din."]),
        ("DEM", ["DM"]), ("FRF", ["FF"]),
    ]

    private static let table = WordTable(
        written.enumerated().flatMap { index, currency in ([currency.code] + currency.forms).map { ($0, index + 1) } })

    /// How many currencies are known; the first has the number 1.
    static var count: Int { written.count }

    /// The number of the currency that the bytes spell, from 1.
    static func find(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? { table.find(bytes, count) }

    /// The code of a currency, or its sign where several share it.
    static func code(_ number: Int) -> String { written[number - 1].code }
}
