// The overview: counts, charts, and the list of stories with search, filters and sorting.

import { announce, count, h } from "./dom.js";
import { Windowed } from "./windowed.js";
import { blockOf, overview, sourceName, sourcesOf } from "./data.js";
import { address, replace } from "./route.js";
import { range } from "./times.js";
import { matrixChart, sizesChart, timelineChart } from "./charts.js";
import { APART, guide, isStory, kindOf, MEANING, stories } from "./meaning.js";
import { storyRow } from "./story.js";

const FEW = 3; // stories up to which there is nothing to search and to sort

const SORTS = {
  size: ["Most versions", (a, b) => b.n - a.n],
  sources: ["Most sources", (a, b) => b.s.length - a.s.length || b.n - a.n],
  newest: ["Newest first", (a, b) => (b.t?.[0] ?? -Infinity) - (a.t?.[0] ?? -Infinity)],
  oldest: ["Oldest first", (a, b) => (a.t?.[0] ?? Infinity) - (b.t?.[0] ?? Infinity)],
  weakest: ["Loosest first", (a, b) => a.w - b.w],
  title: ["By headline", (a, b) => a.h.localeCompare(b.h)],
};

export function showOverview(main, route) {
  const params = route.params;
  document.title = overview.title;
  const list = h("ol", { class: "stories" });
  const status = h("p", { class: "quiet found", role: "status" });
  const [matrix, sizes] = [matrixChart(), sizesChart()];
  const charts = [[timelineChart(params, !matrix && !sizes), sizes].filter(Boolean), [matrix].filter(Boolean)].filter((column) => column.length);
  let texts = null;

  const draw = () => {
    const { all, rows } = filtered(params, texts);
    const noun = all.length && !isStory(all[0]) ? ["set of articles", "sets of articles"] : ["story", "stories"];
    main.grown?.close();
    main.grown = new Windowed(list, rows, storyRow, "h3 a");
    status.textContent = rows.length === all.length ? (rows.length > 1 ? `All ${count(all.length, ...noun)}` : count(all.length, ...noun)) : `${rows.length.toLocaleString("en-GB")} of ${count(all.length, ...noun)}`;
    clear.hidden = all.length === stories.length && rows.length === all.length;
    none.hidden = rows.length > 0;
    return count(rows.length, ...noun);
  };
  const set = (name, value) => {
    if (value) params.set(name, value);
    else params.delete(name);
    replace(address([], Object.fromEntries(params)));
    announce(draw());
  };
  const clear = h("a", { class: "button", href: "#/" }, "Show all stories");
  const none = h("p", { class: "nothing", hidden: true }, "Nothing fits. Take back a filter, or look for fewer words.");
  const search = h("input", { type: "search", id: "search", value: params.get("q") ?? "", placeholder: "Headline, source or id", autocomplete: "off", oninput: () => set("q", search.value.trim()) });
  const option = ([value, text], name) => h("option", { value, selected: (params.get(name) ?? "") === value }, text);
  const choice = (name, label, options) => h("label", null, h("span", null, label),
    h("select", { name, onchange: (event) => set(name, event.target.value) }, options.map((each) => (each instanceof Node ? each : option(each, name)))));
  const sources = [...new Set(stories.flatMap((row) => sourcesOf(row).map(([source]) => source)))].map(sourceName).sort((a, b) => a.localeCompare(b));
  const whole = h("input", { type: "checkbox", id: "whole", onchange: async () => {
    texts = whole.checked ? await everything(status) : null;
    draw();
  } });

  const used = [...new Set(stories.flatMap((row) => row.m.map(([r]) => r)))].sort((a, b) => a - b).map((r) => overview.relations[r]);
  const apart = APART.map((name) => [name, overview.groups.filter((row) => kindOf(row) === name).length]).filter(([, n]) => n);
  const kinds = [["", "Any story"], ...used.map((name) => [name, `With ${/^[aeiou]/.test(MEANING[name][1]) ? "an" : "a"} ${MEANING[name][1]} version`])].map(plainer);
  if (apart.length) kinds.push(h("optgroup", { label: "No story" }, apart.map(([name]) => option([name, MEANING[name][0]], "relation"))));

  main.append(
    h("div", { class: "lede" },
      h("h1", { tabindex: -1 }, overview.title),
      h("p", { class: "deck" }, deck()),
      guide()));
  if (charts.length) main.append(h("div", { class: `charts n${charts.length}` }, charts.map((column) => h("div", { class: "column" }, column))));
  main.append(h("section", { "aria-labelledby": "stories" },
    h("h2", { id: "stories" }, stories.length === 1 ? "The story" : "The stories"),
    overview.groups.length <= FEW ? null : h("div", { class: "bar search" },
      h("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
        h("label", { class: "wide" }, h("span", null, "Search"), search),
        kinds.length > 2 ? choice("relation", "Show", kinds) : null,
        sources.length > 1 ? choice("source", "Source", [["", "Any"], ...sources.map((name) => [name, name])]) : null,
        params.has("with") ? choice("with", "and", [["", "Any"], ...sources.map((name) => [name, name])]) : null,
        choice("sort", "Order", Object.entries(SORTS).map(([value, [text]]) => [value === "size" ? "" : value, text])),
        overview.home || !document.getElementById("block-0") ? null : h("label", { class: "check" }, whole, h("span", null, "search the texts too")))),
    overview.groups.length <= FEW ? null : h("div", { class: "bar" }, status, clear),
    list, none,
    apart.length ? h("p", { class: "apart quiet" }, "Not stories, and kept apart: ",
      apart.flatMap(([name, n], i) => [i ? "; " : "", h("a", { href: address([], { relation: name }) }, count(n, "set", "sets")), ` of articles with ${name === "across" ? "" : "the "}${MEANING[name][1]}`]), ".") : null));
  draw();
}

// "With a same words version" is no English.
function plainer([value, text]) {
  return [value, { "identical": "With an exact copy", "near-duplicate": "With a near copy" }[value] ?? text];
}

function deck() {
  if (!stories.length) return "No two articles of this index share enough text to be versions of one story.";
  const versions = stories.reduce((sum, row) => sum + row.n, 0);
  const times = stories.filter((row) => row.t).map((row) => row.t);
  const sources = new Set(stories.flatMap((row) => row.s)).size;
  const when = times.length ? `, ${range(Math.min(...times.map((t) => t[0])), Math.max(...times.map((t) => t[1])))}` : "";
  return `${count(stories.length, "story", "stories")} in ${count(versions, "version")}${sources ? ` from ${count(sources, "source")}` : ""}${when}.`;
}

// The rows that could be shown, and those that fit.
function filtered(params, texts) {
  const words = (params.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = params.get("relation");
  const relation = overview.relations.indexOf(wanted);
  const source = params.get("source"), other = params.get("with");
  const [from, to] = [Number(params.get("from")), Number(params.get("to"))];
  const [least, most] = [Number(params.get("min") ?? 0), Number(params.get("max") ?? Infinity)];
  const carries = (row, name) => sourcesOf(row).some(([source]) => sourceName(source) === name);
  const apart = APART.includes(wanted);
  const all = apart ? overview.groups.filter((row) => kindOf(row) === wanted) : stories;
  const rows = all.filter((row) => {
    if (wanted && !apart && !row.m.some(([r]) => r === relation)) return false;
    if (row.n < least || row.n > most) return false;
    if (source && !carries(row, source)) return false;
    if (other && !carries(row, other)) return false;
    if (params.has("from") && !(row.t && row.t[0] < to && row.t[1] >= from)) return false;
    if (!words.length) return true;
    row.search ??= [row.h, row.f, ...row.s.map(sourceName)].join("\n").toLowerCase();
    return words.every((word) => row.search.includes(word) || texts?.get(row).includes(word));
  });
  return { all, rows: rows.sort((SORTS[params.get("sort")] ?? SORTS.size)[1]) };
}

// The texts of all rows, unpacked a few at a time so that the page stays alive.
async function everything(status) {
  const texts = new Map();
  for (const [number, row] of overview.groups.entries()) {
    texts.set(row, (await blockOf(number)).lines.join("\n").toLowerCase());
    if (number % 50 === 49) {
      status.textContent = `Reading the texts: ${number + 1} of ${overview.groups.length}`;
      await new Promise((done) => setTimeout(done));
    }
  }
  return texts;
}
