"""Groups, matches and verdicts as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from rich.cells import cell_len

from dedup.intake.report import Report
from dedup.model import Article, Group, Match, Relation, Verdict, VerdictKind, best_of, text_gone
from dedup.report.find import Find
from dedup.report.lines import show_uncounted
from dedup.report.page import Page, count, headline, is_titled, moment, share
from dedup.report.pair import kind_of, measures, show_passages
from dedup.report.passages import position_map, shared_parts
from dedup.report.verdict import parts_of
from dedup.report.visible import cut, label

if TYPE_CHECKING:
    from dedup.comparison import Comparison
    from dedup.explanation import Explanation

MOST_ARTICLES = 20
"""Articles of a group that are listed where the group is one of many."""

MOST_MATCHES = 20
"""Matches of an article that are listed."""
TELLING = 2
"""Matches of a group that are shown with their passages."""
AT_ONCE = 256
"""Groups whose first articles are asked for at once."""


def show_report(page: Page, report: Report) -> None:
    """What one add did, on one line."""
    parts = [f"{report.added:,} added"]
    parts += [f"{report.updated:,} updated"] if report.updated else []
    parts += [f"{report.unchanged:,} unchanged"]
    newer = "its newer version" if report.outdated == 1 else "newer versions"
    parts += [f"{report.outdated:,} left out for {newer}"] if report.outdated else []
    parts += [f"{report.expired:,} too old"] if report.expired else []
    parts += [f"{report.pruned:,} removed as too old"] if report.pruned else []
    parts += [f"{len(report.errors):,} could not be read"] if report.errors else []
    guessed = sum(report.guessed.values())
    parts += [f"{guessed:,} in a guessed encoding"] if guessed else []
    parts += [f"{report.unread_dates:,} with a date that cannot be read"] if report.unread_dates else []
    page.line((count(report.articles, "article"), "bold"), f": {', '.join(parts)}")


def show_found(page: Page, groups: int, grouped: int, alone: int) -> None:
    """How many groups there are, and how many articles are in them and in none, on one line."""
    if not groups:
        page.line("No groups: no two articles share enough.")
        return
    tail = f"; {alone:,} on their own" if alone else ""
    page.line((count(groups, "group"), "bold"), f" of {grouped:,} articles{tail}")


def show_group(page: Page, group: Group, find: Find, *, passages: int) -> None:
    """A group: its articles in order, and the best passages of its most telling matches."""
    _show_name(page, group)
    _list_articles(page, group, find, MOST_ARTICLES)
    if passages:
        place = {id: i for i, id in enumerate(group.articles)}  # noqa: A001
        for match in telling(group, TELLING):
            page.blank()
            earlier_first = place[match.a] <= place[match.b]
            show_match(page, match if earlier_first else match.turned(), find, passages)


def _show_name(page: Page, group: Group) -> None:
    """A group's id and what it is; on a narrow terminal the latter on a line of its own."""
    name, facts = (("Group ", "bold"), (label(group.id), "bold cyan")), _of(group, page)
    if page.cuts and cell_len(f"Group {label(group.id)}  {facts}") > page.width:
        page.line(*name)
        page.wrapped(facts, indent=2)
    else:
        page.line(*name, f"  {facts}")


def _relations(group: Group) -> str:
    """The closest relation in it, and the loosest."""
    loosest = max((match.relation for match in group.matches), key=lambda relation: relation.rank)
    return f"{group.relation.value} to {loosest.value}" if loosest is not group.relation else loosest.value


def _of(group: Group, page: Page) -> str:
    dot = f" {page.dot} "
    facts = [
        _relations(group),
        count(len(group.articles), "article"),
        f"weakest link {_weakest(group)}",
    ]
    return dot.join(facts)


def _weakest(group: Group) -> str:
    """What ties the weakest link; where it is a retelling, the share of equal words does not say it all."""
    if not group.retold:
        return share(group.weakest)
    return f"{share(group.weakest)}, more in other words" if group.weakest else "in other words"


def _list_articles(page: Page, group: Group, find: Find, most: int | None) -> None:
    table = []
    for article in _headed(group.articles[:most], find):
        first = "earliest" if article.id == group.earliest else ""
        source = label(article.source or "", 30)
        table.append([label(article.id), moment(article.published), source, first, headline(article)])
    page.table(table, indent=2, styles=("cyan", None, None, "bold", None), spare=(2, 3, 1))
    if most is not None and len(group.articles) > most:
        page.line((f"... and {len(group.articles) - most:,} more", "dim"), indent=2)


def _headed(ids: Sequence[str], find: Find) -> list[Article]:
    """These articles, with their texts where no title heads them."""
    articles = find(ids, texts=False)
    untitled = find([article.id for article in articles if not is_titled(article)])
    texts = {article.id: article for article in untitled}
    return [texts.get(article.id, article) for article in articles]


def telling(group: Group, most: int) -> list[Match]:
    """The matches that explain a group best: one of each kind, the most changed before the same.

    A kind is a relation, and of each what was told as a whole in other words is another.
    """
    best: dict[tuple[int, bool], Match] = {}
    for match in group.matches:
        kind = match.relation.rank, match.as_a_whole is not None
        if kind not in best or match.weight > best[kind].weight:
            best[kind] = match
    return [best[kind] for kind in sorted(best, reverse=True)][:most]


def show_match(page: Page, match: Match, find: Find, most: int | None) -> None:
    """A match: its measures, and its passages side by side (`most` of them, cut; None for all, whole)."""
    a, b = find([match.a, match.b])
    page.line(
        (label(match.a, 60), "cyan"), " (a) and ", (label(match.b, 60), "cyan"), " (b): ",
        (kind_of(match), "bold"), indent=2,
    )  # fmt: skip
    page.wrapped(measures(page, match), indent=2)
    show_passages(page, match.passages, a, b, most=most)


def show_article(
    page: Page, article: Article, group: Group | None, matches: Sequence[Match], find: Find
) -> None:
    """One article: its group, and every match it has, with the part of its text that each shares."""
    if group is None:
        page.line((label(article.id), "bold cyan"), " belongs to no group")
        page.table(
            [[moment(article.published), label(article.source or "", 30), headline(article)]], indent=2
        )
    else:
        _show_name(page, group)
        _list_articles(page, group, find, None)
    if not matches:
        page.line("It matches no other article.", indent=2)
        return
    page.blank()
    mine = [match if match.a == article.id else match.turned() for match in matches]
    ranked = sorted(mine, key=lambda match: (match.relation.rank, -match.weight))
    cells = max(page.width // 3, 12)
    table = [["MATCH", "RELATION", "OF THIS", "OF THAT", "WHERE IN THIS"]]
    others = find([match.b for match in ranked[:MOST_MATCHES]])
    for match, other in zip(ranked, others, strict=False):
        spans = [
            (part.start, part.end, page.half if p.quoted else page.full)
            for p in match.passages
            for part, _ in shared_parts(p, article.text, other.text)
        ]
        shares = [share(match.containment_a), share(match.containment_b)]
        bar = position_map(len(article.text), sorted(spans), cells, page.dot) if article.text else ""
        name = label(match.b, page.width // 3) if page.cuts else label(match.b)
        table.append([name, kind_of(match), *shares, bar])
    page.line(("Matches of ", "bold"), (label(article.id), "bold cyan"))
    page.table(table, indent=2, styles=("cyan", None, None, None, "yellow"), spare=(3, 2))
    if len(ranked) > MOST_MATCHES:
        page.line((f"... and {len(ranked) - MOST_MATCHES:,} more", "dim"), indent=2)
    if article.text:
        page.line((f"{page.full} shared, {page.half} shared quotation, {page.dot} its own", "dim"), indent=2)
    else:
        page.wrapped(label(text_gone(article)), indent=2)


def show_groups(page: Page, groups: Iterable[Group], find: Find) -> None:
    """Groups as a table: one line each."""
    rows = []
    left = iter(groups)
    while part := list(islice(left, AT_ONCE)):
        # the earliest comes first, where it is known
        for group, first in zip(part, _headed([group.articles[0] for group in part], find), strict=True):
            articles = find(group.articles, texts=False)
            sources = list(dict.fromkeys(a.source for a in articles if a.source))
            named = cut(sources[0], 20) if sources else ""
            named += f" +{len(sources) - 1:,}" if len(sources) > 1 else ""
            rows.append(
                [label(group.id), f"{len(group.articles):,}", _relations(group), _weakest(group),
                 moment(first.published), named, headline(first)]
            )  # fmt: skip
    if not rows:
        page.line("No groups.")
        return
    heads = ["GROUP", "ARTICLES", "RELATION", "WEAKEST", "FIRST", "SOURCES", "TITLE"]
    used = [i for i in range(len(heads)) if any(row[i] for row in rows)]
    shown = [[heads[i] for i in used], *([row[i] for i in used] for row in rows)]
    spare = [used.index(i) for i in (3, 5, 4, 2) if i in used]  # who had it tells more than how alike it is
    page.table(shown, styles=("cyan", "bold"), spare=spare)


def show_verdict(page: Page, id: str, verdict: Verdict) -> None:  # noqa: A002
    """What the index says of one article."""
    style = {VerdictKind.NEW: "green", VerdictKind.DUPLICATE: "red"}.get(verdict.verdict, "yellow")
    before, told, after = parts_of(id, verdict)
    page.line((before, "cyan"), (told, f"bold {style}"), after)


def show_explanation(page: Page, why: Explanation, a: Article, b: Article) -> None:
    """Why two articles are or are not a match: keys, measures, passages, and the verdict in words."""
    compared = why.comparison
    page.line((label(why.a), "bold cyan"), " and ", (label(why.b), "bold cyan"), ": ",
              (kind_of(compared), "bold"))  # fmt: skip
    page.wrapped(label(compared.reason), indent=2)
    if why.unheld:
        page.wrapped(why.unheld, indent=2)
    page.blank()
    page.line(("Keys, by which a pair becomes a candidate", "bold"))
    chance = f"{why.band_probability:.4f}" if why.band_probability >= 0.0001 else "under 0.0001"
    page.table(
        [
            ["bands", f"{why.shared_bands} of {why.bands} shared",
             f"of {why.rows} rows each; at this resemblance they catch a pair with probability {chance}"],
            ["fingerprints", f"{why.shared_fingerprints:,} shared",
             f"of {why.fingerprints_a:,} in a and {why.fingerprints_b:,} in b"],
            ["score", "not known" if why.score is None else f"{why.score:.1f}",
             "no index tells how rare the keys are" if why.score is None
             else f"the rarity of the shared keys; compared from {why.score_bar:.1f}"],
            *([] if why.frequency is None else [
                ["frequency", f"{why.frequency:.1f}", "articles that have what both share, in the mean"],
            ]),
        ],
        indent=2,
        wraps=True,
    )  # fmt: skip
    page.blank()
    page.line(("Measures", "bold"))
    page.table(
        [
            ["resemblance", f"{compared.resemblance:.3f}", "of the sets of shingles"],
            ["containment", f"{compared.containment_a:.3f}", "of a in b"],
            ["", f"{compared.containment_b:.3f}", "of b in a"],
            *_weights(compared),
        ],
        indent=2,
        wraps=True,
    )
    page.blank()
    page.line(("Passages", "bold"), "" if compared.passages else ": none")
    show_passages(page, compared.passages, a, b, most=None, weights=True)
    show_uncounted(page, why.uncounted)


def _weights(compared: Comparison) -> list[list[str]]:
    """What two articles weigh by their passages, what a match needs, and what they weigh as a whole."""
    from dedup.comparison.relation import beside

    if compared.retold:
        best = beside(best_of(compared.passages), compared.bar)
        return [
            ["weight", best, "of the best passage, but not why they match"],
            ["as a whole", f"{compared.weight:.2f}",
             f"as one is the other told in other words, which counts {compared.bar:.2f} or more"],
        ]  # fmt: skip
    needs = {
        Relation.IDENTICAL: ", where not all words are the same",
        Relation.QUOTE: " outside quotation marks to join",
        Relation.TEMPLATE: " to join, of what does not recur",
    }
    tail = "" if compared.relation is None else needs.get(compared.relation, "")
    return [["weight", beside(compared.weight, compared.bar), f"a match needs {compared.bar:.2f}{tail}"]]


def show_info(page: Page, info: Mapping[str, object]) -> None:
    """What an index holds: a name and a value a line."""
    rows = []
    for name, value in info.items():
        if isinstance(value, Mapping):
            shown = ", ".join(f"{key}={label(str(part))}" for key, part in value.items())
        elif name == "bytes" and isinstance(value, int):
            shown = f"{value:,}"
        elif isinstance(value, bool):
            shown = "kept" if value else "not kept"
        else:
            shown = f"{value:,}" if isinstance(value, int) else "" if value is None else label(str(value))
        rows.append([name.replace("_", " "), shown])
    width = max((cell_len(name) for name, _ in rows), default=0)
    for name, shown in rows:
        page.wrapped(shown, first=f"{name:<{width}}  ")
