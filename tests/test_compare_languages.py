"""What is common in the language of two texts is no evidence that one comes from the other."""

from __future__ import annotations

import pytest

import dedup

SKELETONS = {
    "German": (
        "Nach dem {} auf der {} sind die {} wieder zu {} und mit einem {} aus der {} bei den {} "
        "gewesen. Für das {} ist es nicht von {}, dass sich der {} über eine {} zum {} hat {} lassen, "
        "wie es im {} auch war."
    ),
    "Spanish": (
        "Por la {} de los {} que se {} en el {} con una {} para las {} no es {} lo que su {} le {} al "
        "{}. Pero ya está el {} más {} como todo {} sobre la {}, y si me {} o te {}, ha {} muy {} "
        "cuando le {} su {}."
    ),
    "French": (
        "Dans le {} de la {} que les {} ont {} pour une {} avec des {}, il est {} ce qui se {} au {} "
        "par sa {}. Mais elle n'a pas {} plus de {} sur les {}, et nous avons {} du {} comme vous {} "
        "cette {} en {}."
    ),
    "Swedish": (
        "Efter det att {} var på {} med en {} som har {} till de {}, är det inte {} om vi {} av den {} "
        "för ett {}. När han {} i {} kan du {} men jag {} så att {} ska {} ut {} eller ha {} från {} "
        "vid {}."
    ),
}
CONTENT = [
    "bridge harbour weather ticket pumpkin orchard mirror velvet carpet lantern window needle garden timber",
    "senate hammer violin kitchen saddle tunnel rocket pillow dragon butter castle marble feather bottle",
]


@pytest.mark.parametrize("language", SKELETONS)
def test_two_texts_that_share_function_words_alone_are_no_match(language):
    """English texts have `auf` and `que` too, but seldom: they had weighed as much as rare names."""
    texts = [SKELETONS[language].format(*(2 * words.split())) for words in CONTENT]
    found = dedup.explain(*texts).comparison
    assert max((passage.weight for passage in found.passages), default=0.0) < 1.0


def test_a_passage_ends_after_the_vowel_sign_of_its_last_letter():
    shared = (
        "أعلن وزيرُ الطاقةِ في المدينةِ الساحليةِ أنَّ المحطةَ الجديدةَ ستبدأُ العملَ في نهايةِ الشهرِ المقبلِ"
        " بعدَ تأخيرٍ دامَ ثلاثَ سنواتٍ كاملةٍ بسببِ نقصِ قطعِ الغيارِ المستوردةِ من الخارجِ"
    )
    a, b = f"{shared}. قال المزارعون إنهم ينتظرون.", f"{shared}. ولم يعلق أحد في البلدة على ذلك."
    [passage] = dedup.compare(a, b).passages
    assert a[passage.a.start : passage.a.end] == b[passage.b.start : passage.b.end] == shared
