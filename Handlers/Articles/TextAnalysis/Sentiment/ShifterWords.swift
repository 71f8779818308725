/// Words that turn, raise or lower the tone of those beside them.
enum ShifterWords {
    static let negations: StaticString = """
        not no never none nobody nothing neither nor nowhere without cannot can't cant couldn't didn't doesn't doesnt dont don't hadn't hasn't haven't
        isn't isnt aren't arent mustn't needn't shan't shouldn't wasn't wasnt weren't won't wont wouldn't ain't aint mightn't hardly scarcely barely rarely
        seldom despite lacks lack unlikely refuse refuses refused fails fail failed n't
        """

    static let boosters: StaticString = """
        absolutely amazingly awfully completely considerably decidedly deeply enormously entirely especially exceptionally extremely fabulously fully
        greatly highly hugely incredibly intensely majorly particularly purely quite really remarkably significantly so substantially thoroughly totally
        tremendously unbelievably unusually utterly very too sharply steeply strongly heavily massively dramatically
        """

    static let dampers: StaticString = """
        almost kinda less little marginally occasionally partly slightly somewhat sorta fairly marginal slight modest modestly mildly
        """

    static let contrasts: StaticString = "but however yet although though while whereas"
}
