// A story as one row of the overview: what, who, when, and how its versions hang together.

import { bdi, count, h, tongue } from "./dom.js";
import { overview, sourceName } from "./data.js";
import { groupAddress } from "./route.js";
import { lag, range } from "./times.js";
import { isStory, kindOf, nameOfRelation, tag } from "./meaning.js";

export function storyRow(row) {
  return h("li", { class: "story" },
    h("div", { class: "what" },
      h("h3", { class: row.untitled ? "untitled" : null }, h("a", { href: groupAddress(row), ...tongue(row.la) }, bdi(row.h))),
      row.l ? h("p", { class: "lead", ...tongue(row.la) }, row.l) : null,
      h("p", { class: "who" }, carriers(row), h("span", { class: "quiet" }, " · ", within(row)))),
    h("div", { class: "kinship" },
      h("p", { class: "n" }, h("strong", null, row.n.toLocaleString("en-GB")), isStory(row) ? " versions" : " articles"),
      isStory(row) ? kinship(row) : h("p", null, tag(kindOf(row)))));
}

function carriers(row) {
  const names = row.s.map((source, i) => [bdi(sourceName(source)), row.c[i] > 1 ? ` ×${row.c[i].toLocaleString("en-GB")}` : ""]);
  if (!names.length) return h("span", { class: "quiet" }, "Sources unknown");
  const listed = names.slice(0, 4).flatMap((name, i) => (i ? [", ", ...name] : name));
  const more = names.length > 4 ? ` and ${names.length - 4} more` : "";
  const parts = (row.p ?? []).slice(0, 4).map(([source], i) => [i ? ", " : "; parts also in ", bdi(sourceName(source))]);
  if (row.e && names.length > 1) return [h("strong", null, names[0]), " first, then ", listed.slice(names[0].length + 1), more, parts];
  return [listed, more, parts];
}

function within(row) {
  if (!row.t) return "times unknown";
  return row.t[0] === row.t[1] ? range(...row.t) : `${range(...row.t)}, within ${lag(row.t[1] - row.t[0])}`;
}

// How each later version stands to the closest before it: a bar, and the same in words.
function kinship(row) {
  const bar = h("div", { class: "kinds", "aria-hidden": "true" }, row.m.map(([relation]) => h("span", { class: overview.relations[relation] })));
  row.m.forEach(([, n], i) => bar.children[i].style.setProperty("flex-grow", n));
  const text = kinshipText(row);
  return [bar, h("p", { class: "quiet" }, text[0].toUpperCase() + text.slice(1))];
}

export function kinshipText(row) {
  const later = row.n - 1 - row.m.reduce((sum, [, n]) => sum + n, 0);
  const parts = row.m.map(([relation, n]) => said(relation, n));
  if (later > 0) parts.push(`${later.toLocaleString("en-GB")} tied to later ones only`);
  return `one text and ${parts.join(", ")}`;
}

function said(relation, n) {
  const shown = n.toLocaleString("en-GB");
  return { "identical": count(n, "exact copy", "exact copies"), "near-duplicate": count(n, "near copy", "near copies"), "revision": count(n, "revision"), "excerpt": count(n, "excerpt"), "derived": `${shown} derived` }[overview.relations[relation]] ?? `${shown} ${nameOfRelation(relation)}`;
}
