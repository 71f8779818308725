/// What the words in a column's name promise.
enum NameHints {
    /// The words of a name: small letters, split at blanks, marks and where capitals begin.
    static func words(_ name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasSmall = false
        for character in name {
            let isWord = character.isLetter || character.isNumber
            if !isWord || character.isUppercase && wasSmall {
                if !word.isEmpty { words.append(word.lowercased()) }
                word = ""
            }
            if isWord { word.append(character) }
            wasSmall = character.isLowercase
        }
        if !word.isEmpty { words.append(word.lowercased()) }
        return words
    }

    /// Whether a word of the name is in a set. Scripts without blanks end a name with its word: 基準年月.
    static func holds(_ name: String, _ set: Set<String>) -> Bool {
        words(name).contains { word in
            if set.contains(word) { return true }
            guard let last = word.unicodeScalars.last, last.value >= 0x2E80, word.count > 1 else { return false }
            return (1..<word.count).contains { set.contains(String(word.suffix($0))) }
        }
    }

    /// Whether its values name things.
    static func isIdentifier(_ name: String) -> Bool {
        let words = words(name)
        if words.contains(where: { identifiers.contains($0) }) { return true }
        guard words.count > 0, let last = words.last else { return false }
        return numberings.contains(last)
    }

    private static let identifiers: Set<String> = [
        "id", "ids", "uuid", "guid", "sku", "ean", "gtin", "upc", "asin", "isbn", "iban", "bic", "vin", "ssn", "key", "code", "kode", "código",
        "codigo",
        "codice", "zip", "zipcode", "plz", "postcode", "postleitzahl", "postal", "cap", "cep", "phone", "telefon", "telephone", "téléphone", "fax",
        "mobile", "kennung", "kennziffer", "identifier", "identifiant", "identificador", "artikelnummer", "kundennummer", "rechnungsnummer", "insee",
        "siret", "siren", "nif", "ssn", "번호", "コード", "番号", "编号", "코드",
    ]
    private static let numberings: Set<String> = ["no", "nr", "num", "number", "nummer", "numéro", "numero", "número", "№", "nº"]

    /// Words for a time.
    static let times: Set<String> = [
        "date", "day", "time", "timestamp", "datetime", "datum", "tag", "zeit", "monat", "month", "jahr", "year", "week", "woche", "quarter",
        "quartal",
        "period", "periode", "période", "fecha", "mes", "año", "día", "semana", "data", "giorno", "mese", "anno", "jour", "mois", "année", "semaine",
        "dia",
        "mês", "ano", "dag", "maand", "jaar", "dato", "måned", "år", "miesiąc", "rok", "дата", "месяц", "год", "день", "日付", "日期", "年月", "年月日", "月",
        "날짜",
        "일자", "일시", "기간", "년월", "년도", "연도", "월", "年", "年度", "at", "on", "since", "created", "ts", "heure", "uhrzeit", "hora",
    ]

    /// Words for the business, branch or site that a row is about.
    static let businesses: Set<String> = [
        "business", "company", "firm", "branch", "store", "shop", "outlet", "location", "site", "restaurant", "hotel", "property", "office",
        "station",
        "filiale", "standort", "betrieb", "unternehmen", "firma", "geschäft", "laden", "magasin", "établissement", "entreprise", "société",
        "boutique",
        "tienda", "sucursal", "empresa", "negocio", "negozio", "azienda", "sede", "loja", "vestiging", "winkel", "bedrijf", "butik", "sklep",
        "oddział",
        "магазин", "филиал", "компания", "店舗", "支店", "会社", "门店", "公司", "매장", "지점", "회사", "account", "client", "tenant", "merchant",
    ]

    /// Words for the name of what was measured.
    static let metrics: Set<String> = [
        "metric", "metrics", "kpi", "measure", "measurement", "indicator", "variable", "series", "parameter", "attribute", "statistic", "kennzahl",
        "messgröße", "indikator", "merkmal", "indicateur", "mesure", "métrica", "indicador", "indicatore", "misura", "kengetal", "wskaźnik",
        "показатель",
        "指標", "指标", "지표", "항목", "項目",
    ]

    /// Words for a value of any metric.
    static let values: Set<String> = [
        "value", "values", "val", "wert", "werte", "valeur", "valor", "valore", "waarde", "wartość", "значение", "値", "值", "값", "result", "reading",
        "observation", "obs",
    ]

    /// Words for numbers of which the mean says more than the sum.
    static let averaged: Set<String> = [
        "rate", "ratio", "avg", "average", "mean", "median", "percent", "percentage", "pct", "share", "price", "temperature", "temp", "humidity",
        "rating",
        "score", "index", "margin", "conversion", "ctr", "cpc", "cpm", "roas", "speed", "pressure", "latitude", "longitude", "lat", "lon", "lng",
        "durchschnitt", "quote", "anteil", "preis", "temperatur", "bewertung", "mittelwert", "taux", "moyenne", "prix", "note", "température", "tasa",
        "promedio", "precio", "porcentaje", "tasso", "media", "prezzo", "percentuale", "preço", "taxa", "média", "gemiddelde", "prijs", "gem", "moy",
        "ø",
        "średnia", "cena", "средний", "цена", "доля", "max", "min", "平均", "単価", "単价", "单价", "率", "평균", "단가", "비율", "age", "per",
    ]

    /// Words for numbers of which the last one holds.
    static let levels: Set<String> = [
        "balance", "stock", "inventory", "level", "saldo", "bestand", "lagerbestand", "kontostand", "solde", "existencias", "inventario", "giacenza",
        "voorraad", "stan", "остаток", "残高", "在庫", "库存", "余额", "잔액", "재고", "cumulative", "kumuliert", "cumul", "acumulado", "followers",
        "subscribers",
    ]
}
