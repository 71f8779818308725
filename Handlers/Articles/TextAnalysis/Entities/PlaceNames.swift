/// Countries and large cities: a country's code, then what it and its places are called.
enum PlaceNames {
    static let text = """
        AE: United Arab Emirates, UAE, Dubai, Abu Dhabi
        AF: Afghanistan, Kabul, Kandahar
        AL: Albania, Tirana
        AM: Armenia, Yerevan
        AO: Angola, Luanda
        AR: Argentina, Buenos Aires
        AT: Austria, Vienna, Salzburg, Graz, Linz, Innsbruck
        AU: Australia, Sydney, Melbourne, Brisbane, Perth, Adelaide, Canberra, Queensland, New South Wales
        AZ: Azerbaijan, Baku
        BA: Bosnia, Sarajevo
        BD: Bangladesh, Dhaka
        BE: Belgium, Brussels, Antwerp, Ghent
        BG: Bulgaria, Sofia
        BH: Bahrain, Manama
        BO: Bolivia, La Paz
        BR: Brazil, Brasilia, Sao Paulo, São Paulo, Rio de Janeiro
        BY: Belarus, Minsk
        CA: Canada, Toronto, Montreal, Vancouver, Ottawa, Calgary, Ontario, Quebec, Alberta, British Columbia
        CD: Congo, Kinshasa
        CH: Switzerland, Zurich, Geneva, Basel, Bern, Lausanne, Davos
        CI: Ivory Coast, Abidjan
        CL: Chile, Santiago
        CM: Cameroon
        CN: China, Beijing, Shanghai, Shenzhen, Guangzhou, Wuhan, Tianjin, Chongqing
        CO: Colombia, Bogota, Bogotá
        CR: Costa Rica
        CU: Cuba, Havana
        CY: Cyprus, Nicosia
        CZ: Czech Republic, Czechia, Prague
        DE: Germany, Berlin, Munich, Hamburg, Frankfurt, Cologne, Stuttgart, Düsseldorf, Leipzig, Dresden, Bavaria
        DK: Denmark, Copenhagen
        DO: Dominican Republic
        DZ: Algeria, Algiers
        EC: Ecuador, Quito
        EE: Estonia, Tallinn
        EG: Egypt, Cairo, Alexandria
        ES: Spain, Madrid, Barcelona, Valencia, Seville, Bilbao, Catalonia
        ET: Ethiopia, Addis Ababa
        FI: Finland, Helsinki
        FR: France, Paris, Lyon, Marseille, Toulouse, Nice, Bordeaux, Strasbourg
        GB: United Kingdom, UK, Britain, Great Britain, England, Scotland, Wales, Northern Ireland, London, Manchester, Birmingham, Edinburgh, Glasgow, Liverpool, Leeds, Belfast, Cardiff
        GE: Georgia, Tbilisi
        GH: Ghana, Accra
        GR: Greece, Athens, Thessaloniki
        HK: Hong Kong
        HR: Croatia, Zagreb
        HU: Hungary, Budapest
        ID: Indonesia, Jakarta, Bali
        IE: Ireland, Dublin
        IL: Israel, Jerusalem, Tel Aviv, Haifa
        IN: India, New Delhi, Delhi, Mumbai, Bangalore, Bengaluru, Chennai, Kolkata, Hyderabad, Pune, Ahmedabad, Gujarat, Kerala, Punjab, Maharashtra, Bihar, Kashmir
        IQ: Iraq, Baghdad, Mosul, Basra
        IR: Iran, Tehran
        IS: Iceland, Reykjavik
        IT: Italy, Rome, Milan, Turin, Naples, Venice, Florence, Bologna
        JM: Jamaica
        JO: Jordan, Amman
        JP: Japan, Tokyo, Osaka, Kyoto, Fukushima, Nagoya
        KE: Kenya, Nairobi
        KH: Cambodia
        KP: North Korea, Pyongyang
        KR: South Korea, Seoul, Busan
        KW: Kuwait
        KZ: Kazakhstan, Astana
        LB: Lebanon, Beirut
        LK: Sri Lanka, Colombo
        LT: Lithuania, Vilnius
        LU: Luxembourg
        LV: Latvia, Riga
        LY: Libya, Tripoli
        MA: Morocco, Rabat, Casablanca
        MD: Moldova
        MM: Myanmar, Burma, Yangon
        MN: Mongolia
        MT: Malta
        MX: Mexico, Mexico City, Tijuana, Monterrey
        MY: Malaysia, Kuala Lumpur
        MZ: Mozambique
        NG: Nigeria, Lagos, Abuja
        NI: Nicaragua
        NL: Netherlands, Holland, Amsterdam, Rotterdam, The Hague
        NO: Norway, Oslo
        NP: Nepal, Kathmandu
        NZ: New Zealand, Auckland, Wellington
        OM: Oman
        PA: Panama
        PE: Peru, Lima
        PH: Philippines, Manila
        PK: Pakistan, Islamabad, Karachi, Lahore
        PL: Poland, Warsaw, Krakow
        PS: Gaza, West Bank, Ramallah
        PT: Portugal, Lisbon, Porto
        QA: Qatar, Doha
        RO: Romania, Bucharest
        RS: Serbia, Belgrade
        RU: Russia, Moscow, St Petersburg, Siberia, Chechnya
        RW: Rwanda
        SA: Saudi Arabia, Riyadh, Mecca, Jeddah
        SD: Sudan, Khartoum, Darfur
        SE: Sweden, Stockholm, Gothenburg, Malmö
        SG: Singapore
        SI: Slovenia, Ljubljana
        SK: Slovakia, Bratislava
        SN: Senegal
        SO: Somalia, Mogadishu
        SY: Syria, Damascus, Aleppo
        TH: Thailand, Bangkok
        TN: Tunisia, Tunis
        TR: Turkey, Istanbul, Ankara
        TW: Taiwan, Taipei
        TZ: Tanzania
        UA: Ukraine, Kyiv, Kiev, Crimea, Kharkiv, Odessa
        UG: Uganda, Kampala
        US: United States, United States of America, USA, US, U.S, America, New York, New York City, Washington, Los Angeles, Chicago, Houston, Boston, San Francisco, Seattle, Miami, Atlanta, Dallas, Denver, Philadelphia, Detroit, Las Vegas, San Diego, Phoenix, Texas, California, Florida, Virginia, Ohio, Michigan, Pennsylvania, Alabama, Alaska, Arizona, Colorado, Connecticut, Hawaii, Illinois, Iowa, Kansas, Kentucky, Louisiana, Maryland, Massachusetts, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, North Carolina, South Carolina, North Dakota, Oklahoma, Oregon, Tennessee, Utah, Vermont, Wisconsin, Wyoming, New Orleans, Brooklyn, Manhattan, Silicon Valley
        UY: Uruguay
        UZ: Uzbekistan
        VE: Venezuela, Caracas
        VN: Vietnam, Hanoi, Ho Chi Minh City
        YE: Yemen, Sanaa
        ZA: South Africa, Johannesburg, Cape Town, Pretoria
        ZM: Zambia
        ZW: Zimbabwe, Harare
        """
}
