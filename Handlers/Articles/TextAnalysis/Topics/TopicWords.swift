/// Words that tell a text's subject; regular endings are added.
enum TopicWords {
    static let all: [(TopicFinder.Topic, String)] = [
        (
            .economy,
            "economy economic economist inflation gdp recession unemployment growth fiscal monetary deficit budget tariff trade export import currency exchange tax debt subsidy consumer spending imf"
        ),
        (
            .markets,
            "stock share index nasdaq dow nikkei sensex nifty bond yield investor equity rally selloff trader hedge fund dividend ipo futures commodity gold silver rupee dollar euro yen wall broker"
        ),
        (
            .companies,
            "company profit revenue earnings sales merger acquisition takeover ceo chief executive quarterly shareholder startup brand retailer manufacturer supplier customer contract order unit business firm bankruptcy"
        ),
        (
            .politics,
            "election vote voter president minister parliament senate congress senator governor party campaign candidate democrat republican government policy law bill referendum diplomat treaty ambassador coalition opposition prime cabinet"
        ),
        (
            .conflict,
            "war military army troop soldier missile bomb bombing airstrike rebel militant insurgent ceasefire terrorist terrorism invasion nuclear weapon hostage peacekeeper refugee siege"
        ),
        (
            .crime,
            "police arrest murder court trial jury judge prosecutor sentence prison jail suspect fraud theft robbery drug trafficking shooting gunman kidnap lawsuit guilty convict charge"
        ),
        (
            .disaster,
            "earthquake flood hurricane storm tornado wildfire tsunami volcano drought landslide crash explosion fire blaze evacuate rescue survivor victim cyclone typhoon"
        ),
        (
            .health,
            "health hospital doctor patient disease virus vaccine cancer drug medicine medical flu pandemic epidemic outbreak surgery diabetes obesity nurse clinic therapy aids infection"
        ),
        (
            .science,
            "scientist research study space nasa planet species physics biology chemistry genome discovery telescope rocket astronaut fossil laboratory university"
        ),
        (
            .technology,
            "technology software internet computer smartphone app online google apple microsoft facebook cyber hacker data artificial intelligence robot chip semiconductor broadband cloud algorithm"
        ),
        (.energy, "oil gas crude opec pipeline refinery barrel electricity power coal solar wind turbine grid energy fuel petrol diesel reactor"),
        (
            .environment,
            "climate carbon emission pollution forest wildlife conservation warming biodiversity plastic recycling ocean glacier greenhouse ecosystem"
        ),
        (.labour, "worker union strike wage job layoff employment employer employee pension hiring salary labor labour overtime"),
        (
            .sports,
            "football soccer basketball baseball tennis golf cricket olympic championship league coach player goal tournament match cup medal quarterback season team win stadium"
        ),
        (
            .culture,
            "film movie music album actor actress director book novel author museum artist theater theatre concert festival award oscar celebrity television fashion painting"
        ),
    ]
}
