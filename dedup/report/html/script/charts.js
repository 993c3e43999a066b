// The charts of the overview: when articles were published, which sources share stories, how big stories are.

import { bdi, count, h, rove, svg } from "./dom.js";
import { overview, sourceName, sourcesOf } from "./data.js";
import { address } from "./route.js";
import { range, unitLabel } from "./times.js";
import { MEANING, stories } from "./meaning.js";

export function timelineChart(params, alone) {
  const line = overview.timeline;
  if (!line || line.n.length < 2) return null;
  const room = Math.min(innerWidth, 1344) * (innerWidth < 900 ? 0.92 : alone ? 0.66 : 0.45);
  const width = Math.max(280, Math.min(896, Math.round(room))), height = 132, base = 104, step = width / line.n.length;
  const most = Math.max(...line.n);
  const chosen = Number(params.get("from"));
  const bars = line.n.map((n, i) => {
    const tall = n ? Math.max(2, (n / most) * (base - 14)) : 0;
    const from = line.at[i], to = line.at[i + 1];
    const text = `${unitLabel(from, line.unit)}: ${count(n, "article")}`;
    const on = params.has("from") && chosen === from;
    const inside = [
      svg("rect", { class: "hit", x: i * step, y: 0, width: step, height: base }),
      svg("rect", { class: "bar", x: i * step + Math.min(1, step / 8), y: base - tall, width: Math.max(1, step - Math.min(2, step / 4)), height: tall, rx: 1 }),
      svg("title", null, text),
    ];
    if (!n) return svg("g", null, inside);
    const href = address([], on ? {} : { from, to });
    return svg("a", { href, class: `rove${on ? " on" : ""}`, tabindex: -1, "aria-label": text + (on ? " (chosen; press to clear)" : "") }, inside);
  });
  const last = line.n.length - 1;
  const marks = (width < 480 ? [0, null, last] : [0, Math.floor(line.n.length / 2), last]).map((i, k) => i !== null &&
    svg("text", { x: k === 0 ? 0 : k === 2 ? width : (i + 0.5) * step, y: base + 18, "text-anchor": ["start", "middle", "end"][k] }, unitLabel(line.at[i], line.unit)));
  const chart = svg("svg", { class: "timeline", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": `Articles published in each ${line.unit}` },
    svg("g", { class: "rove-row" }, bars),
    svg("line", { x1: 0, x2: width, y1: base + 0.5, y2: base + 0.5, class: "axis" }),
    svg("text", { x: 0, y: 10, class: "most" }, `${most.toLocaleString("en-GB")} in the busiest ${line.unit}`),
    marks);
  chart.style.setProperty("max-width", `${width}px`); // wider, as on paper, its letters would be larger than all others
  rove(chart);
  const undated = overview.articles - overview.dated;
  return h("figure", { class: "chart" },
    h("figcaption", null, h("h2", null, "When they were published"),
      h("p", { class: "quiet" }, `${range(line.at[0], line.at[line.at.length - 1] - 1)}, in each ${line.unit}${undated ? `; ${count(undated, "article")} without a time` : ""}`)),
    chart);
}

const SHOWN = 14;

// Rows were first, columns followed: how many stories both published.
export function matrixChart() {
  const all = new Map();
  for (const row of stories) for (const [source] of sourcesOf(row)) all.set(source, (all.get(source) ?? 0) + 1);
  const names = [...all].sort((x, y) => y[1] - x[1] || x[0] - y[0]).slice(0, SHOWN).map(([source]) => source);
  if (names.length < 2) return null;
  const place = new Map(names.map((source, i) => [source, i]));
  const both = names.map(() => new Array(names.length).fill(0));
  const dated = stories.filter((row) => row.t).length * 2 >= stories.length;
  for (const row of stories) {
    const sources = sourcesOf(row);
    sources.forEach(([a, n], i) => sources.forEach(([b], j) => {
      if (!place.has(a) || !place.has(b)) return;
      if (i < j || (!dated && i !== j) || (i === j && n > 1)) both[place.get(a)][place.get(b)]++;
    }));
  }
  const most = Math.max(1, ...both.flatMap((row, i) => row.filter((_, j) => j !== i)));
  const cell = (a, i, b, j) => {
    const n = both[i][j];
    if (!n) return h("td", { class: i === j ? "self" : null });
    const heat = i === j ? "self" : `heat${Math.max(1, Math.ceil((n / most) * 5))}`;
    const text = i === j ? `${sourceName(a)}: ${count(n, "story", "stories")} with more than one version of its own`
      : dated ? `${count(n, "story", "stories")} in ${sourceName(a)} before ${sourceName(b)}` : `${count(n, "story", "stories")} in both ${sourceName(a)} and ${sourceName(b)}`;
    return h("td", { class: heat }, h("a", { class: "rove", tabindex: -1, href: address([], i === j ? { source: sourceName(a) } : { source: sourceName(a), with: sourceName(b) }), title: text, "aria-label": text }, n.toLocaleString("en-GB")));
  };
  const table = h("table", { class: "matrix" },
    h("thead", null, h("tr", null, h("td", null), names.map((source, i) => h("th", { scope: "col" }, h("span", null, h("abbr", { title: sourceName(source), class: "nth" }, String(i + 1))))))),
    h("tbody", null, names.map((a, i) => h("tr", { class: "rove-row" },
      h("th", { scope: "row" }, h("span", { class: "name", title: sourceName(a) }, h("span", { class: "nth" }, `${i + 1} `), h("a", { href: address([], { source: sourceName(a) }) }, bdi(sourceName(a))))),
      names.map((b, j) => cell(a, i, b, j))))));
  rove(table);
  return h("figure", { class: "chart" },
    h("figcaption", null, h("h2", null, "Who shares with whom"),
      h("p", { class: "quiet" }, dated ? "Stories that the source in the row had before the one in the column, whole or in part." : "Stories that both sources carried, whole or in part; few times are known, so not who was first.",
        all.size > names.length ? ` The ${names.length} busiest of ${all.size} sources.` : "")),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Who shares with whom, a table" }, table));
}

const SIZES = [[2, 2], [3, 4], [5, 9], [10, 49], [50, 499], [500, Infinity]];

// How many stories of each size have a version of each relation.
export function sizesChart() {
  if (stories.length < 12) return null;
  const sizes = SIZES.filter(([least, most]) => stories.some((row) => row.n >= least && row.n <= most));
  const kinds = overview.relations.map((name, r) => [name, r]).filter(([, r]) => stories.some((row) => row.m.some(([own]) => own === r)));
  if (sizes.length * kinds.length < 2) return null;
  const numbers = kinds.map(([, r]) => sizes.map(([least, most]) => stories.filter((row) => row.n >= least && row.n <= most && row.m.some(([own]) => own === r)).length));
  const top = Math.max(...numbers.flat());
  const label = ([least, most]) => (least === most ? `${least}` : most === Infinity ? `${least}+` : `${least}–${most}`);
  const cell = ([name], size, n) => {
    if (!n) return h("td", null);
    const text = `${count(n, "story", "stories")} of ${label(size)} versions with: ${MEANING[name][1]}`;
    const href = address([], { relation: name, min: size[0], max: size[1] === Infinity ? null : size[1] });
    return h("td", { class: `heat${Math.max(1, Math.ceil((n / top) * 5))}` }, h("a", { class: "rove", tabindex: -1, href, title: text, "aria-label": text }, n.toLocaleString("en-GB")));
  };
  const table = h("table", { class: "matrix sizes" },
    h("thead", null, h("tr", null, h("td", null), sizes.map((size) => h("th", { scope: "col" }, label(size))))),
    h("tbody", null, kinds.map((kind, i) => h("tr", { class: "rove-row" },
      h("th", { scope: "row" }, h("a", { href: address([], { relation: kind[0] }) }, MEANING[kind[0]][0])), sizes.map((size, j) => cell(kind, size, numbers[i][j]))))));
  rove(table);
  return h("figure", { class: "chart" },
    h("figcaption", null, h("h2", null, "How many versions, and how alike"),
      h("p", { class: "quiet" }, "Stories by their number of versions. One counts in each row of which it has a version.")),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Stories by size and relation, a table" }, table));
}
