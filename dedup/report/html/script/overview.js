// The overview: counts, charts, and the list of stories with search, filters and sorting.

import { announce, bdi, count, h, percent } from "./dom.js";
import { Windowed } from "./windowed.js";
import { blockOf, overview, sourceName } from "./data.js";
import { address, groupAddress, replace } from "./route.js";
import { range, lag } from "./times.js";
import { matrixChart, timelineChart } from "./charts.js";

export const MEANING = {
  "identical": ["Same words", "The texts have the same words"],
  "revision": ["Revision", "A new version by the same source"],
  "near-duplicate": ["Nearly the same", "Most of the words are the same"],
  "excerpt": ["Excerpt", "One text is mostly part of the other"],
  "derived": ["Derived", "Substantial passages are shared or closely reworded"],
  "quote": ["Same quotation", "They share only what is quoted"],
  "template": ["Same form", "The same form with other facts"],
};

const SORTS = {
  size: ["Most versions", (a, b) => b.n - a.n],
  sources: ["Most sources", (a, b) => b.s.length - a.s.length || b.n - a.n],
  newest: ["Newest first", (a, b) => (b.t?.[0] ?? -Infinity) - (a.t?.[0] ?? -Infinity)],
  oldest: ["Oldest first", (a, b) => (a.t?.[0] ?? Infinity) - (b.t?.[0] ?? Infinity)],
  weakest: ["Weakest link first", (a, b) => a.w - b.w],
  title: ["By headline", (a, b) => a.h.localeCompare(b.h)],
};

export function tag(relation) {
  const name = overview.relations[relation];
  return h("span", { class: `tag ${name}`, title: MEANING[name][1] }, MEANING[name][0]);
}

export function showOverview(main, route) {
  const params = route.params;
  document.title = overview.title;
  const list = h("ol", { class: "stories" });
  const status = h("p", { class: "quiet found", role: "status" });
  const matrix = matrixChart();
  const charts = [timelineChart(params, !matrix), matrix].filter(Boolean);
  let texts = null;

  const draw = () => {
    const rows = filtered(params, texts);
    main.grown?.close();
    main.grown = new Windowed(list, rows, storyRow, "h3 a");
    const all = overview.groups.length;
    status.textContent = rows.length === all ? `All ${count(all, "story", "stories")}` : `${rows.length.toLocaleString("en-GB")} of ${count(all, "story", "stories")}`;
    clear.hidden = rows.length === all;
    return rows.length;
  };
  const set = (name, value) => {
    if (value) params.set(name, value);
    else params.delete(name);
    replace(address([], Object.fromEntries(params)));
    const found = draw();
    announce(count(found, "story", "stories"));
  };
  const clear = h("a", { class: "button", href: "#/" }, "Show all");
  const search = h("input", { type: "search", id: "search", value: params.get("q") ?? "", placeholder: "Headline, source or id", autocomplete: "off", oninput: () => set("q", search.value.trim()) });
  const choice = (name, label, options) => h("label", null, h("span", null, label),
    h("select", { name, onchange: (event) => set(name, event.target.value) },
      options.map(([value, text]) => h("option", { value, selected: (params.get(name) ?? "") === value }, text))));
  const used = [...new Set(overview.groups.map((row) => row.r))].sort((a, b) => a - b);
  const sources = [...new Set(overview.groups.flatMap((row) => row.s))].map(sourceName).sort((a, b) => a.localeCompare(b));
  const whole = h("input", { type: "checkbox", id: "whole", onchange: async () => {
    texts = whole.checked ? await everything(status) : null;
    draw();
  } });

  main.append(
    h("div", { class: "lede" },
      h("h1", { tabindex: -1 }, overview.title),
      h("p", { class: "deck" }, deck())),
    ...(charts.length ? [h("div", { class: `charts n${charts.length}` }, charts)] : []),
    h("section", { "aria-labelledby": "stories" },
      h("h2", { id: "stories" }, "The stories"),
      h("div", { class: "bar" },
        h("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
          h("label", { class: "wide" }, h("span", null, "Search"), search),
          used.length > 1 ? choice("relation", "Relation", [["", "Any"], ...used.map((r) => [overview.relations[r], MEANING[overview.relations[r]][0]])]) : null,
          sources.length > 1 ? choice("source", "Source", [["", "Any"], ...sources.map((name) => [name, name])]) : null,
          params.has("with") ? choice("with", "and", [["", "Any"], ...sources.map((name) => [name, name])]) : null,
          overview.groups.length > 1 ? choice("sort", "Order", Object.entries(SORTS).map(([value, [text]]) => [value === "size" ? "" : value, text])) : null,
          overview.home || !document.getElementById("block-0") ? null : h("label", { class: "check" }, whole, h("span", null, "search the texts too")))),
      h("div", { class: "bar" }, status, clear),
      list));
  draw();
}

function deck() {
  const groups = overview.groups;
  if (!groups.length) return "No story in this index has more than one version.";
  const versions = groups.reduce((sum, row) => sum + row.n, 0);
  const times = groups.filter((row) => row.t).map((row) => row.t);
  const sources = new Set(groups.flatMap((row) => row.s)).size;
  const when = times.length ? `, ${range(Math.min(...times.map((t) => t[0])), Math.max(...times.map((t) => t[1])))}` : "";
  return `${count(groups.length, "story", "stories")} in ${count(versions, "version")}${sources ? ` from ${count(sources, "source")}` : ""}${when}.`;
}

function filtered(params, texts) {
  const words = (params.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const relation = overview.relations.indexOf(params.get("relation"));
  const source = params.get("source"), other = params.get("with");
  const from = Number(params.get("from")), to = Number(params.get("to"));
  const carries = (row, name) => row.s.some((s) => sourceName(s) === name);
  const rows = overview.groups.filter((row, number) => {
    if (params.get("relation") && row.r !== relation) return false;
    if (source && !carries(row, source)) return false;
    if (other && !carries(row, other)) return false;
    if (params.has("from") && !(row.t && row.t[0] < to && row.t[1] >= from)) return false;
    if (!words.length) return true;
    row.search ??= [row.h, row.f, ...row.s.map(sourceName)].join("\n").toLowerCase();
    return words.every((word) => row.search.includes(word) || texts?.[number].includes(word));
  });
  return rows.sort((SORTS[params.get("sort")] ?? SORTS.size)[1]);
}

// The texts of all stories, unpacked a few at a time so that the page stays alive.
async function everything(status) {
  const texts = [];
  for (let number = 0; number < overview.groups.length; number++) {
    texts.push((await blockOf(number)).texts.map((text) => text.text.toLowerCase()).join("\n"));
    if (number % 50 === 49) {
      status.textContent = `Reading the texts: ${number + 1} of ${overview.groups.length}`;
      await new Promise((done) => setTimeout(done));
    }
  }
  return texts;
}

function storyRow(row) {
  const names = row.s.map((source, i) => [bdi(sourceName(source)), row.c[i] > 1 ? ` ×${row.c[i].toLocaleString("en-GB")}` : ""]);
  const listed = names.slice(0, 4).flatMap((name, i) => (i ? [", ", ...name] : name));
  const who = !names.length ? "Sources unknown"
    : [row.e && names.length > 1 ? [h("strong", null, names[0]), " first", names.length > 1 ? ", then " : "", listed.slice(names[0].length + 1)] : listed,
      names.length > 4 ? ` and ${names.length - 4} more` : ""];
  const when = row.t ? (row.t[0] === row.t[1] ? range(...row.t) : `${range(...row.t)} (${lag(row.t[1] - row.t[0])})`) : "Times unknown";
  return h("li", { class: "story" },
    h("div", null,
      h("h3", { class: row.untitled ? "untitled" : null }, h("a", { href: groupAddress(row), dir: "auto" }, bdi(row.h))),
      h("p", { class: "who" }, who)),
    h("dl", null,
      h("div", { class: "n" }, h("dt", null, "Versions"), h("dd", null, row.n.toLocaleString("en-GB"))),
      h("div", null, h("dt", { class: "hidden" }, "Relation"), h("dd", null, tag(row.r))),
      h("div", { class: "quiet" }, h("dt", { class: "hidden" }, "Published"), h("dd", null, when)),
      h("div", { class: "quiet" }, h("dt", null, "Weakest link"), h("dd", null, percent(row.w)))));
}
