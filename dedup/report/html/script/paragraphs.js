// Paragraph by paragraph: what all versions did with each paragraph of one of them.

import { bdi, count, gradually, h } from "./dom.js";
import { overview, sourceName } from "./data.js";
import { groupAddress } from "./route.js";
import { analyse, textOf } from "./strands.js";
import { changes, wordsOf } from "./words.js";
import { find, groupHead, nameOf, partnerOf, published, versionSelect } from "./group.js";

export function showParagraphs(main, route, row, block) {
  const group = analyse(block);
  const ref = find(block, route.ref) ?? block.articles[0];
  const other = partnerOf(group, ref);
  document.title = `${row.h}, paragraph by paragraph – ${overview.title}`;
  const entries = [...group.parts[ref.x].values()].map((part) => ({ part, from: ref.x }));
  const list = h("ol", { class: "paragraphs" });
  main.append(...groupHead(row, block, "text", ref, other),
    h("section", { "aria-labelledby": "text-title" },
      h("h2", { id: "text-title", class: "hidden" }, "Every paragraph and what became of it"),
      h("div", { class: "bar" }, h("form", { class: "filters", onsubmit: (event) => event.preventDefault() },
        versionSelect(block, "All versions against", ref, (key) => { location.hash = groupAddress(row, "text", key).replace(/^[^#]*/, ""); })),
        h("p", { class: "quiet" }, bdi(ref.s < 0 ? ref.id : sourceName(ref.s)), ", ", published(ref))),
      list));
  main.grown = gradually(list, withAdded(group, ref, entries), (entry) => entry.added ? addedItem(row, group, ref, entry) : paragraphItem(row, group, ref, entry), 40);
}

// The reference's paragraphs, with what other versions add after the paragraph that precedes it there.
function withAdded(group, ref, entries) {
  const ours = group.parts[ref.x];
  const after = new Map();
  group.holders.forEach((texts, strand) => {
    if (ours.has(strand) || !texts.length) return;
    const order = [...group.parts[texts[0]].keys()];
    let before = null;
    for (let i = order.indexOf(strand) - 1; i >= 0 && before === null; i--) if (ours.has(order[i])) before = order[i];
    if (!after.has(before)) after.set(before, []);
    after.get(before).push(strand);
  });
  const item = (before) => (after.has(before) ? [{ added: after.get(before) }] : []);
  return [...item(null), ...entries.flatMap((entry) => [entry, ...item(entry.part.strand)])];
}

function paragraphItem(row, group, ref, { part }) {
  const { block } = group;
  const wordings = new Map();
  const tally = { kept: 0, reworded: 0, dropped: 0 };
  block.articles.forEach((article, i) => {
    if (article === ref) return;
    const theirs = group.parts[article.x].get(part.strand);
    if (!theirs) tally.dropped++;
    else if (theirs.wording === part.wording) tally.kept++;
    else {
      tally.reworded++;
      if (!wordings.has(theirs.wording)) wordings.set(theirs.wording, []);
      wordings.get(theirs.wording).push(i);
    }
  });
  const shown = textOf(block.texts[ref.x].text, part);
  const by = (wanted) => block.articles.filter((article) => article !== ref && wanted(group.parts[article.x].get(part.strand)));
  const colour = group.colour[part.strand];
  return h("li", { class: "paragraph" },
    h("p", { class: `body ${colour < 0 ? "own" : "c" + colour}`, dir: "auto" }, shown),
    h("div", { class: "fate" },
      tallyBar(tally),
      tally.kept ? who(row, ref, part.strand, `kept by ${tally.kept}`, "kept", by((theirs) => theirs?.wording === part.wording)) : null,
      [...wordings].sort((a, b) => b[1].length - a[1].length).slice(0, 12).map(([, list]) => variant(row, group, ref, part, list)),
      wordings.size > 12 ? h("p", { class: "quiet" }, `and ${wordings.size - 12} more wordings`) : null,
      tally.dropped ? who(row, ref, part.strand, `left out by ${tally.dropped}`, "dropped", by((theirs) => !theirs)) : null));
}

function tallyBar({ kept, reworded, dropped }) {
  const cells = [["kept", kept], ["reworded", reworded], ["dropped", dropped]].filter(([, n]) => n);
  const bar = h("div", { class: "tally", "aria-hidden": "true" }, cells.map(([name]) => h("span", { class: name })));
  cells.forEach(([, n], i) => bar.children[i].style.setProperty("flex-grow", n));
  return bar;
}

function link(row, ref, strand, article) {
  return h("a", { href: groupAddress(row, "read", ref.k, article.k) + `?at=${strand}` }, bdi(nameOf(article)));
}

function who(row, ref, strand, text, name, articles) {
  const body = h("p", null);
  const list = () => {
    if (body.childElementCount) return;
    body.append(...articles.slice(0, 200).flatMap((article, i) => [i ? ", " : "", link(row, ref, strand, article)]), articles.length > 200 ? ` and ${articles.length - 200} more` : "");
  };
  if (articles.length <= 3) {
    list();
    return h("p", { class: `who-line ${name}` }, h("span", { class: "sign", "aria-hidden": "true" }), `${text}: `, ...body.childNodes);
  }
  const details = h("details", { class: `who-line ${name}`, ontoggle: () => details.open && list() }, h("summary", null, h("span", { class: "sign", "aria-hidden": "true" }), text), body);
  return details;
}

// A wording that differs: what it leaves out struck through, what it puts in underlined.
function variant(row, group, ref, part, list) {
  const { block } = group;
  const article = block.articles[list[0]];
  const theirs = group.parts[article.x].get(part.strand);
  const body = h("p", { class: "body variant", dir: "auto" });
  const fill = () => { if (!body.childNodes.length) body.append(...inline(textOf(block.texts[ref.x].text, part), textOf(block.texts[article.x].text, theirs))); };
  const names = list.slice(0, 40).flatMap((i, k) => [k ? ", " : "", link(row, ref, part.strand, block.articles[i])]);
  if (list.length > 40) names.push(` and ${list.length - 40} more`);
  const details = h("details", { class: "who-line reworded", ontoggle: () => details.open && fill() },
    h("summary", null, h("span", { class: "sign", "aria-hidden": "true" }), "reworded by ", bdi(nameOf(article)), list.length > 1 ? ` and ${count(list.length - 1, "other")}` : ""), body, h("p", { class: "quiet" }, names));
  if (block.articles.length <= 6) { details.open = true; fill(); }
  return details;
}

// b in the order of its words, with the words of a that it lacks.
export function inline(a, b) {
  const wa = wordsOf(a, 0, a.length), wb = wordsOf(b, 0, b.length);
  const out = [];
  let at = 0;
  for (const [kind, a0, a1, b0, b1] of changes(wa, wb)) {
    const start = b0 < wb.length ? wb[b0][0] : b.length;
    if (kind === "kept") continue;
    if (start > at) out.push(b.slice(at, start));
    at = Math.max(at, start);
    if (a1 > a0) out.push(h("del", null, a.slice(wa[a0][0], a1 < wa.length ? wa[a1][0] : a.length).trimEnd()), " ");
    if (b1 > b0) { out.push(h("ins", null, b.slice(start, wb[b1 - 1][1]))); at = wb[b1 - 1][1]; }
  }
  out.push(b.slice(at));
  return out;
}

function addedItem(row, group, ref, { added }) {
  const { block } = group;
  const items = added.map((strand) => {
    const from = group.holders[strand][0];
    const articles = group.holders[strand].flatMap((text) => group.owners[text]).map((i) => block.articles[i]);
    return { strand, articles, text: textOf(block.texts[from].text, group.parts[from].get(strand)) };
  }).sort((x, y) => y.articles.length - x.articles.length || x.strand - y.strand);
  const list = h("ol", { class: "plain" });
  const fill = () => { if (!list.childElementCount) gradually(list, items, ({ strand, articles, text }) => h("li", null,
    h("p", { class: `body ${group.colour[strand] < 0 ? "own" : "c" + group.colour[strand]}`, dir: "auto" }, text),
    who(row, ref, strand, `added by ${articles.length}`, "added", articles)), 20); };
  const total = new Set(items.flatMap((item) => item.articles)).size;
  const details = h("details", { ontoggle: () => details.open && fill() },
    h("summary", null, h("span", { class: "sign", "aria-hidden": "true" }), `${count(items.length, "addition")} here in ${count(total, "version")}`), list);
  if (items.length <= 3 && block.articles.length <= 6) { details.open = true; fill(); }
  return h("li", { class: "paragraph added who-line" }, details);
}
