/// Names of months and days, marks of the half day, zones and units of time, in the languages that files come in.
enum TimeWords {
    private static let monthNames: [[String]] = [
        [
            "january", "jan", "januar", "jänner", "janvier", "janv", "jnv", "enero", "ene", "gennaio", "gen", "janeiro", "januari", "tammikuu",
            "tammi",
            "styczeń", "stycznia", "sty", "leden", "ledna", "január", "ianuarie", "ocak", "oca", "январь", "января", "янв", "січень", "січня",
        ],
        [
            "february", "feb", "februar", "febr", "février", "fevrier", "févr", "fév", "fev", "febrero", "febbraio", "fevereiro", "februari",
            "helmikuu",
            "luty", "lutego", "lut", "únor", "února", "február", "februarie", "şubat", "şub", "февраль", "февраля", "фев", "лютий", "лютого",
        ],
        [
            "march", "mar", "märz", "maerz", "mär", "mrz", "mars", "marzo", "março", "maart", "mrt", "maaliskuu", "marzec", "marca", "březen",
            "března",
            "március", "márc", "martie", "mart", "март", "марта", "мар", "березень", "березня", "marts",
        ],
        [
            "april", "apr", "avril", "avr", "abril", "abr", "aprile", "huhtikuu", "kwiecień", "kwietnia", "kwi", "duben", "dubna", "április", "ápr",
            "aprilie",
            "nisan", "nis", "апрель", "апреля", "апр", "квітень", "квітня",
        ],
        [
            "may", "mai", "mayo", "maggio", "mag", "maio", "mei", "maj", "toukokuu", "maja", "květen", "května", "május", "máj", "mayıs", "май",
            "мая",
            "травень", "травня",
        ],
        [
            "june", "jun", "juni", "juin", "junio", "giugno", "giu", "junho", "kesäkuu", "czerwiec", "czerwca", "cze", "červen", "června", "június",
            "jún",
            "iunie", "haziran", "haz", "июнь", "июня", "июн", "червень", "червня",
        ],
        [
            "july", "jul", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho", "heinäkuu", "lipiec", "lipca", "lip", "červenec", "července",
            "július",
            "júl", "iulie", "temmuz", "tem", "июль", "июля", "июл", "липень", "липня",
        ],
        [
            "august", "aug", "août", "aout", "aoû", "agosto", "ago", "augustus", "augusti", "elokuu", "sierpień", "sierpnia", "sie", "srpen", "srpna",
            "augusztus", "ağustos", "ağu", "август", "августа", "авг", "серпень", "серпня",
        ],
        [
            "september", "sep", "sept", "septembre", "septiembre", "set", "settembre", "setembro", "syyskuu", "wrzesień", "września", "wrz", "září",
            "szeptember", "szept", "septembrie", "eylül", "eyl", "сентябрь", "сентября", "сен", "сент", "вересень", "вересня",
        ],
        [
            "october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out", "lokakuu", "październik", "października",
            "paź",
            "říjen", "října", "október", "octombrie", "ekim", "eki", "октябрь", "октября", "окт", "жовтень", "жовтня",
        ],
        [
            "november", "nov", "novembre", "noviembre", "novembro", "marraskuu", "listopad", "listopada", "lis", "listopadu", "noiembrie", "kasım",
            "kas",
            "ноябрь", "ноября", "ноя", "нояб", "листопада",
        ],
        [
            "december", "dec", "dezember", "dez", "décembre", "decembre", "déc", "diciembre", "dic", "dicembre", "dezembro", "joulukuu", "grudzień",
            "grudnia",
            "gru", "prosinec", "prosince", "decembrie", "aralık", "ara", "декабрь", "декабря", "дек", "грудень", "грудня", "des", "desember",
        ],
    ]
    static let months = WordTable(monthNames.enumerated().flatMap { month, names in names.map { ($0, month + 1) } })

    static let weekdays = WordTable(
        [
            "monday", "mon", "tuesday", "tue", "tues", "wednesday", "wed", "thursday", "thu", "thur", "thurs", "friday", "fri", "saturday", "sat",
            "sunday", "sun", "montag", "mo", "dienstag", "di", "mittwoch", "mi", "donnerstag", "do", "freitag", "fr", "samstag", "sonnabend", "sa",
            "sonntag", "so", "lundi", "lun", "mardi", "mer", "mercredi", "jeu", "jeudi", "ven", "vendredi", "sam", "samedi", "dim", "dimanche",
            "lunes",
            "martes", "miércoles", "mié", "jue", "jueves", "vie", "viernes", "sáb", "sábado", "dom", "domingo", "lunedì", "martedì", "mercoledì",
            "gio",
            "giovedì", "venerdì", "sabato", "domenica", "segunda", "terça", "quarta", "quinta", "sexta", "maandag", "ma", "dinsdag", "woensdag", "wo",
            "donderdag", "vrijdag", "vr", "zaterdag", "za", "zondag", "zo", "пн", "вт", "ср", "чт", "пт", "сб", "вс",
        ].map { ($0, 1) })

    /// 0 before noon, 12 from noon on.
    static let halves = WordTable([
        ("am", 0), ("a.m.", 0), ("a.m", 0), ("pm", 12), ("p.m.", 12), ("p.m", 12), ("오전", 0), ("오후", 12), ("上午", 0), ("下午", 12), ("午前", 0),
        ("午後", 12),
    ])

    /// Minutes east of UTC.
    static let zones = WordTable([
        ("z", 0), ("utc", 0), ("gmt", 0), ("wet", 0), ("bst", 60), ("west", 60), ("cet", 60), ("mez", 60), ("cest", 120), ("mesz", 120), ("eet", 120),
        ("eest", 180), ("msk", 180), ("ist", 330), ("sgt", 480), ("hkt", 480), ("jst", 540), ("kst", 540), ("aest", 600), ("aedt", 660),
        ("nzst", 720),
        ("nzdt", 780), ("est", -300), ("edt", -240), ("cst", -360), ("cdt", -300), ("mst", -420), ("mdt", -360), ("pst", -480), ("pdt", -420),
        ("brt", -180), ("art", -180),
    ])

    /// Seconds; a unit that also measures other things stands only behind another one.
    static let units = WordTable([
        ("w", 604_800), ("week", 604_800), ("weeks", 604_800), ("d", 86_400), ("day", 86_400), ("days", 86_400), ("tag", 86_400), ("tage", 86_400),
        ("jour", 86_400), ("jours", 86_400), ("día", 86_400), ("días", 86_400), ("dagen", 86_400), ("h", 3600), ("hr", 3600), ("hrs", 3600),
        ("hour", 3600), ("hours", 3600), ("std", 3600), ("std.", 3600), ("stunde", 3600), ("stunden", 3600), ("heure", 3600), ("heures", 3600),
        ("hora", 3600), ("horas", 3600), ("uur", 3600), ("m", 60), ("min", 60), ("min.", 60), ("mins", 60), ("minute", 60), ("minutes", 60),
        ("minuten", 60), ("minuto", 60), ("minutos", 60), ("s", 1), ("sec", 1), ("secs", 1), ("sec.", 1), ("second", 1), ("seconds", 1), ("sek", 1),
        ("sek.", 1), ("sekunde", 1), ("sekunden", 1), ("seconde", 1), ("secondes", 1), ("segundo", 1), ("segundos", 1), ("时", 3600), ("時間", 3600),
        ("小时", 3600), ("시간", 3600), ("分", 60), ("분", 60), ("秒", 1), ("초", 1),
    ])
}
