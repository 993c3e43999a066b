"""What belongs to the page and not to the article makes no match, wherever on the page it stands."""

import numpy as np
import pytest

import dedup
from dedup import Settings
from dedup.comparison.furniture_kernel import ADDRESS, PAGE
from dedup.comparison.lexicon import lexicon
from dedup.sketch import sketch

STORIES = [
    (
        "The harbour board of Estmere voted on Tuesday to dredge the northern channel before the autumn"
        " storms, after two trawlers ran aground there within a month. Ingrid Solheim, who chairs the board,"
        " said the work would cost four million crowns and take eleven weeks. Fishermen had asked for it"
        " since the spring, when a gravel bank moved into the fairway and the pilots refused to cross it at"
        " low water. The dredger Ravn arrives from Hallin in August."
    ),
    (
        "A choir of bakers from the Valley district has won the singing contest at Lindholm with a song"
        " about rye flour. The jury, three organists and a retired tram conductor, gave it the full thirty"
        " points. Its conductor, Tobias Krag, rehearses with them at four in the morning while the dough"
        " rises. They will perform the song again at the opening of the mill museum in Salvane, where the"
        " old millstones were set turning last week."
    ),
]

PAGES = {
    "cookies": "We use cookies and similar technologies on our website to give you the best reading"
    " experience,"
    " to measure visits and to show you personalised advertising. Read our privacy policy to learn how"
    " you can"
    " change your cookie settings at any time. By continuing you accept our terms and conditions.",
    "plea": "You are reading this article for free thanks to our subscribers. Please support independent"
    " local"
    " journalism with a donation or a subscription and help us to keep our newsroom open. Sign up for"
    " our weekly"
    " newsletter and receive the best stories in your inbox every Sunday morning.",
    "form": "Create your free account Enter your email address and choose a password Your password must"
    " have ten"
    " characters Please enter a valid email address This field is required Already registered? Log in here to"
    " continue reading Forgotten your password? Reset it by email",
    "menu": "Home News Politics Business Sport Football Cricket Weather Culture Books Film Music Travel"
    " Opinion"
    " Letters Obituaries Crosswords Puzzles Jobs Property Motors Archive Photographs Podcasts Shop Login",
    "german": "Wir verwenden Cookies auf unserer Website, um Ihnen passende Werbung und Artikel zu"
    " zeigen. In den"
    " Einstellungen zum Datenschutz können Sie Ihre Einwilligung jederzeit ändern. Abonnieren Sie hier"
    " unseren"
    " Newsletter und lesen Sie die Schlagzeilen jeden Morgen kostenlos in Ihrem Postfach.",
    "french": "Nous utilisons des cookies pour vous proposer de la publicité adaptée à votre lecture."
    " Consultez"
    " notre politique de confidentialité pour modifier votre choix. Inscrivez-vous ici à notre newsletter et"
    " recevez nos articles chaque matin dans votre boîte de courriel, c'est gratuit.",
    "russian": "Подпишитесь на нашу бесплатную рассылку и читайте главные новости в вашей почте каждое утро."
    " Нажимая здесь, вы принимаете нашу политику конфиденциальности и даёте согласие на обработку вашей"
    " почты."
    " Уже есть аккаунт? Введите ваш логин и пароль, чтобы читать наши комментарии.",
    "french consent": "Avec votre accord, nous et nos 512 partenaires conservons des informations sur votre"
    " appareil pour vous montrer des contenus personnalisés. Vous pouvez revenir sur vos choix à tout"
    " moment en cliquant sur le lien en bas de page.",
    "italian consent": "Noi e i nostri 418 partner conserviamo informazioni sul tuo dispositivo e trattiamo"
    " dati personali per mostrarti annunci personalizzati. Puoi accettare o rifiutare e modificare le tue"
    " scelte in qualsiasi momento.",
    "rights": "Copyright 2024 Meridian Wire and its member papers. All rights reserved. This material"
    " may not be"
    " published, broadcast, rewritten or redistributed in any form without the prior written consent of the"
    " agency.",
    "short rights": "© 2024 Estmere Courier. All rights reserved. Reproduction only with permission.",
}


def with_page(page: str, story: str, where: str) -> str:
    return {"start": f"{page}\n\n{story}", "end": f"{story}\n\n{page}", "flat": f"{page} {story}"}[where]


@pytest.mark.parametrize("where", ["start", "end", "flat"])
@pytest.mark.parametrize("name", PAGES)
def test_two_stories_on_pages_of_one_kind_are_no_match(name, where):
    a, b = (with_page(PAGES[name], story, where) for story in STORIES)
    for one, other in ((a, b), (b, a)):
        match = dedup.compare(one, other)
        assert match is None or not match.relation.joins, match


@pytest.mark.parametrize("name", PAGES)
def test_one_story_on_two_pages_of_one_kind_is_a_match(name):
    a = with_page(PAGES[name], STORIES[0], "start")
    b = with_page(PAGES[name], " ".join(STORIES[0].split(". ")[1:4]), "end")
    match = dedup.compare(a, b)
    assert match is not None
    assert match.relation.joins


def test_a_report_on_what_pages_say_is_an_article_like_any_other():
    story = (
        "The data office fined three publishers in Korrin on Monday because their cookie notices hid the"
        " button"
        " that refuses tracking. Readers who wanted to decline had to scroll through eleven screens, the"
        " office found, and a newsletter subscription was ticked in advance. Publishers have until June to"
        " change their privacy settings, or pay another 90,000 crowns."
    )
    match = dedup.compare(f"{STORIES[1]}\n\n{story}", f"{story}\n\n{STORIES[0]}")
    assert match is not None
    assert match.relation.joins


@pytest.mark.parametrize(
    "head",
    [
        (
            "Harbour and Valley Gazette\n\nThe week in pictures, words and numbers from all parishes\n\n"
            "By our correspondents in Estmere, Korrin and Salvane\n\nShare on Facebook\nPrint this page\n\n"
            "Photograph: Anders Bjelke for the Gazette archive\n\n"
        ),
        (
            "Skip to content\nMenu\nHome | News | Business | Sport | Culture | Travel | Weather | Letters\n"
            "Sign in    Subscribe\nBreaking news alerts: turn them on\nThe Skerrow Mercury\n"
            "By Staff Reporter\n"
            "Published 4 hours ago | 3 min read\nShare this article    Copy link    Comment (27)\n\n"
        ),
    ],
    ids=["headlines, bylines and buttons", "a menu on one long line"],
)
def test_what_stands_above_the_body_does_not_count(head):
    assert dedup.compare(head + STORIES[0], head + STORIES[1]) is None


BRIEFS = [
    (
        "Divers in Estmere have rescued a 61-year-old baker who had lost hold of a ladder while painting the"
        " hull of his trawler. Pilots heard his whistle from the northern mole. He told them that he could"
        " not swim, and that the paint was dearer than the boat."
    ),
    (
        "Divers in Estmere have rescued a 19-year-old waitress who had lost hold of a kayak after passing the"
        " bar of gravel. The crew of the ferry saw her. She told them that she had looked for a seal, and"
        " would rather meet no other."
    ),
]


@pytest.mark.parametrize("name", [name for name in PAGES if name != "italian consent"])
def test_a_page_under_two_briefs_of_one_wording_makes_no_match_of_them(name):
    assert dedup.compare(*BRIEFS) is None
    assert dedup.compare(*(with_page(PAGES[name], brief, "end") for brief in BRIEFS)) is None


def test_a_headline_printed_over_and_over_counts_once():
    one = "Choir of bakers invited to anniversary of mill museum " * 5
    other = "Anniversary of mill museum to open with choir of bakers " * 5
    a, b = one + STORIES[0], other + STORIES[1][200:]
    weights = [dedup.explain(x, y).comparison.weight for x, y in ((a, b), (b, a))]
    assert weights[0] == weights[1] < dedup.explain(a, b).comparison.bar


def test_text_wrapped_by_a_program_has_no_headlines():
    lines = []
    words = STORIES[0].split()
    while words:
        lines.append(" ".join(words[:9]))
        words = words[9:]
    assert dedup.compare("\n".join(lines), STORIES[0] + " " + STORIES[1]) is not None


def test_a_table_of_short_lines_is_no_furniture():
    table = (
        "Skerrow Ferries year\nProfit 27 oere against loss 51\nNet profit 6,612,000\nRevenue 211.7 million\n"
        "Twelve months\nLoss 17 oere against profit 127\nNet loss 4,077,300\nRevenue 753.5 million\n"
        "Passengers Korrin 812,455\nPassengers Hallin 377,120\nCrews 214\nVessels 11, chartered 2\n"
    )
    a = (
        table
        + "Note: the year before held a gain of 3.2 million from the sale of the yard at Estmere to Korrin."
    )
    b = table + "The company has changed its accounts, and figures of former years have been made to agree."
    match = dedup.compare(a, b)
    assert match is not None
    assert match.relation.joins


COMMON = """
person persons personal personality persona personas personaje personne personnes connect connected contra
contrast public publicly pubblico pubblicato Politik Politiker politiker políticos polityków политики
disposizione integrieren Nutzung prywatny riserva titular согласился подписал персонаж utilisateurs
einstellen maintenir découvrir
"""


def test_no_common_word_has_the_stem_of_a_word_of_a_page():
    stems, kinds = lexicon()
    of_page = stems[(kinds & (PAGE | ADDRESS)) > 0]
    for word in COMMON.split():
        assert not np.isin(sketch([word], Settings()).stem, of_page).any(), word
