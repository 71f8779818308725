/// What offices of a country put into their files: words, marks and encodings of it.
struct Country {
    let encodings: [String]
    let delimiter: String
    let decimal: String
    let titles: [String]
    let notes: [String]
    let names: [String]
    let places: [String]
    let groups: [String]
    let units: [String]
    /// A day and a month as they are written there.
    let date: @Sendable (Int, Int) -> String

    static let all = [
        Country(
            encodings: ["UTF-8", "CP1252"], delimiter: ",", decimal: ".", titles: ["Population by region and year", "Table 12: Road accidents"],
            notes: ["Source: statistics office", "* provisional", "(1) without islands"],
            names: ["Region", "Area code", "Population", "Male", "Female", "Rate", "Amount", "Supplier", "Share"],
            places: ["Leeds", "York", "Hull", "Bristol, City of", "Isle of Wight", "Derby"], groups: ["2018", "2019", "Males", "Females"],
            units: ["number", "GBP", "%", "000s"], date: { "\($0)/\($1)/2019" }),
        Country(
            encodings: ["CP1252", "UTF-8"], delimiter: ";", decimal: ",", titles: ["Bevölkerung nach Kreisen", "Haushaltsplan 2019"],
            notes: ["Quelle: Statistisches Landesamt", "© Amt für Statistik 2020", "1) ohne Ausländer"],
            names: ["Gemeinde", "Schlüssel", "Einwohner", "männlich", "weiblich", "Fläche", "Betrag", "Straße", "Anteil"],
            places: ["München", "Köln", "Gießen", "Halle (Saale)", "Lübeck", "Plön"], groups: ["2018", "2019", "Insgesamt", "Ausgaben"],
            units: ["Anzahl", "EUR", "%", "km²"], date: { "\($0 < 10 ? "0" : "")\($0).\($1 < 10 ? "0" : "")\($1).2019" }),
        Country(
            encodings: ["CP1250", "ISO-8859-2", "UTF-8"], delimiter: ";", decimal: ",", titles: ["Ludność według województw"],
            notes: ["Źródło: GUS", "Uwaga: dane wstępne"],
            names: ["Gmina", "Kod", "Ludność", "Mężczyźni", "Kobiety", "Powierzchnia", "Wartość", "Województwo", "Udział"],
            places: ["Łódź", "Kraków", "Gdańsk", "Poznań", "Rzeszów", "Świdnica"], groups: ["2018", "2019", "Mężczyźni", "Ogółem"],
            units: ["osoby", "zł", "%", "km²"], date: { "2019-\($1 < 10 ? "0" : "")\($1)-\($0 < 10 ? "0" : "")\($0)" }),
        Country(
            encodings: ["CP1251", "UTF-8"], delimiter: ";", decimal: ",", titles: ["Население по регионам", "Отчёт за 2019 год"],
            notes: ["Источник: Росстат", "Примечание: данные предварительные"],
            names: ["Регион", "Код", "Население", "Мужчины", "Женщины", "Площадь", "Сумма", "Область", "Доля"],
            places: ["Москва", "Тверь", "Казань", "Самара", "Пермь", "Псков"], groups: ["2018", "2019", "Мужчины", "Всего"],
            units: ["чел.", "руб.", "%", "км²"], date: { "\($0 < 10 ? "0" : "")\($0).\($1 < 10 ? "0" : "")\($1).2019" }),
        Country(
            encodings: ["SHIFT_JIS", "EUC-JP", "UTF-8"], delimiter: ",", decimal: ".", titles: ["市区町村別人口", "平成30年度 決算"],
            notes: ["出典：総務省統計局", "※単位は千円"], names: ["市区町村", "コード", "人口", "男", "女", "面積", "金額", "住所", "割合"],
            places: ["札幌市", "仙台市", "横浜市", "名古屋市", "京都市", "那覇市"], groups: ["平成29年", "平成30年", "男", "総数"],
            units: ["人", "円", "%", "千円"], date: { "2019/\($1)/\($0)" }),
        Country(
            encodings: ["CP949", "UTF-8"], delimiter: ",", decimal: ".", titles: ["시군구별 인구", "예산 현황"], notes: ["출처: 통계청", "주: 잠정치임"],
            names: ["시군구", "코드", "인구", "남", "여", "면적", "금액", "주소", "비율"],
            places: ["서울특별시", "부산광역시", "대구광역시", "수원시", "전주시", "제주시"], groups: ["2018년", "2019년", "남자", "합계"],
            units: ["명", "원", "%", "천원"], date: { "2019-\($1 < 10 ? "0" : "")\($1)-\($0 < 10 ? "0" : "")\($0)" }),
        Country(
            encodings: ["GB18030", "BIG5", "UTF-8"], delimiter: ",", decimal: ".", titles: ["各市人口", "年度支出"], notes: ["注：初步"],
            names: ["地方", "代用", "人口", "男子", "女子", "面子", "金子", "地名", "比例"],
            places: ["上海市", "高雄市", "天津市", "新竹市", "南京市", "花市"], groups: ["男性", "女性", "2018", "2019"],
            units: ["人", "元", "%", "公里"], date: { "2019-\($1 < 10 ? "0" : "")\($1)-\($0 < 10 ? "0" : "")\($0)" }),
    ]
}
