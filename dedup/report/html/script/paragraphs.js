// Paragraph by paragraph: what all versions did with each paragraph of one of them.

import { bdi, count, h, tongue } from "./dom.js";
import { Windowed } from "./windowed.js";
import { overview, sourceName } from "./data.js";
import { groupAddress } from "./route.js";
import { analyse, isBoilerplate, textOf } from "./strands.js";
import { changes, wordsOf } from "./words.js";
import { isRetold, likeness } from "./align.js";
import { find, groupHead, nameOf, partnerOf, published, versionSelect } from "./group.js";

const OPENED = 6; // versions up to which everything is open from the start
const WORDINGS = 8; // wordings of a paragraph that are listed at once, the most frequent first
const NAMES = 200;
const ON_PAPER = 12; // names and additions up to which they are printed
const PRINTED_WORDINGS = 3;

export function showParagraphs(main, route, row, block) {
  const group = analyse(block);
  const ref = find(block, route.ref) ?? block.articles[row.i ?? 0];
  document.title = `${row.h}, paragraph by paragraph – ${overview.title}`;
  const list = h("ol", { class: "paragraphs" });
  main.append(...groupHead(row, block, "text", ref, partnerOf(group, ref)),
    h("section", { "aria-labelledby": "text-title" },
      h("h2", { id: "text-title", class: "hidden" }, "Every paragraph and what became of it"),
      h("div", { class: "bar" }, h("form", { class: "filters", onsubmit: (event) => event.preventDefault() },
        versionSelect(block, "All versions against", ref, (key) => { location.hash = groupAddress(row, "text", key).replace(/^[^#]*/, ""); })),
        h("p", { class: "quiet" }, h("span", { class: "paper" }, "All versions against "), bdi(ref.s < 0 ? ref.id : sourceName(ref.s)), ", ", published(ref))),
      list));
  const told = { row, group, ref, few: block.articles.length <= OPENED, inner: [] };
  main.grown = new Windowed(list, withAdded(group, ref), (entry) => (entry.added ? addedItem(told, entry.added) : paragraphItem(told, entry)), "summary, a");
  main.grown.inner = told.inner;
}

// The reference's paragraphs, with what other versions add after the paragraph that precedes it there.
function withAdded(group, ref) {
  const ours = group.parts[ref.x];
  const after = new Map();
  group.holders.forEach((texts, strand) => {
    if (ours.has(strand) || !texts.length) return;
    let before = null;
    for (const other of group.parts[texts[0]].keys()) {
      if (other === strand) break;
      if (ours.has(other)) before = other;
    }
    if (!after.has(before)) after.set(before, []);
    after.get(before).push(strand);
  });
  const item = (before) => (after.has(before) ? [{ added: after.get(before) }] : []);
  return [...item(null), ...[...ours.values()].flatMap((part) => [part, ...item(part.strand)])];
}

// The articles that hold any of these texts, by their numbers.
function holding(group, texts) {
  return texts.flatMap((text) => group.owners[text]).sort((a, b) => a - b);
}

// How many articles hold any of these texts.
function versionsOf(group, texts) {
  return texts.reduce((sum, text) => sum + group.owners[text].length, 0);
}

function paragraphItem(told, part) {
  const { group, ref } = told;
  const { block } = group;
  const wordings = new Map();
  for (const text of group.holders[part.strand]) {
    const { wording } = group.parts[text].get(part.strand);
    if (!wordings.has(wording)) wordings.set(wording, []);
    wordings.get(wording).push(text);
  }
  const same = wordings.get(part.wording);
  wordings.delete(part.wording);
  const kept = versionsOf(group, same) - 1, dropped = block.articles.length - group.copies[part.strand];
  const others = [...wordings.values()].map((texts) => ({ texts, n: versionsOf(group, texts) })).sort((a, b) => b.n - a.n);
  const reworded = others.reduce((sum, { n }) => sum + n, 0);
  const without = () => {
    const held = new Set(group.holders[part.strand]);
    return block.articles.flatMap(({ x }, i) => (held.has(x) ? [] : [i]));
  };
  const draw = (other, i) => h("li", null, variant(told, part, other, i < PRINTED_WORDINGS));
  const colour = group.colour[part.strand];
  return h("li", { class: "paragraph" },
    h("p", { class: `body ${colour < 0 ? "own" : "c" + colour}`, ...tongue(ref.la) }, labelOf(ref, part), textOf(block.texts[ref.x].text, part)),
    h("div", { class: "fate" },
      tallyBar({ kept, reworded, dropped }),
      kept ? who(told, part.strand, `kept by ${kept.toLocaleString("en-GB")}`, "kept", kept, () => holding(group, same).filter((i) => block.articles[i] !== ref)) : null,
      others.length ? h("ol", null, others.slice(0, WORDINGS).map(draw)) : null,
      others.length > WORDINGS ? further(told, others.slice(WORDINGS), draw) : null,
      dropped ? who(told, part.strand, `left out by ${dropped.toLocaleString("en-GB")}`, "dropped", dropped, without) : null));
}

function labelOf(article, part) {
  return part.spans.every(([start, end]) => isBoilerplate(article, start, end)) ? [h("span", { class: "label", lang: "en", title: "What its source repeats; it does not count." }, "boilerplate"), " "] : null;
}

function tallyBar({ kept, reworded, dropped }) {
  const cells = [["kept", kept], ["reworded", reworded], ["dropped", dropped]].filter(([, n]) => n);
  const bar = h("div", { class: "tally", "aria-hidden": "true" }, cells.map(([name]) => h("span", { class: name })));
  cells.forEach(([, n], i) => bar.children[i].style.setProperty("flex-grow", n));
  return bar;
}

// Something that is made when it is unfolded: `fill` puts it into the element that it gets.
function unfolding(name, summary, fill, { open = false, paper = false } = {}) {
  const body = h("div");
  const unfold = () => body.childElementCount || fill(body);
  const details = h("details", { class: name, "data-paper": paper, ontoggle: () => details.open && unfold() },
    h("summary", null, h("span", { class: "sign", "aria-hidden": "true" }), summary), body);
  if (open) { details.open = true; unfold(); }
  return details;
}

// Links to these articles beside the reference.
function names({ row, group, ref }, strand, numbers) {
  const link = (i) => h("a", { href: groupAddress(row, "read", ref.k, group.block.articles[i].k) + `?at=${strand}` }, bdi(nameOf(group.block.articles[i])));
  const more = (most) => (numbers.length > most ? ` and ${(numbers.length - most).toLocaleString("en-GB")} more` : "");
  const listed = numbers.slice(0, NAMES).map((i, k) => [k ? ", " : "", link(i)]);
  return [listed.slice(0, ON_PAPER), h("span", { class: "screen" }, listed.slice(ON_PAPER), more(NAMES)), h("span", { class: "paper" }, more(ON_PAPER))];
}

function who(told, strand, text, name, n, articles) {
  if (n > 3) return unfolding(`who-line ${name}`, text, (body) => body.append(h("p", null, names(told, strand, articles()))), { paper: n <= ON_PAPER });
  return h("p", { class: `who-line ${name}` }, h("span", { class: "sign", "aria-hidden": "true" }), `${text}: `, names(told, strand, articles()));
}

// A wording that differs: what it leaves out struck through, what it puts in underlined.
function variant(told, part, { texts, n }, paper) {
  const { group, ref } = told;
  const { block } = group;
  const theirs = group.parts[texts[0]].get(part.strand);
  const first = block.articles[group.owners[texts[0]][0]];
  return unfolding("who-line reworded", ["reworded by ", bdi(nameOf(first)), n > 1 ? ` and ${count(n - 1, "other")}` : ""], (body) => body.append(
    h("p", { class: "body variant", ...tongue(first.la) }, inline(textOf(block.texts[ref.x].text, part), textOf(block.texts[first.x].text, theirs))),
    h("p", { class: "quiet" }, names(told, part.strand, holding(group, texts)))), { open: told.few, paper });
}

function further(told, others, draw) {
  return unfolding("who-line reworded", `and ${count(others.length, "more wording")}`, (body) => {
    const list = h("ol", { class: "further" });
    body.append(list);
    told.inner.push(new Windowed(list, others, (other) => draw(other, Infinity), "summary"));
  });
}

// b in the order of its words, with the words of a that it lacks; or, where b tells a in other words, without them.
export function inline(a, b) {
  const wa = wordsOf(a, 0, a.length), wb = wordsOf(b, 0, b.length);
  const retold = isRetold(likeness(wa, wb));
  const out = [];
  let at = 0;
  for (const [kind, a0, a1, b0, b1] of changes(wa, wb)) {
    const start = b0 < wb.length ? wb[b0][0] : b.length;
    if (kind === "kept") continue;
    if (start > at) out.push(b.slice(at, start));
    at = Math.max(at, start);
    if (a1 > a0 && !retold) out.push(h("del", null, a.slice(wa[a0][0], a1 < wa.length ? wa[a1][0] : a.length).trimEnd()), " ");
    if (b1 > b0) { out.push(h(retold ? "span" : "ins", retold ? { class: "retold" } : null, b.slice(start, wb[b1 - 1][1]))); at = wb[b1 - 1][1]; }
  }
  out.push(b.slice(at));
  return out;
}

function addedItem(told, added) {
  const { group } = told;
  const strands = added.slice().sort((a, b) => group.copies[b] - group.copies[a] || a - b);
  const draw = (strand) => {
    const text = group.holders[strand][0], n = group.copies[strand], part = group.parts[text].get(strand);
    const first = group.block.articles[group.owners[text][0]];
    return h("li", null,
      h("p", { class: `body ${group.colour[strand] < 0 ? "own" : "c" + group.colour[strand]}`, ...tongue(first.la) }, labelOf(first, part), textOf(group.block.texts[text].text, part)),
      who(told, strand, `added by ${n.toLocaleString("en-GB")}`, "added", n, () => holding(group, group.holders[strand])));
  };
  const total = versionsOf(group, [...new Set(strands.flatMap((strand) => group.holders[strand]))]);
  const summary = `${count(strands.length, "addition")} here in ${count(total, "version")}`;
  return h("li", { class: "paragraph added who-line" }, unfolding("", summary, (body) => {
    const list = h("ol", { class: "plain" });
    body.append(list);
    told.inner.push(new Windowed(list, strands, draw, "summary, a"));
  }, { open: told.few && strands.length <= 3, paper: strands.length <= ON_PAPER }));
}
