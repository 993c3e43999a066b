// The passages of two versions: those of their stored match, or what both share with the others.

import { align, changes, pastMarks, wordsOf } from "./words.js";

const RETOLD = 0.45; // share of equal words under which what was kept says more than what changed
const TIED = 3; // equal words under which two versions of a paragraph, which a third ties, share nothing to be shown

// The match of two articles, seen from a.
function matchOf(group, a, b) {
  const match = group.ties[group.place.get(a.k)].get(group.place.get(b.k)) ?? null;
  if (!match || group.block.articles[match.a] === a) return match;
  return { ...match, a: match.b, b: match.a, m: [match.m[0], match.m[2], match.m[1]], p: match.p.map(([as, ae, bs, be, ...rest]) => [bs, be, as, ae, ...rest]) };
}

// Passages as { a: [start, end], b: [start, end], words, quoted }, in the order of a.
export function passagesOf(group, a, b) {
  const match = matchOf(group, a, b);
  if (match) {
    const [inA, inB] = [a, b].map((article) => (at) => pastMarks(group.block.texts[article.x].text, at));
    const passages = match.p.map(([as, ae, bs, be, words, similarity, quoted]) => ({ a: [as, ae].map(inA), b: [bs, be].map(inB), words, similarity, quoted: Boolean(quoted) }));
    return { match, passages: passages.sort((p, q) => p.a[0] - q.a[0] || p.b[0] - q.b[0]) };
  }
  return { match: null, passages: a.x === b.x ? whole(group.block.texts[a.x]) : shared(group, a, b) };
}

function whole(text) {
  return text.w ? [{ a: [text.g[0], text.g[text.g.length - 3]], b: [text.g[0], text.g[text.g.length - 3]], words: text.w, similarity: 1, quoted: false }] : [];
}

function shared(group, a, b) {
  const runs = [];
  const theirs = group.parts[b.x];
  for (const part of group.parts[a.x].values()) {
    const other = theirs.get(part.strand);
    if (!other) continue;
    const now = { a: longest(part.spans), b: longest(other.spans) };
    const last = runs[runs.length - 1];
    if (last && near(last.a, now.a) && near(last.b, now.b)) { last.a[1] = now.a[1]; last.b[1] = now.b[1]; }
    else runs.push(now);
  }
  const text = group.block.texts;
  return runs.map((run) => {
    return { ...run, ...likeness(wordsOf(text[a.x].text, ...run.a), wordsOf(text[b.x].text, ...run.b)), quoted: false };
  }).filter((passage) => passage.words >= TIED);
}

// The longest stretch of spans that follow each other: a paragraph may have been told in two places.
function longest(spans) {
  const stretches = [];
  for (const [start, end] of spans) {
    const last = stretches[stretches.length - 1];
    if (last && near(last, [start, end])) last[1] = end;
    else stretches.push([start, end]);
  }
  return stretches.reduce((best, next) => (next[1] - next[0] > best[1] - best[0] ? next : best));
}

function near(before, after) {
  return after[0] >= before[1] && after[0] - before[1] <= 12;
}

// How many words two runs of them have in common, and the share of these that counts as the similarity of a passage.
export function likeness(wa, wb) {
  const words = align(wa.map((w) => w[2]), wb.map((w) => w[2])).length;
  return { words, similarity: 2 * words / (wa.length + wb.length) };
}

function isWithin([start, end], [from, to]) {
  return start >= from && end <= to;
}

export function isRetold(passage) {
  return passage.similarity < RETOLD;
}

// The ranges of both texts that differ inside a passage: [[start, end, kind], ...] for each side; "retold" is the
// kind of all if the passage is told in other words. Of the passages inside it, as of what was moved, it says nothing.
export function differences(textA, textB, passage, passages) {
  const retold = isRetold(passage);
  const inner = passages.filter((each) => each !== passage && isWithin(each.a, passage.a) && isWithin(each.b, passage.b));
  const wa = wordsOf(textA, ...passage.a).filter((word) => !inner.some((each) => isWithin(word, each.a)));
  const wb = wordsOf(textB, ...passage.b).filter((word) => !inner.some((each) => isWithin(word, each.b)));
  const left = [], right = [];
  for (const [change, a0, a1, b0, b1] of changes(wa, wb)) {
    if (change === "kept") continue;
    const kind = retold ? "retold" : change;
    if (a1 > a0) left.push([wa[a0][0], wa[a1 - 1][1], kind]);
    if (b1 > b0) right.push([wb[b0][0], wb[b1 - 1][1], kind]);
  }
  return [left, right];
}
