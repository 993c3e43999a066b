"""What changes an index: articles put in and taken out, with their postings, matches and groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup import group as grouping
from dedup.arrays.ordered import each_once
from dedup.digest import is_outdated
from dedup.errors import InputError
from dedup.funnel import marking
from dedup.funnel.comparing import Comparing, Newer
from dedup.funnel.matching import candidates_of, find_matches
from dedup.funnel.older import Older
from dedup.funnel.turns import rounds, untied
from dedup.index import Store
from dedup.index.values import Numbers
from dedup.intake.batches import Batch, batches
from dedup.intake.fresh import Fresh
from dedup.intake.report import Report
from dedup.intake.run import FOUND, PUT, Run
from dedup.model import Article, Match, RecordError, Relation
from dedup.sketch import Sketches, sketch

NOT_JOINING = tuple(relation for relation in Relation if not relation.joins)
AGAIN = 2_000
"""Articles that are compared again at a time."""


def counted(
    store: Store, fresh: Fresh, digests: Sequence[bytes]
) -> tuple[NDArray[np.int64], Sketches, list[int]]:
    """Put new articles into a store and count their lines, without posting and comparing them.

    Returns their numbers, their sketches with boilerplate marked, and the numbers with which it became that.
    """
    articles, sketches = fresh.articles, fresh.sketches
    words = np.diff(sketches.tokens)
    numbers = store.put_articles(articles, digests, words, same=fresh.same, content=fresh.content)
    sketches, turns = marking.count(store, articles, sketches, fresh.lines, numbers)
    return numbers, sketches, turns


class Writer:
    """Puts articles into a store and takes them out; matches and groups follow."""

    def __init__(self, older: Older) -> None:
        self._older = older
        self._store = older.store

    def add(
        self,
        records: Iterable[Article | RecordError],
        report: Report,
        *,
        position: Callable[[], int],
        committed: Callable[[int], None],
        strict: bool,
    ) -> None:
        """Add a stream of records, each batch in one transaction; what happens is counted in `report`.

        `position` is asked when a batch has been read, and its answer is given to `committed` when the batch
        is in the index. With `strict` the first record that cannot be read raises InputError.
        """
        run = Run(self._store.articles.newest())
        for batch in batches(records, self._store, position):
            if batch.errors and strict:
                raise InputError(str(batch.errors[0]))
            report.errors += batch.errors
            for article in batch.articles:
                report.saw(article)
            done = Report()
            with self._store.writing():
                self._add(batch, done, run)
            report.include(done)
            if strict and done.errors:
                raise InputError(str(done.errors[-1]))
            committed(batch.position)

    def _add(self, batch: Batch, report: Report, run: Run) -> None:
        """Add one batch, and count what is done."""
        articles, known = self._store.articles.told_apart(batch.articles)
        there = self._changed(articles, batch.digests, known)
        new: dict[str, tuple[Article, bytes]] = {}
        replaced: list[int] = []
        unchanged: dict[int, Article] = {}
        for article, digest in zip(articles, batch.digests, strict=True):
            name = article.id
            number = known[name][0] if name in known and name not in new else None
            before = new[name][1] if name in new else known[name][1] if name in known else None
            if before == digest:
                report.unchanged += 1
                if number is not None:
                    unchanged[number] = article
                    run.meet([number], run.how(number) or FOUND)
                continue
            if before is not None:
                other = new[name][0] if number is None else there[number]
                how = PUT if number is None else run.how(number)
                if is_outdated(article, other):
                    report.outdated += 1
                    continue
                if not is_outdated(other, article) and how:
                    reason = f"id {name!r} was read before in this run with other content; the first is kept"
                    report.errors.append(RecordError(article.path or "record", article.line, reason))
                    continue
                report.outdated += how == PUT  # the other, which was counted when it came
                if number is not None:
                    replaced.append(number)
            new.pop(name, None)  # its place is where it came, as if in another batch
            new[name] = article, digest
        if self._store.places is not None:
            self._store.places.found_at(list(unchanged), list(unchanged.values()))
        else:
            self._store.files.found_at(unchanged)
        if new:
            fresh = batch.fresh([article for article, _ in new.values()], self._store)
            digests = [digest for _, digest in new.values()]
            numbers, found = self.put(fresh, digests, replaced, run)
            report.matches += len(found)
            report.updated += sum(run.how(number) != PUT for number in replaced)
            report.added += len(new) - len(replaced)
            run.meet(numbers.tolist(), PUT)

    def _changed(
        self, articles: Sequence[Article], digests: Sequence[bytes], known: Mapping[str, tuple[int, bytes]]
    ) -> dict[int, Article]:
        """Those articles of the index that some of these are other versions of, by number, without texts."""
        told = zip(articles, digests, strict=True)
        others = [known[a.id][0] for a, digest in told if a.id in known and known[a.id][1] != digest]
        numbers = list(dict.fromkeys(others))
        if not numbers:
            return {}
        return dict(zip(numbers, self._store.articles.get(numbers, texts=False), strict=True))

    def put(
        self, fresh: Fresh, digests: Sequence[bytes], replaced: Sequence[int], run: Run
    ) -> tuple[NDArray[np.int64], list[tuple[Match, int, int]]]:
        """Store, post, match and group new articles, as a part of a run.

        `replaced` are the numbers of the versions that make way for some of them. Returns their numbers, and
        matches, each with its two numbers.
        """
        around, lost = self._linked(np.array(replaced, np.int64))
        versions = self._groups_of_versions(replaced, run)
        articles = fresh.articles
        numbers, sketches, turns = counted(self._store, fresh, digests)
        joined = [*around.tolist(), *self._tied_again(lost, by=int(numbers[0]))]
        self._store.postings.post(numbers, sketches.keys, sketches.key)
        found, tied = self._matched(Newer(articles, sketches, numbers), turns)
        joined += tied
        self._older.put(numbers, articles, sketches)
        if turns:
            self._older.forget_sources({articles[row].source for row in np.searchsorted(numbers, turns)})
        run.versions |= {
            number: versions[article.id]
            for number, article in zip(numbers.tolist(), articles, strict=True)
            if article.id in versions
        }
        self._regroup(each_once(np.array(joined, np.int64)), run)
        return numbers, found

    def _groups_of_versions(self, replaced: Sequence[int], run: Run) -> dict[str, str]:
        """By id, the groups that articles which make way were in before the run."""
        had = run.before(replaced, self._store.groups.of(replaced))
        ids = dict(zip(replaced, self._store.articles.ids(replaced), strict=True))
        return {name: had[number] for number, name in ids.items() if number in had}

    def _matched(self, newer: Newer, turns: Sequence[int]) -> tuple[list[tuple[Match, int, int]], list[int]]:
        """Store the matches of posted articles with earlier ones: these, by numbers, and whom they tie.

        What comes after one of `turns`, with which a line became boilerplate, is compared as if it came in
        another batch.
        """
        store, numbers = self._store, newer.numbers
        candidates = candidates_of(self._older, newer, store.settings)
        found: list[tuple[Match, int, int]] = []
        for part, by in rounds(self._older, newer, candidates, turns):
            found += self._kept(Comparing(self._older, newer, part, store.settings, by=by).matches(), numbers)
        return found, _joined(found) + untied(store, newer, turns)

    def _kept(
        self, matches: Iterable[tuple[Match, int, int]], numbers: NDArray[np.int64]
    ) -> list[tuple[Match, int, int]]:
        """Store the matches of posted articles: these, by numbers."""
        found = [(match, older, int(numbers[query])) for match, older, query in matches]
        self._store.matches.put(np.array([row[1:] for row in found], np.int64), [row[0] for row in found])
        return found

    def judge_again(self) -> None:
        """Undo the matches that rest on what is boilerplate by now."""
        store = self._store
        links = store.matches.links()
        touched = marking.judge_again(store, np.column_stack((links.a, links.b)), -1)
        for relation in NOT_JOINING:
            marking.judge_again(store, store.matches.pairs(relation), -1, only=relation)
        self._regroup(touched, Run())

    def _regroup(self, touched: NDArray[np.int64], run: Run) -> None:
        """Find anew the groups of the articles that `touched` can reach by matches that join."""
        if not len(touched):
            return
        links = self._store.matches.links_around(touched)
        before = self._store.groups.of(each_once(np.concatenate((touched, links.a, links.b))))
        names: dict[int, str] = {}
        if len(links.a):
            numbers, labels = grouping.partition(links)
            members = grouping.members_of(numbers, labels)
            ids = dict(zip(numbers.tolist(), self._store.articles.ids(numbers), strict=True))
            named = self._named(members, ids, before, run)
            names = {number: named[label] for label, own in members.items() for number in own}
        changes = {n: names.get(n) for n in {*before, *names} if names.get(n) != before.get(n)}
        run.leave(before, changes)
        self._store.groups.put(changes)

    def _named(
        self,
        members: Mapping[int, Sequence[int]],
        ids: Mapping[int, str],
        before: Mapping[int, str],
        run: Run,
    ) -> dict[int, str]:
        """The ids of groups, which no other group has; `before` has those that articles are in now."""
        had = run.before([number for own in members.values() for number in own], before)
        inside, taken = Counter(before.values()), set[str]()
        while True:
            named = grouping.name_groups(members, ids, had, taken=taken)
            sizes = self._store.groups.sizes(sorted(set(named.values())))
            others = {name for name, size in sizes.items() if size > inside[name]}
            if not others:
                return named
            taken |= others

    def remove(self, numbers: Numbers) -> None:
        """Remove articles, and regroup those that they were matched with."""
        gone = each_once(np.fromiter(numbers, np.int64))
        around, lost = self._linked(gone)
        self._store.remove(gone)
        self._regroup(np.union1d(around, np.array(self._tied_again(lost, by=-1), np.int64)), Run())

    def _linked(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The articles that matches that join tie to these, and those that are cut off when these go.

        These hung on them, and hang on no other earlier article, though they may be alike: of many, each was
        compared with a few.
        """
        pairs = self._store.matches.pairs_with(numbers)
        stays = ~np.isin(pairs, numbers)
        a, b = self._store.matches.pairs_with(fell := pairs[stays[:, 1], 1]).T
        cut_off = np.setdiff1d(fell, b[~np.isin(a, numbers)])
        group = self._store.groups.of(cut_off)
        sizes = self._store.groups.sizes(sorted(set(group.values())))
        several = [number for number, name in sorted(group.items()) if sizes[name] > 2]
        return pairs[stays], np.array(several, np.int64)

    def _tied_again(self, numbers: NDArray[np.int64], *, by: int) -> list[int]:
        """Compare articles that are cut off with earlier ones again; the numbers of those that join.

        A story that many ran hangs on a few of its copies, and when these go, on the next.
        """
        joined: list[int] = []
        first: dict[tuple[int, int], int] = {}
        for begin in range(0, len(numbers), AGAIN):
            own = numbers[begin : begin + AGAIN]
            articles = self._store.articles.get(own)
            there = np.array([bool(article.text) for article in articles])
            joined += self._same_again(own[~there], first)
            own, articles = own[there], [article for article in articles if article.text]
            if not articles:
                continue
            sketches = sketch([article.text for article in articles], self._store.settings)
            sketches = marking.recall(self._store, articles, sketches, own)
            joined += _joined(self._kept(find_matches(self._older, articles, sketches, own, by=by), own))
        return joined

    def _same_again(self, numbers: NDArray[np.int64], first: dict[tuple[int, int], int]) -> list[int]:
        """Tie articles whose texts are gone to the `first` that has the same words; those that join."""
        if not len(numbers):
            return []
        same, words = self._store.articles.same(numbers), self._store.articles.words(numbers)
        keys = zip(same.tolist(), words.tolist(), strict=True)
        pairs = [(first.setdefault(key, n), n) for n, key in zip(numbers.tolist(), keys, strict=True)]
        again = np.array([pair for pair in pairs if pair[0] != pair[1]], np.int64).reshape(-1, 2)
        weight = self._store.settings.match_weight
        ids = zip(*map(self._store.articles.ids, again.T), strict=True)
        found = [Match(a, b, Relation.IDENTICAL, 1.0, 1.0, 1.0, (), weight) for a, b in ids]
        self._store.matches.put(again, found)
        joined: list[int] = again.ravel().tolist()
        return joined


def _joined(found: Iterable[tuple[Match, int, int]]) -> list[int]:
    """The numbers of the articles that matches join."""
    return [number for match, *pair in found if match.relation.joins for number in pair]
