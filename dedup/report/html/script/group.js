// A group: who had it when, and the map of passages: each version a bar, each shared passage a band of one colour.

import { announce, bdi, count, gradually, h, listed, percent, rove, svg, tongue } from "./dom.js";
import { Windowed } from "./windowed.js";
import { overview, rowOf, sourceName } from "./data.js";
import { address, groupAddress, replace } from "./route.js";
import { iso, lag, moment, range } from "./times.js";
import { analyse, folded, isBoilerplate, snippet, standing } from "./strands.js";
import { isStory, kindOf, nameOfRelation, MEANING, tag } from "./meaning.js";
import { kinshipText } from "./story.js";

const FOLD_FROM = 8;

export function nameOf(article) {
  return article.name;
}

export function published(article) {
  return article.t === null ? h("span", { class: "quiet" }, "time unknown") : h("time", { datetime: iso(article.t) }, moment(article.t));
}

// What stands above each of a group's views.
export function groupHead(row, block, view, ref, other) {
  const tabs = [
    ["group", isStory(row) ? "Versions" : "Articles", groupAddress(row)],
    ["text", "Paragraph by paragraph", groupAddress(row, "text", ref?.k)],
    ["read", "Side by side", other ? groupAddress(row, "read", ref.k, other.k) : null],
  ];
  return [
    h("p", { class: "crumbs" }, h("a", { href: overview.home ? `${overview.home}#/` : "#/" }, "← All stories")),
    h("div", { class: "lede story-lede" },
      h("p", { class: "kicker" }, isStory(row) ? [count(row.n, "version"), `: ${kinshipText(row)}`] : [tag(kindOf(row)), " ", count(row.n, "article")], row.s.length ? ` · ${count(row.s.length, "source")}` : "", row.t ? ` · ${range(...row.t)}` : ""),
      h("h1", { tabindex: -1, ...tongue(row.la), class: row.untitled ? "untitled" : null }, bdi(row.h)),
      view === "group" ? [h("p", { class: "deck" }, evidence(row, block)), loosest(row, block)] : null),
    h("nav", { class: "tabs", "aria-label": "Views of this story" },
      tabs.filter((tab) => tab[2]).map(([name, text, href]) => h("a", { href, "aria-current": name === view ? "page" : null }, text))),
  ];
}

// Who had it first, and what says so. Nothing is claimed beyond the times and the credits in the texts.
function evidence(row, block) {
  const said = [];
  const first = block.articles[0];
  const undated = block.articles.filter((article) => article.t === null).length;
  if (!isStory(row)) said.push(beside(row, block));
  if (row.e && isStory(row)) {
    said.push("First known: ", h("strong", null, bdi(first.s < 0 ? first.id : sourceName(first.s))), `, ${moment(first.t)}. `);
    if (row.t[1] > row.t[0]) said.push(`The last followed ${lag(row.t[1] - row.t[0])} later. `);
  } else if (isStory(row)) {
    said.push(undated === 0 ? "Several appeared at the same time, so the times do not tell who was first. "
      : undated === row.n ? "No publication times are known, so nothing tells who was first. "
      : `${undated} of ${row.n} times are not known, so the times do not tell who was first. `);
  }
  const credits = new Map();
  for (const article of block.articles) {
    for (const name of block.texts[article.x].credits) credits.set(name, (credits.get(name) ?? 0) + 1);
  }
  const most = [...credits].sort((a, b) => b[1] - a[1]).slice(0, 3);
  if (most.length) said.push("Credited in the texts: ", most.flatMap(([name, n], i) => [i ? ", " : "", bdi(name), ` (in ${n} of ${row.n})`]), ". ");
  return said;
}

// What the articles of a set share that is no story; those that are versions of one story share more.
function beside(row, block) {
  const told = block.articles.filter((article) => article.y);
  const many = new Set(told.map((article) => article.y)).size;
  if (kindOf(row) === "across") return `These are versions of ${many === 1 ? "one story" : `${many} stories`}${told.length < row.n ? ` and ${row.n - told.length === 1 ? "an article" : `${row.n - told.length} articles`} of none` : ""}. Some of them have parts of others, as a round-up has; an article is a version of one story only, that of which it shares most. `;
  const whole = { "quote": "share what somebody said and little else: independent reports of one statement. ", "template": "fill the same form with other facts, as bulletins and notices do. Nobody need have copied. " }[kindOf(row)];
  if (told.length === many) return `These articles ${whole}`;
  return `${told.length} of these ${row.n} articles are versions of ${many === 1 ? "one story" : `${many} stories`}, and are told as that. But for this, they ${whole}`;
}

// The link on which the whole hangs: without it the story would be two.
function loosest(row, block) {
  const all = block.matches.filter((match) => Math.abs(Math.max(match.m[1], match.m[2]) - row.w) < 0.0006);
  const weakest = all.find((match) => match.o) ?? all[0];
  if (!isStory(row) || row.n < 3 || row.w > 0.5 || !weakest) return null;
  const [a, b] = [block.articles[weakest.a], block.articles[weakest.b]];
  return h("p", { class: "loosest" }, "The loosest link, on which it hangs together: ",
    h("a", { href: groupAddress(row, "read", a.k, b.k) }, bdi(nameOf(a)), " and ", bdi(nameOf(b))),
    row.w < 0.01 ? (weakest.o ? ", told in other words." : ", by reworded passages alone.")
      : `; ${percent(row.w)} of one stands in the other word for word${weakest.o ? ", more in other words" : ""}.`);
}

// Sets of articles that share a quotation or a form with these, and the stories that such a set touches.
function related(row) {
  const rows = (row.o ?? []).map(rowOf).filter(Boolean);
  if (!rows.length) return null;
  return h("section", { class: "related", "aria-labelledby": "related-title" },
    h("h2", { id: "related-title" }, isStory(row) ? "Related, but not versions" : "Stories that these belong to"),
    h("ul", null, rows.map((other) => h("li", null, isStory(other) ? null : [tag(kindOf(other)), " "],
      h("a", { href: groupAddress(other), ...tongue(other.la) }, bdi(other.h)), h("span", { class: "quiet" }, ` ${count(other.n, isStory(other) ? "version" : "article")}`)))));
}

function storyLink(key) {
  const row = rowOf(key);
  return row ? h("a", { href: groupAddress(row), ...tongue(row.la) }, bdi(row.h)) : "a story that is left out here";
}

// An option takes no <bdi>: what is written from right to left would move the date beside it.
function isolated(text) {
  return `\u2068${text}\u2069`;
}

export function versionSelect(block, label, chosen, go, most = 400) {
  const id = `select-${label.toLowerCase().replace(/\W+/g, "-")}`;
  const shown = block.articles.slice(0, most);
  if (!shown.includes(chosen)) shown.push(chosen);
  const hidden = block.articles.length - shown.length;
  return h("label", { class: "version-select", for: id }, h("span", null, label),
    h("select", { id, onchange: (event) => go(event.target.value) },
      shown.map((article) => h("option", { value: article.k, selected: article === chosen }, [article.s < 0 ? article.id : sourceName(article.s), article.t === null ? null : moment(article.t), article.s < 0 && article.untitled ? null : [...article.h].slice(0, 60).join("")].filter(Boolean).map(isolated).join(" · "))),
      hidden > 0 ? h("option", { disabled: true }, `${hidden} more in the list of versions`) : null));
}

export function find(block, key) {
  return block.articles.find((article) => article.k === key);
}

// The version to set beside another: the first that matches it in other words, or else any that does.
export function partnerOf(group, article) {
  const { block } = group;
  const i = group.place.get(article.k);
  const matched = [...group.ties[i].keys()].sort((x, y) => x - y).map((j) => block.articles[j]);
  return matched.find((each) => block.texts[each.x].same !== block.texts[article.x].same) ?? matched[0] ?? block.articles.find((each) => each !== article);
}

const ORDERS = { time: "Time", share: "Closeness to the reference", length: "Length" };

export function showGroup(main, route, row, block) {
  const group = analyse(block);
  const params = route.params;
  const ref = find(block, params.get("ref")) ?? block.articles[row.i ?? 0];
  const other = partnerOf(group, ref);
  document.title = `${row.h} – ${overview.title}`;
  const many = block.articles.length > FOLD_FROM;
  const copied = new Set(block.articles.map((article) => block.texts[article.x].same)).size < block.articles.length;
  const state = { order: ORDERS[params.get("order")] ? params.get("order") : "time", fold: params.has("fold") ? params.get("fold") === "1" : many, q: "" };
  const set = (name, value) => {
    params.set(name, value);
    replace(address(["g", row.k], Object.fromEntries(params)));
  };
  const list = h("ol", { class: "versions" });
  const status = h("p", { class: "quiet found", role: "status" });

  const draw = () => {
    const standings = block.texts.map((_, text) => standing(group, ref.x, text));
    const order = block.articles.map((_, i) => i);
    const near = (i) => standings[block.articles[i].x].kept * 2 + standings[block.articles[i].x].reworded;
    if (state.order === "share") order.sort((i, j) => near(j) - near(i) || i - j);
    if (state.order === "length") order.sort((i, j) => block.texts[block.articles[j].x].w - block.texts[block.articles[i].x].w || i - j);
    const q = state.q.toLowerCase();
    const wanted = q ? order.filter((i) => [nameOf(block.articles[i]), block.articles[i].h, block.articles[i].id].join("\n").toLowerCase().includes(q)) : order;
    const rows = folded(group, wanted, state.fold);
    main.grown?.close();
    main.grown = new Windowed(list, rows, ([i, same]) => versionRow(row, group, ref, i, same, standings), ".title a");
    const noun = isStory(row) ? "version" : "article";
    status.textContent = rows.length < wanted.length ? `${count(wanted.length, noun)} in ${count(rows.length, "wording")}` : count(wanted.length, noun);
  };

  main.append(...groupHead(row, block, "group", ref, other),
    h("section", { "aria-labelledby": "versions-title", class: "map" },
      h("h2", { id: "versions-title", class: "hidden" }, "Versions and the passages that they share"),
      h("div", { class: "bar" },
        h("form", { class: "filters", onsubmit: (event) => event.preventDefault() },
          versionSelect(block, "Compare with", ref, (key) => { params.set("ref", key); location.hash = address(["g", row.k], Object.fromEntries(params)); }),
          h("label", null, h("span", null, "Order"), h("select", { onchange: (event) => { state.order = event.target.value; set("order", state.order); draw(); } },
            Object.entries(ORDERS).map(([value, text]) => h("option", { value, selected: value === state.order }, text)))),
          many ? h("label", null, h("span", null, "Find"), h("input", { type: "search", id: "search", placeholder: "Source, headline or id", oninput: (event) => { state.q = event.target.value.trim(); draw(); announce(status.textContent); } })) : null,
          copied && h("label", { class: "check" }, h("input", { type: "checkbox", checked: state.fold, onchange: (event) => { state.fold = event.target.checked; set("fold", state.fold ? "1" : "0"); draw(); } }), h("span", null, "one row for each wording"))),
        status),
      legend(block.articles.some((article) => article.b)),
      list), ...[related(row)].filter(Boolean));
  rove(list);
  list.addEventListener("pointerover", (event) => light(list, event.target.closest?.("[data-strand]")?.dataset.strand));
  list.addEventListener("pointerleave", () => light(list, null));
  list.addEventListener("focusin", (event) => light(list, event.target.closest?.("[data-strand]")?.dataset.strand));
  draw();
}

function legend(repeated) {
  const key = (name, text) => h("span", { class: "key" }, svg("svg", { viewBox: "0 0 28 18", width: 28, height: 18, "aria-hidden": "true" }, svg("rect", { class: name, x: 1, y: { "seg repeated": 6, "seg c0 reworded": 9 }[name] ?? 2, width: 26, height: { "seg repeated": 6, "seg c0 reworded": 7 }[name] ?? 14, rx: 1 })), text);
  return h("p", { class: "legend quiet" },
    h("span", null, "Each bar is a version, as long as its text; a colour is the same passage in all of them. The numbers count passages."),
    key("seg c0", "same words as the reference"), key("seg c0 reworded", "reworded"), key("seg own", "only in this version"),
    repeated ? key("seg repeated", "boilerplate, which its source repeats: does not count") : null);
}

function light(list, strand) {
  for (const lit of list.querySelectorAll(".lit")) lit.classList.remove("lit");
  list.classList.toggle("dim", Boolean(strand));
  if (strand) for (const part of list.querySelectorAll(`[data-strand="${CSS.escape(strand)}"]`)) part.classList.add("lit");
}

function versionRow(row, group, ref, i, same, standings) {
  const { block } = group;
  const article = block.articles[i], text = block.texts[article.x];
  const first = block.articles[0];
  const isRef = article === ref;
  const match = group.ties[i].get(group.place.get(ref.k));
  const s = standings[article.x];
  // A version that has nothing in common with the reference is read beside the one that it came in with.
  const apart = !isRef && !match && !s.kept && !s.reworded && group.closest[i] !== null;
  const partner = isRef ? partnerOf(group, ref) : apart ? block.articles[group.closest[i]] : ref;
  const pair = isRef ? [article, partner] : [partner, article];
  const told = isRef ? "the reference" : apart ? ["nothing in common with the reference; linked to ", bdi(nameOf(partner))]
    : [s.kept && `${s.kept} kept`, s.reworded && `${s.reworded} reworded`, s.dropped && `${s.dropped} dropped`, s.added && `${s.added} added`].filter(Boolean).join(" · ");
  // Of two of which one is mostly part of the other, this is the excerpt only if it is the shorter.
  const longer = match && overview.relations[match.r] === "excerpt" && text.w > block.texts[ref.x].w;
  const kind = match && (longer ? "longer version" : nameOfRelation(match.r));
  const behind = first.t !== null && article.t !== null && article.t > first.t ? h("span", { class: "lag" }, `+${lag(article.t - first.t)}`) : null;
  return h("li", { class: `version${isRef ? " ref" : ""}` },
    h("div", { class: "when" }, published(article), " ", behind),
    h("div", { class: "what" },
      h("p", { class: "source" }, article.s < 0 ? h("span", { class: "quiet" }, bdi(article.id)) : bdi(sourceName(article.s))),
      h("p", { class: article.untitled ? "title untitled" : "title" }, h("a", { href: groupAddress(row, "read", pair[0].k, pair[1].k), ...tongue(article.la) }, bdi(article.h))),
      h("p", { class: "quiet facts" }, count(text.w, "word"), match && !isRef ? [" · ", h("span", { title: MEANING[overview.relations[match.r]][2] }, kind)] : null,
        article.y && !isStory(row) ? [" · version of ", storyLink(article.y)] : null,
        text.credits.length ? [" · credits ", listed(text.credits, 2)] : null,
        article.u ? h("span", { class: "screen" }, " · ", h("a", { href: article.u, rel: "noopener noreferrer nofollow external" }, "original", h("span", { class: "hidden" }, ` of ${nameOf(article)}`))) : null)),
    h("div", { class: "bar-cell" },
      passageBar(row, group, ref, article, pair),
      h("p", { class: "quiet facts" }, told)),
    same.length ? copies(row, group, ref, same) : null);
}

// Versions with the same words, listed when asked for.
function copies(row, group, ref, same) {
  const names = [...new Set(same.map((i) => (group.block.articles[i].s < 0 ? group.block.articles[i].id : sourceName(group.block.articles[i].s))))];
  const list = h("ol", { class: "plain" });
  const details = h("details", { class: "copies", "data-paper": same.length <= 12, ontoggle: () => {
    if (!details.open || list.childElementCount) return;
    gradually(list, same, (i) => {
      const article = group.block.articles[i];
      return h("li", null, published(article), " ", h("a", { href: groupAddress(row, "read", ref === article ? group.block.articles.find((a) => a !== ref).k : ref.k, article.k) }, bdi(nameOf(article)), ": ", h("span", tongue(article.la), bdi(article.h))));
    }, 100);
  } }, h("summary", null, `and ${count(same.length, "more version")} with the same words: `, listed(names, 3)), list);
  return details;
}

const WIDE = 1000;

function passageBar(row, group, ref, article, pair) {
  const text = group.block.texts[article.x];
  const scale = WIDE / group.longest;
  const reference = group.parts[ref.x];
  const parts = [svg("rect", { class: "whole", x: 0, y: 7.5, width: Math.max(4, text.length * scale), height: 1 })];
  for (let i = 0; i < text.g.length; i += 4) {
    const [start, end, strand, wording] = text.g.slice(i, i + 4);
    const own = group.copies[strand] < 2;
    if (isBoilerplate(article, start, end)) {
      parts.push(svg("rect", { class: "seg repeated", x: start * scale, y: 5, width: Math.max(2, (end - start) * scale - 1.5), height: 6 }, svg("title", null, "Boilerplate, which its source repeats; it does not count.")));
      continue;
    }
    const reworded = !own && reference.has(strand) && reference.get(strand).wording !== wording;
    const shape = svg("rect", { class: `seg ${own ? "own" : "c" + group.colour[strand]}${reworded ? " reworded" : ""}`, x: start * scale, y: reworded ? 8 : 1, width: Math.max(2, (end - start) * scale - 1.5), height: reworded ? 7 : 14 });
    if (own) { parts.push(shape); continue; }
    const n = group.copies[strand];
    const words = snippet(text.text, { spans: [[start, end]] });
    const said = `In ${n} of ${group.block.articles.length} versions${reworded ? ", reworded here" : ""}: ${words}`;
    parts.push(svg("a", { href: groupAddress(row, "read", pair[0].k, pair[1].k) + `?at=${strand}`, class: "rove", tabindex: -1, "data-strand": strand, "aria-label": said }, shape, svg("title", null, said)));
  }
  return svg("svg", { class: "passages rove-row", viewBox: `0 0 ${WIDE} 16`, preserveAspectRatio: "none", role: "group", "aria-label": `Passages of ${nameOf(article)}` }, parts);
}
