/// Words that carry a tone, or turn one, in news and business texts. Regular endings (-s, -ed, -ing …) are added when the table is built.
///
/// The classes let rules stand for words: "profit falls" and "sales tumble" are both *asset down*, "inflation eases" is *burden down*.
enum NewsLexicon {
    /// Good by itself.
    static let good: StaticString = """
        ace acclaim accolade accord achieve achievement acquit admire advance affordable agile allied allow amazing amnesty applaud approve approval
        award backing bargain beautiful beat beneficial benefit best bestow better blessing bless blockbuster bloom blossom bonanza bonus boon brave
        breakthrough bright brilliant bullish bull bumper buoyant buoy calm celebrate celebration champion charity cheer cheerful clean clear clinch
        comeback comfort commend compassion competent competitive confidence confident congratulate conquer constructive contribute convenient cooperate
        cooperation courage courageous creative credible cure dazzle dedicated delight deliver democratic dependable deserve detente donate donation dream
        dynamic eager earn easier easy ecstatic effective efficient elegant embrace empower enable encourage encouraging endorse enduring energetic
        enhance enjoy enjoyable enthusiasm enthusiastic ethical excel excellence excellent excite exciting exemplary exonerate expertise extraordinary
        fabulous fair faith faithful famous fantastic favor favorable favorite favour favourable favourite feat festive festival fine flourish fond
        forgive fortunate fortune free freed freedom fresh friend friendly friendship fun fruitful generous gentle genuine gift glad glorious glory
        gold good goodwill graceful gracious grand grant grateful great greatest handsome happy happiest happiness harmonious harmony healthy heal
        healthier help helpful hero heroic heroine highlight hit honest honesty honor honour honorable hope hopeful hot humane humanitarian humor ideal
        immune impress impressive improve improvement improving incentive innovate innovation innovative insight inspire inspiring instrumental integrity
        intelligent jackpot joy joyful jubilant just keen kind kindness kiss lavish laud laugh launch lead leading legend legendary liberate liberty lift
        like likeable love lovely loyal loyalty lucky luxury magic magnificent marvel marvelous masterpiece medal merit milestone miracle momentum motivate
        neat nice noble optimism optimistic outpace outperform outperformer outstanding ovation overcome overjoyed oversubscribed overweight partner
        passion passionate pardon patriot peace peaceful perfect perk pioneer pleasant please pleased pleasure plentiful polite popular positive powerful
        praise praiseworthy prefer premier prestigious prevail pride prize proactive profitable profitability prolific promise promising promote promotion
        prosper prosperity prosperous protect proud prowess quality rave reassure rebound recommend reconcile record recover recovery refresh rejoice
        relief relieve reliable remarkable remedy rescue resilience resilient resolve respect respectable respected restore reunite reunion revival revive
        reward rich richer rivalling robust romantic rosy safe safer safety satisfied satisfaction satisfy save savior secure shine sincere skill smart
        smile smooth solid solidarity solution solve soothe spectacular splendid stable stability stellar strength strengthen strong stronger strongest
        stunning sturdy succeed success successful super superb superior support supportive supreme surpass survive survivor sustainable sweep sweet swift
        talent talented terrific thank thankful thrill thrive top tops toast tolerant tribute triumph triumphant troublefree truce true trust trusted
        trustworthy truth unite unity unscathed unveil upbeat upgrade uphold upside valiant valuable valued versatile vibrant victor victorious victory
        vindicate virtue vital warm warmth wealth wealthy welcome well win winner winning wise wonder wonderful worth worthy wow wowed multibagger
        buyback dividend outbid debut breakout comrade peacekeeper peacemaker nobel oscar grammy bailed hail hailed unbeaten rally turnaround
        """

    /// Bad by itself.
    static let bad: StaticString = """
        abandon abduct abhorrent abnormal abolish abort abuse abusive accident accuse accused accusation ache adverse afraid aggravate aggression
        aggressive agony ailing alarm alarming allegation allege alleged ambush anger angry anguish annoy annoyed anxiety anxious apologize apology arrest
        arson ashamed assail assassin assassinate assassination assault atrocity attack attacker autocrat awful awkward axe bad badly ban banned bankrupt
        bankruptcy barbaric battered battle bear bearish beating betray betrayal bias biased bitter blackmail blackout blame blast bleak bleed blind block
        blockade blood bloodshed bloody blow blunder bogus bomb bomber bombing bore bored boring bother boycott brawl breach breakdown bribe bribery broke
        broken brutal brutality bubble bully burden burglar burn bust calamity cancer captive carnage casualty casualties catastrophe catastrophic caution
        cautious censor censorship chaos chaotic cheat chill choke claim clash coffin cold collapse collide collision collusion complain complaint complicit
        con concern concerned condemn condemnation conflict confront confrontation confuse confusion conspiracy conspire contagion contaminate contempt
        controversial controversy convict conviction corpse corrupt corruption cost coup coverup coward crack crackdown crash crazy creditor crime criminal
        cripple crisis critic critical criticism criticise criticize crooked cruel crush crumble cry curse cut cyberattack damage damaging damn danger
        dangerous dead deadlock deadly death debacle deceit deceive deception defame default defeat defect deficient defraud defy delay delinquent demolish
        demonize denounce deny deplorable deport depress depressed depression deprive derail desperate despicable despair destroy destruction detain
        detainee detention deteriorate deterioration devastate devastating die died dies dying difficult difficulty dire dirty disable disappoint
        disappointed disappointing disappointment disaster disastrous discontent discord discourage discredit discriminate discrimination disease
        disgrace disgraceful disgust dishonest dismal dismay dismiss disobey disorder disparage dispute disqualify disrespect disrupt disruption dissent
        distort distress distressed distrust disturb disturbing divide divisive divorce doomed doom doubt doubtful downbeat downfall downgrade downside
        downturn drag drawback dread dreadful drought drown drug dubious dud dull dump dumping dysfunction earthquake embarrass embarrassing embarrassment
        embattled embezzle emergency enemy enraged epidemic erode erosion error erratic escalate evacuate evict evil excessive exhaust exile expel
        explode explosion exploit expose extort extortion extremism extremist fail failed failing failure fake false falsify famine fatal fatality fatalities
        fault faulty fear fearful feud fiasco fierce fight fire fired fiery fine fined flaw flawed flee flood flop foe fool foolish forbid foreclosure fraud
        fraudulent freeze frighten frustrate frustrated frustrating frustration fugitive fury furious futile gang genocide ghastly glitch gloom gloomy
        glut greed greedy grenade grief grieve grim gun gunfire gunman gunmen guilt guilty hack hacker halt harass harassment hardship harm harmful harsh
        hate hated hatred haunt havoc hazard hazardous headwind hell helpless hijack hinder homeless homicide horrible horrific horror hospitalized
        hostage hostile hostility humiliate humiliating humiliation hunger hungry hurricane hurt hysteria idiot ignorance ignore ill illegal illicit
        illness imbalance impasse impeach impeachment imprison inability inadequate incompetent indict indictment inefficient inept infamous infect
        infection inflame infringe inhumane injure injured injury injuries injustice insane insecure insolvency insolvent instability insult insurgent
        insurgency interfere intimidate intolerable intrude invade invasion irresponsible jail jeopardize jeopardy jittery jitters jobless junk kidnap
        kidnapper kill killer killing lack lag lagging lament landslide lash lawsuit layoff leak liar lie lied liquidate liquidation litigation loathe
        lone lonely looming loot lose loser losing loss lost lousy lynch mafia malaria malicious malpractice malware manipulate manipulation manslaughter
        martyr massacre meltdown menace mess militant misconduct miserable misery mishandle mislead misleading miss missile missing mistake mistreat
        mistrial mob mock monster moron mourn mourner mudslide mug mugging murder murderer murderous mutilate nasty nazi negative neglect negligence
        negligent nervous nightmare notorious nuisance obscene obstacle obstruct obstruction offend offender offensive onslaught oppose oppress oppression
        ordeal oust ouster outage outbreak outcry outrage outraged outrageous overdose overdue overpriced overshadow overthrow overvalued pain painful
        pandemic panic paralyze paranoid pathetic peril perish perjury persecute pessimism pessimistic phony pirate plague plagued plead plight plot
        poison poisonous pollute polluted pollution poor poverty precarious predator prejudice pressure prison prisoner probe problem problematic profiteer
        prosecute prosecution prosecutor protest protester provoke punish punishment purge quake quarrel quit racism racist radical rage raid rampage ransom
        rape rapist rebel rebellion rebuff rebuke recall recession reckless regret reject rejection relapse reluctant repress repression resentment resign
        resignation restrict restriction retaliate retaliation retreat revenge revolt revoke ridicule ridiculous rift riot risk risky rob robber robbery
        rogue rotten rout ruin rumor ruthless sabotage sack sad sadness sanction savage scam scandal scandalous scare scared scary scold scorn scrap scream
        scrutiny segregation seize seizure selloff sentenced severe sewage shake shaky shame shameful shatter shock shocking shoot shooter shooting
        shortage shortfall shot shutdown sick sickness siege sin sinister sink skeptic skeptical skepticism slam slander slaughter slave slavery sloppy
        slowdown sluggish smear smuggle snag sore sorrow sorry spam spat spoil squander squeeze stab stabbing stagnant stagnate stagnation stain stalemate
        stall stampede standoff starvation starve steal stigma sting stolen storm strain strand strangle stress stricken strife strike struggle stuck stumble
        stupid subpoena sue sued suffer suffering suffocate suicide suspect suspend suspension suspicion suspicious swindle tainted tank tantrum tarnish
        tear tease tension terrible terribly terrified terrify terror terrorism terrorist theft thief threat threaten thug thwart toll torment tornado
        torture toxic traffick tragedy tragic traitor trap trash trauma traumatic treason trespass trigger trouble troubled troubling tsunami turbulence
        turbulent turmoil tyranny tyrant ugly unable unacceptable uncertain uncertainty unconstitutional underperform underperformer undermine underweight
        uneasy unemployed unethical unfair unfit unfortunate unhappy unhealthy unjust unlawful unlikely unpaid unpopular unprecedented unrest unsafe
        unstable unsuccessful unsustainable untrue unwanted upheaval uproar upset urgent useless vandal vandalism vicious victim victimize vile villain
        violate violation violence violent virus volatile volatility vulnerable vulgar war warn warning warfare warrior waste weak weaken weaker weakness
        weapon weary weep wildfire withdraw woe woes worn worry worried worrying worse worsen worst worthless wound wounded wreck wreckage wrong
        wrongdoing wrongful yell zombie npa bloodbath carjack hoax inferno wary choppy subdued muted lackluster lacklustre bleeding
        """

    /// Goes up, or makes go up.
    static let up: StaticString = """
        accelerate accumulate add advance appreciate ascend balloon boost bolster bounce build climb double doubled edge-up elevate expand expansion escalate
        exceed extend fuel gain gainer grow growth grew heighten high higher highest hike increase inch-up intensify jump jumps leap lift mount multiply
        mushroom outgrow peak pickup quadruple raise rally ramp rebound rise rises risen rising rose rocket scale scaling shot-up skyrocket soar spike
        spiral spur strengthen surge swell swells triple twofold threefold fourfold up upbeat uptick upturn upsurge upward upwards zoom hefty record
        inflow more most big bigger biggest large larger maximum plus
        """

    /// Goes down, or makes go down.
    static let down: StaticString = """
        abate alleviate bottom cap clip collapse contract contraction correct correction curb curtail cut cuts cutting decelerate decline declining decrease
        depreciate depreciation descend deplete dim diminish dip dive down downtick downward downwards drain drop dropped dry dwindle ease eased easing edge-down
        ebb end erase fade fall fallen falling falls fell halve halved knock lessen low lower lowest minimize mitigate moderate narrow nosedive outflow
        pare plummet plunge prevent prune reduce reduction retreat reverse scale-down shed shrink shrank shrinking shrivel sink sinks sank slash slide slid
        slip slipped slow slower slowing slowdown slump soften softer stem sterilize subside tame taper taper tumble trim wane weaken weigh wipe wither
        crash less least small smaller smallest minimum minus shave
        """

    /// More of it is better.
    static let asset: StaticString = """
        asset bookings bourse business capital cash consumption customer deal demand dividend earning earnings ebitda economy employment equity equities
        export factory forex fund gdp guidance hiring housing income index indices industry investment investor job jobs lender liquidity manufacturing margin
        market nasdaq net nifty nikkei orderbook order output outlook pat payroll pension productivity production profit profits rating reserve return
        revenue rupee sale sales salary sensex sentiment share shares spending startup stock stocks subscriber tourism tourist trade traffic turnover
        value wage wages yen yield pound euro dollar currency stake target forecast estimate expectation capacity reform
        """

    /// More of it is worse.
    static let burden: StaticString = """
        arrears backlog bond-yield carbon case cases charge charges complaint cost costs crime cpi debt debts deficit deforestation delinquency duty
        emission emissions expenditure expense expenses fee fees fine foreclosure hunger inequality inflation infection interest joblessness layoffs
        liability liabilities loss losses mortality npas penalty poverty price prices provision provisions rate rates recession shortage slippage smoking
        spread subsidy tariff tariffs tax taxes tension tensions traffic unemployment violence volatility wpi risk risks fear fears concern concerns worry
        worries threat threats woes pressure doubts obesity hiv aids virus flu
        """
}
