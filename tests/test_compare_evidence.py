"""What passages are worth: rewriting counts more than chance, and more than what is printed under all."""

import numpy as np
import pytest

import dedup
from dedup.comparison import flags_of
from dedup.comparison.evidence import looseness, rewriting
from dedup.comparison.structure_kernel import NAME
from dedup.model import Article, Relation
from dedup.settings import Settings
from dedup.sketch import sketch


def worth(length, words):
    passages = np.array([[0, length, 0, length, words, 0, words]], np.int32)
    return looseness(passages)[0] * rewriting(passages)[0]


@pytest.mark.parametrize(
    ("length", "words", "expected"),
    [(10, 8, 1.0), (60, 36, 2.0), (30, 30, 1.0), (200, 45, 0.25), (50, 25, 1.5)],
    ids=["short", "long and dense", "verbatim", "loose", "between"],
)
def test_a_passage_is_worth_most_where_it_is_long_dense_and_reworded(length, words, expected):
    assert worth(length, words) == pytest.approx(expected)


def test_another_matched_word_never_makes_a_loose_passage_worth_less():
    worths = [worth(60, words) for words in range(51)]
    assert worths == sorted(worths)


OFFER = (
    "{company} said on {day} that it has filed for an offering of {count} million shares through underwriters"
    " led by {bank}, at a price of {price} crowns a share. The company, which makes {goods} in {town}, said"
    " proceeds would be used to repay debt, and that trading should begin before {month}."
)
FIRST = OFFER.format(
    company="Brennholt", day="Monday", count="6", bank="Aldermoor and Castlewick", price="10", goods="pumps",
    town="Ostrand", month="April",
)  # fmt: skip
SECOND = OFFER.format(
    company="Vantora", day="Thursday", count="2", bank="Kestrelgate and Pellingham", price="25",
    goods="tiles", town="Mirefield", month="August",
)  # fmt: skip


def test_a_form_filled_in_twice_is_not_taken_for_rewriting():
    match = dedup.compare(FIRST, SECOND)
    assert match is None or match.relation is Relation.TEMPLATE


def test_the_same_facts_in_other_words_are_a_derived_text():
    reworded = FIRST.replace("said on Monday that it has filed", "has on Monday filed").replace(
        "said proceeds would be used to repay debt", "means to use proceeds for repaying debt"
    )
    assert dedup.compare(FIRST, reworded).relation.joins


def test_a_headline_printed_again_and_again_makes_no_rewrite():
    """Two outlets wrote about one anniversary; each page prints its own headline five times."""
    first = "Denmark presents the town with flowers on 61st anniversary of bridge "
    second = "the town congratulated on 61st anniversary of its bridge "
    a = (
        5
        * first
        + "Copenhagen, Dec 31 (Ostrand Press) The head of the house, a widow of ninety, presented the "
        "town with flowers on the occasion of the 61st anniversary of the bridge. They were tulips."
    )
    b = (
        5 * second + "Oslo, Dec 31 (Ostrand Press) Towns and parishes everywhere have congratulated the town "
        "on the occasion of the 61st anniversary of the bridge. Schools were shut and trams ran free."
    )
    assert dedup.compare(a, b) is None


EPISODE = (
    "Lanterns of Ostermoor Season 2 Episode 3 Recap. With Isolde Varrick (Naomi Treloar) locked in "
    "the lighthouse by Captain Bram Hessel (Tobias Okafor), the third episode of Kinovox's Lanterns "
    "of Ostermoor finds young Wren Ashgrove (Lila Sandoval) rowing across the bay alone to beg the "
    "smugglers for help. They laugh at her, until she shows them the brass key. RELATED: Lanterns "
    "of Ostermoor Season 2 Episode 1 Recap. Back on land a storm tears the roof from the chapel, "
    "and somebody has emptied the crypt."
)
NEXT_EPISODE = (
    "Lanterns of Ostermoor Season 2 Episode 4 Recap. It is the night of the wedding for Isolde "
    "Varrick (Naomi Treloar), Captain Bram Hessel (Tobias Okafor) is nowhere to be seen and Wren "
    "Ashgrove (Lila Sandoval) has stopped talking in the fourth chapter of Kinovox's Lanterns of "
    "Ostermoor. RELATED: Lanterns of Ostermoor Season 2 Episode 1 Recap. The guests are drunk "
    "before the vows are spoken. When a shot is heard from the dunes, half of them run towards it "
    "and the others hide under the tables."
)


def test_two_texts_that_share_little_but_names_are_no_match():
    """Two instalments of a series: the same people and the same title in the same order, other words."""
    assert dedup.compare(EPISODE, NEXT_EPISODE) is None


def test_a_rewrite_keeps_its_names_and_other_words_and_is_a_match():
    rewrite = EPISODE.replace("locked in the lighthouse by", "put under lock in the lighthouse by").replace(
        "rowing across the bay alone to beg the smugglers for help",
        "alone in a boat on the bay, rowing across to beg smugglers for their help",
    )
    assert dedup.compare(EPISODE, rewrite).relation.joins


def test_a_name_told_again_in_a_list_of_names_is_no_further_evidence():
    """Two stories of other things that name the same companies, whose names are alike."""
    companies = "Tessmar Aldervik Sekuritas, Morvane Aldervik Sekuritas and Pellingham Aldervik Sekuritas"
    loan = "The harbour board will borrow for the new lock at Ostrand. Lenders are {}. Ships wait outside."
    losses = "Shares fell for a fourth day and brokers spoke of panic. Hardest hit were {}. Calm was urged."
    assert dedup.compare(loan.format(companies), losses.format(companies)) is None


VERDICT = (
    "A jury in Ostrand found four men guilty on Thursday of bringing heroin ashore inside rolls of carpet. "
    "The court heard how officers followed a lorry from the docks to a shed where the rolls were cut open "
    "at night. {} will be sentenced next month, and the judge told them to expect long terms. Detectives "
    "had found the cash behind a false wall in the office."
)
TRIAL = (
    "Drugs worth nine million crossed the North Sea in carpets before police moved in, a trial was told. "
    "After six days the jurors came back. Convicted were {}, all from Varnholt, who showed no emotion. A "
    "fifth defendant walked free. It was a man with a dog who first noticed that the warehouse never "
    "seemed to sell anything, the jury had learned in the opening week."
)
FOUR = "Anselm Rehmond, Zefir Quareshek, Morvan Yustaf and Tarik Mehmedov"
LONG_LIST = (
    "Anselm Rehmond, Zefir Quareshek, Morvan Yustaf, Tarik Mehmedov, Ottilie Brandvold, Cosmo Pellingham, "
    "Ruth Aldana, Ignace Tessmar, Lubna Varrick and Piet Ostermoor"
)


def test_a_list_of_names_is_no_wording():
    """Whoever reports the verdict names the four, and in the order in which they were charged."""
    assert dedup.compare(VERDICT.format(FOUR), TRIAL.format(FOUR)) is None


def test_the_title_of_somebody_whom_both_ask_is_no_wording():
    title = (
        "Ingeborg Tannenwald, director of the Centre for Coastal Erosion and Sediment Research at the "
        "University of Aldervik"
    )
    dunes = (
        "The report was presented by {}, who has studied the dunes for twenty years. She said that the sea "
        "had taken four metres this winter and would take more. Residents listened, then asked who would "
        "pay."
    )
    barrage = (
        "Plans for a tidal barrage were attacked on Monday as a threat to wading birds. {}, called the "
        "papers thin. Developers answered that mudflats could be made elsewhere. A march is planned for "
        "Saturday."
    )
    assert dedup.compare(dunes.format(title), barrage.format(title)) is None


def test_a_copied_sentence_with_names_in_it_is_wording():
    sentence = (
        "{} had rented the shed from a retired fishmonger who never asked why the shutters stayed closed"
    )
    match = dedup.compare(VERDICT.format(sentence.format(FOUR)), TRIAL.format(sentence.format(FOUR)))
    assert match.relation.joins


def test_a_long_list_in_one_order_was_copied():
    assert dedup.compare(VERDICT.format(LONG_LIST), TRIAL.format(LONG_LIST)).relation.joins


def test_names_in_a_text_that_is_all_in_capitals_are_not_known():
    alert = (
        "ALDERVIK BANK CUTS PRIME LENDING RATE TO NINE PCT FROM TEN, EFFECTIVE AT ONCE, CITING WEAK DEMAND "
        "FOR CREDIT IN OSTRAND AND VARNHOLT, {}"
    )
    longer = alert.format("AND A SHARP FALL OF THE KELDRIC AGAINST THE CROWN")
    assert dedup.compare(alert.format("BROKERS QUOTED BY KELDREX SAY"), longer).relation.joins


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("On Monday the fire in Varnholt was put out, said Konrad Seip of the B4 unit.", 5),
        ("Das Feuer auf der Werft in Varnholt ist gelöscht und die Gefahr nach Angaben der Stadt vorbei.", 0),
        ("Пожар на верфи в Варнхольте потушен, сказал Конрад Зайп.", 4),
        ("تم إخماد الحريق في حوض السفن", 0),
    ],
    ids=["English", "German", "Russian", "Arabic"],
)
def test_capitalised_words_are_names_but_for_german(text, names):
    """There all nouns are capitalised, and a rewrite keeps them more often than it keeps other words."""
    (flags,) = flags_of([Article("a", text)], sketch([text], Settings()))
    assert ((flags & NAME) > 0).sum() == names


WATER = """The county water board voted on Tuesday to close the Harlow reservoir for eighteen months so that
its earthen dam can be rebuilt. Petra Lindqvist, who is its chief engineer, told the meeting that
draining the basin was the only way to reach what had cracked below the northern embankment.

{supply}

Anglers and sailors had asked for a shorter closure, and the board offered them moorings on Lake
Brannock instead, with a payment of 40,000 pounds. {verdict}

Work is to begin on 12 January, and the first trucks will come by the old quarry road, past the
village school."""
SAILING = """Sailing families in our valley have lost many things over the years, and this winter they are
losing a lake. I grew up beside it and learned to gybe before I could spell the word.

{verdict} Nobody who has watched the junior fleet shrink will think that she exaggerates, and what
galls people at the bar is a consultation that none of them ever heard about.

{supply} They will turn on the tap and notice nothing. We shall look out over mud, remember the
regatta, and ask who decided that a lake is only plumbing."""
SUPPLY = (
    "About 14,000 households in Wendmoor and Castle Ashby will be supplied from the Trent pipeline instead."
)
PELL = "Judith Pell, the commodore of the club, said that three seasons without water would finish it."


def test_sentences_in_different_places_count_together_if_they_are_the_same_word_for_word():
    report = WATER.format(supply=SUPPLY, verdict=PELL)
    both = dedup.compare(report, SAILING.format(supply=SUPPLY, verdict=PELL))
    assert both.relation is Relation.DERIVED
    assert [report[p.a.start : p.a.end] for p in both.passages] == [SUPPLY[:-1], PELL[:-1]]
    assert all(p.weight < Settings().match_weight < both.weight for p in both.passages)
    assert both.weight == pytest.approx(sum(p.weight for p in both.passages))
    for only in ({"supply": SUPPLY, "verdict": ""}, {"supply": "", "verdict": PELL}):
        assert dedup.compare(report, SAILING.format(**only)) is None
    assert (
        "what is the same word for word"
        in dedup.explain(report, SAILING.format(supply=SUPPLY, verdict=PELL)).comparison.reason.casefold()
    )


STATEMENT = (
    "We have found two seepage channels beneath the northern embankment, and our divers tell us that the clay"
    " core has cracked along forty metres. We cannot repair it under water, and we shall not gamble with it."
)


@pytest.mark.parametrize("before", ["", "said: ", "– "], ids=["its own", "colon", "dash"])
def test_what_one_article_says_and_the_other_cites_is_a_quotation(before):
    """Where the one had only heard it, and did not mark it as that, it looks the same."""
    report = WATER.format(supply=f"{before}{STATEMENT}", verdict="")
    match = dedup.compare(report, SAILING.format(supply=f'They say: "{STATEMENT}"', verdict=""))
    assert match.relation is Relation.QUOTE
    assert [p.quoted for p in match.passages] == [True]
    assert match.weight == 0.0


def test_a_mark_that_is_never_closed_makes_no_quotation_of_a_copy():
    report = WATER.format(supply=SUPPLY, verdict=STATEMENT)
    broken = (
        report.replace("board's", 'board"s').replace(" its earthen", ' its "earthen').replace("\n\n", " ")
    )
    assert dedup.compare(report, broken).relation.joins


def test_a_few_words_that_the_other_cites_weigh_nothing():
    report = WATER.format(supply=STATEMENT, verdict="")
    few = " ".join(STATEMENT.split()[:14])
    assert dedup.compare(report, SAILING.format(supply=f'They say: "{few}"', verdict="")) is None


def test_quotations_in_different_places_do_not_count_together():
    supply, verdict = (f'"{each[:-1]}," said Ada Munro.' for each in (SUPPLY, PELL))
    match = dedup.compare(
        WATER.format(supply=supply, verdict=verdict), SAILING.format(supply=supply, verdict=verdict)
    )
    assert match is None or not match.relation.joins


@pytest.mark.parametrize(("words", "shown"), [(12, True), (11, False)])
def test_twelve_words_in_a_row_are_a_passage_though_they_weigh_little(words, shown):
    said = "the council will not say how much money the project cost so far"
    same = " ".join(said.split()[-words:])
    one = WATER.format(supply="", verdict=f"For now {same}.")
    other = SAILING.format(supply=f"When pressed, {same}!", verdict="")
    found = dedup.explain(one, other).comparison
    assert [one[p.a.start : p.a.end] for p in found.passages] == [same] * shown
    assert found.relation is None


def test_a_match_weighs_by_its_passages_or_as_a_whole():
    report = WATER.format(supply=SUPPLY, verdict=PELL)
    match = dedup.compare(report, SAILING.format(supply=SUPPLY, verdict=PELL))
    assert match.weighing(match.weight) == match
    assert match.weighing(2 * match.weight).as_a_whole == 2 * match.weight
