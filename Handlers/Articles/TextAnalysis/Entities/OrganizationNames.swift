/// Organizations that the news name without saying what they are.
enum OrganizationNames {
    static let text = """
        Apple, Microsoft, Google, Alphabet, Amazon, Facebook, Meta, Twitter, Netflix, Tesla, Intel, Nvidia, IBM, Oracle, Cisco, Samsung, Sony, Toyota, Honda,
        Nissan, Volkswagen, BMW, Daimler, Siemens, SAP, Bosch, Airbus, Boeing, Ford, General Motors, GM, General Electric, GE, Exxon, ExxonMobil, Chevron,
        BP, Shell, Total, Gazprom, Rosneft, Aramco, Walmart, Target, Costco, Starbucks, McDonald's, Coca-Cola, Pepsi, PepsiCo, Nestle, Unilever, Pfizer,
        Moderna, AstraZeneca, Novartis, Roche, Bayer, Merck, Goldman Sachs, JPMorgan, JPMorgan Chase, Citigroup, Morgan Stanley, Bank of America, Wells Fargo,
        Barclays, HSBC, UBS, Credit Suisse, Deutsche Bank, Commerzbank, BNP Paribas, Santander, ING, Allianz, Visa, Mastercard, PayPal, Uber, Lyft, Airbnb,
        Spotify, Alibaba, Tencent, Huawei, Baidu, Xiaomi, Foxconn, Reliance, Infosys, Wipro, TCS, Tata, Tata Motors, Maruti, ICICI, HDFC, SBI, ONGC, NTPC, Sebi,
        RBI, BSE, NSE, Lufthansa, Ryanair, Delta, Nokia, Ericsson, Philips, IKEA, Adidas, Nike, Verizon, Vodafone, Comcast, Disney, Reuters, Bloomberg, CNN, BBC,
        NBC, CBS, Fox News, Politico, Opec, Nato, EU, European Union, European Commission, European Central Bank, ECB, UN, United Nations, IMF, World Bank, WHO,
        WTO, Unesco, Unicef, Fed, Federal Reserve, FBI, CIA, NSA, SEC, FDA, EPA, NASA, IRS, Pentagon, Congress, Senate, White House, Supreme Court, Kremlin,
        Hamas, Hezbollah, Taliban, Isis, Islamic State, Al Qaeda, Red Cross, Greenpeace, Amnesty International, Fifa, Uefa, NFL, NBA
        """
}
