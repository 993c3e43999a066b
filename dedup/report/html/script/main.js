// Looks at the address and shows the view that it names.

import { h } from "./dom.js";
import { blockOf, numberOf, overview, rowOf } from "./data.js";
import { parse } from "./route.js";
import { showOverview } from "./overview.js";
import { showGroup } from "./group.js";
import { showParagraphs } from "./paragraphs.js";
import { showReading } from "./read.js";
import { listen, tools } from "./keys.js";

const main = document.getElementById("main");
const VIEWS = { group: showGroup, text: showParagraphs, read: showReading };
const scrolled = new Map();
let shown = null;
let turn = 0;

async function show() {
  const mine = ++turn;
  const hash = location.hash || "#/";
  const route = parse(hash);
  if (route.view === "overview" && overview.home) { location.replace(overview.home + hash); return; }
  let block = null, row = null;
  if (route.view !== "overview") {
    row = rowOf(route.group);
    if (row?.page && !document.getElementById(`block-${numberOf(row.k)}`)) { location.replace(row.page + hash); return; }
    block = row && await blockOf(numberOf(row.k));
  }
  if (mine !== turn) return;
  if (shown) scrolled.set(shown, { y: scrollY, anchor: main.grown?.anchor?.() });
  main.reading?.close();
  main.grown?.close();
  main.reading = main.grown = null;
  main.replaceChildren();
  document.body.dataset.view = route.view;
  if (route.view === "overview") showOverview(main, route);
  else if (block) VIEWS[route.view](main, route, row, block);
  else main.append(h("h1", { tabindex: -1 }, "Not in this report"), h("p", null, "The address names a story that this report does not hold. ", h("a", { href: overview.home ?? "#/" }, "All stories")));
  if (shown !== null) {
    const place = scrolled.get(hash);
    scrollTo(0, place?.y ?? 0);
    if (place?.anchor) main.grown?.reveal?.(place.anchor);
    main.querySelector("h1")?.focus({ preventScroll: true });
  }
  shown = hash;
  document.documentElement.dataset.ready = hash;
}

const options = tools(document.getElementById("tools"));
listen(main, options);
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
addEventListener("hashchange", show);

// What is folded up but short is unfolded on paper.
let unfolded = [];
addEventListener("beforeprint", () => {
  main.grown?.all();
  unfolded = [...main.querySelectorAll("details[data-paper]:not([open])")];
  for (const details of unfolded) {
    details.open = true;
    details.dispatchEvent(new Event("toggle")); // the browser's own would come too late
  }
});
addEventListener("afterprint", () => { for (const details of unfolded.splice(0)) details.open = false; });
show();
