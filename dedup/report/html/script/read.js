// Two versions side by side: aligned passages, what differs in them word by word, quotations and credits marked.

import { announce, bdi, count, h, listed, percent, svg, tongue } from "./dom.js";
import { overview, sourceName } from "./data.js";
import { address, groupAddress, replace } from "./route.js";
import { analyse, way } from "./strands.js";
import { differences, isRetold, passagesOf } from "./align.js";
import { MEANING } from "./meaning.js";
import { find, groupHead, nameOf, partnerOf, published, versionSelect } from "./group.js";

const COLOURS = 10;
const SIDES = ["a", "b"];

export function showReading(main, route, row, block) {
  const group = analyse(block);
  const a = find(block, route.a) ?? block.articles[row.i ?? 0];
  const b = find(block, route.b) ?? partnerOf(group, a) ?? a;
  document.title = `${nameOf(a)} and ${nameOf(b)}: ${row.h} – ${overview.title}`;
  const { match, passages } = passagesOf(group, a, b);
  const texts = [block.texts[a.x], block.texts[b.x]];
  const marks = [[], []];
  passages.forEach((passage, i) => {
    const found = differences(texts[0].text, texts[1].text, passage, passages);
    found.forEach((own, side) => { for (const range of own) marks[side].push([...range, i + 1]); });
    passage.changed = found.some((own) => own.length > 0);
  });
  const go = (x, y) => { location.hash = address(["g", row.k, "read", x, y]); };
  const panes = [a, b].map((article, side) => pane(article, texts[side], side, passages, marks[side], jump));
  const gutter = svg("svg", { class: "ribbons", "aria-hidden": "true" });
  const position = h("span", { class: "position" });
  const together = h("input", { type: "checkbox", checked: true });
  let current = 0;

  main.append(...groupHead(row, block, "read", a, b),
    h("section", { class: "reading", "aria-labelledby": "read-title" },
      h("h2", { id: "read-title", class: "hidden" }, "Side by side"),
      h("div", { class: "bar choose" },
        versionSelect(block, "First", a, (key) => go(key, b.k)),
        h("button", { type: "button", class: "swap", onclick: () => go(b.k, a.k), title: "Change sides (x)" }, "⇄", h("span", { class: "hidden" }, "Change sides")),
        versionSelect(block, "Second", b, (key) => go(a.k, key))),
      h("div", { class: "bar" },
        h("p", { class: "measures" }, measures(row, group, match, a, b, passages)),
        h("div", { class: "steps" },
          h("label", { class: "check screen" }, together, h("span", null, "scroll together")),
          passages.length ? [position,
            h("button", { type: "button", id: "previous", onclick: () => jump(current - 1), title: "Previous passage (k)" }, "↑", h("span", { class: "hidden" }, "Previous passage")),
            h("button", { type: "button", id: "next", onclick: () => jump(current + 1), title: "Next passage (j)" }, "↓", h("span", { class: "hidden" }, "Next passage"))] : null)),
      h("p", { class: "legend quiet" },
        h("span", { class: "key" }, h("mark", { class: "p c0" }, "shared"), " passage, numbered"),
        h("span", { class: "key" }, h("del", null, "first"), " only in the first"), h("span", { class: "key" }, h("ins", null, "second"), " only in the second"),
        passages.some(isRetold) ? h("span", { class: "key" }, h("mark", { class: "p c0" }, h("span", { class: "retold" }, "told")), " in other words") : null,
        h("span", { class: "key" }, h("span", { class: "q" }, "“quoted”")), h("span", { class: "key" }, h("span", { class: "credit" }, "credit")),
        a.b || b.b ? h("span", { class: "key" }, h("span", { class: "label" }, "boilerplate"), " what its source repeats: does not count") : null),
      h("div", { class: "panes" }, panes[0], gutter, panes[1])));

  const bodies = panes.map((each) => each.querySelector(".pane"));
  const view = new Reading(bodies, gutter, passages, together);
  function jump(number, side, quiet) {
    current = Math.max(1, Math.min(passages.length, number));
    view.show(current, side, quiet);
    position.textContent = `Passage ${current} of ${passages.length}`;
    if (quiet) return;
    const passage = passages[current - 1];
    replace(address(["g", row.k, "read", a.k, b.k, String(current)]));
    announce(`Passage ${current} of ${passages.length}, ${count(passage.words, "word")}${passage.quoted ? ", quoted" : ""}${passage.changed ? ", reworded" : ", same words"}`);
  }
  position.textContent = passages.length ? `${count(passages.length, "passage")}` : "";
  main.reading = { next: () => jump(current + 1), previous: () => jump(current - 1), swap: () => go(b.k, a.k), other: (step) => {
    const others = block.articles.filter((article) => article !== a);
    go(a.k, others[(others.indexOf(b) + step + others.length) % others.length].k);
  }, close: () => view.close() };
  requestAnimationFrame(() => {
    view.measure();
    const strand = group.parts[a.x].get(Number(route.params.get("at") ?? -1)) ?? null;
    const inside = strand && passages.findIndex((p) => p.a[0] < strand.spans[0][1] && p.a[1] > strand.spans[0][0]) + 1;
    if (route.passage || inside) jump(route.passage || inside, undefined, true);
    else if (passages.length && !view.inSight(1)) jump(1, undefined, true);
  });
}

function measures(row, group, match, a, b, passages) {
  const words = passages.reduce((sum, passage) => sum + passage.words, 0);
  const shared = passages.length ? `${count(passages.length, "shared passage")}, ${count(words, "word")}` : "no shared passage";
  if (match) {
    const name = overview.relations[match.r];
    const [first, second] = [match.m[1], match.m[2]].map(percent);
    return [h("span", { class: `tag ${name}`, title: MEANING[name][2] }, MEANING[name][0]), ` ${shared} · word for word, `,
      first === second ? `${first} of each is in the other` : `${first} of the first is in the second, ${second} of the second in the first`,
      h("span", { class: "quiet" }, ` · resemblance ${match.m[0].toFixed(2)}`)];
  }
  const steps = way(group, group.place.get(a.k), group.place.get(b.k)).map((i) => group.block.articles[i]);
  const through = steps.slice(1).map((to, i) => [i ? "; " : "", h("a", { href: groupAddress(row, "read", steps[i].k, to.k) }, bdi(nameOf(steps[i])), " – ", bdi(nameOf(to)))]);
  return [h("span", { class: "tag none" }, "Not matched directly"), ` ${shared}`, through.length ? [". What ties them: ", through] : ""];
}

function pane(article, text, side, passages, changed, jump) {
  const credits = text.credits;
  const head = h("header", { class: "version-head" },
    h("p", { class: "source" }, bdi(article.s < 0 ? article.id : sourceName(article.s)), " · ", published(article)),
    h("h3", { ...tongue(article.la), class: article.untitled ? "untitled" : null }, bdi(article.h)),
    h("p", { class: "quiet facts" }, count(text.w, "word"), article.s < 0 ? null : [" · ", bdi(article.id, "id")],
      article.u ? [" · ", h("a", { href: article.u, rel: "noopener noreferrer nofollow external" }, bdi(new URL(article.u).hostname))] : article.ul ? [" · ", bdi(article.ul)] : null,
      credits.length ? [" · credits ", listed(credits, 4)] : null));
  const body = h("div", { class: "pane", tabindex: 0, role: "region", "aria-label": `${side ? "Second" : "First"}: ${nameOf(article)}` });
  const spans = passages.map((passage, i) => ({ start: passage[SIDES[side]][0], end: passage[SIDES[side]][1], number: i + 1, passage }));
  spans.sort((x, y) => x.end - x.start - (y.end - y.start)); // of passages inside others the innermost is shown
  const marks = { side, language: article.la, spans, changed, begun: new Set(), repeated: pairsOf(article.b ?? []) };
  for (let i = 0; i < text.p.length; i += 2) body.append(paragraph(text, text.p[i], text.p[i + 1], marks));
  if (text.cut) body.append(h("p", { class: "notice" }, `The text is cut here; it has ${count(text.cut, "character")}.`));
  body.addEventListener("click", (event) => {
    if (String(getSelection())) return;
    const number = event.target.closest?.("[data-p]")?.dataset.p;
    if (number) { event.preventDefault(); jump(parseInt(number, 10), side); }
  });
  return h("article", { class: `side ${SIDES[side]}` }, head, body);
}

function pairsOf(flat) {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

// A short line that is followed at once by the next, as in a list or a table.
function isLine(text, from, to) {
  return to - from < 100 && /^[^\S\n]*\n[^\S\n]*\S/.test(text.text.slice(to, to + 80));
}

// One paragraph: cut wherever a passage, a quotation, a credit or a difference begins or ends. A mark names all the
// passages that it is in, the innermost first; that is the one whose colour and differences it shows.
function paragraph(text, from, to, { side, language, spans, changed, begun, repeated }) {
  const over = (start, end) => start < to && end > from;
  const quotes = pairsOf(text.q).filter((quote) => over(...quote));
  const plain = repeated.filter((span) => over(...span));
  const credits = text.c.filter(([start, end]) => over(start, end));
  const edits = changed.filter(([start, end]) => over(start, end));
  const own = spans.filter(({ start, end }) => over(start, end));
  const cuts = new Set([from, to]);
  for (const [start, end] of [...quotes, ...credits, ...edits, ...plain, ...own.map((s) => [s.start, s.end])]) {
    if (start > from && start < to) cuts.add(start);
    if (end > from && end < to) cuts.add(end);
  }
  const places = [...cuts].sort((x, y) => x - y);
  const body = h("p", { ...tongue(language), class: isLine(text, from, to) ? "line" : null });
  let mark = null, marked = "";
  places.slice(0, -1).forEach((start, i) => {
    const end = places[i + 1];
    const inside = ([s, e]) => s <= start && e >= end;
    const around = own.filter((s) => inside([s.start, s.end]));
    const numbers = around.map((s) => s.number);
    if (numbers.join(" ") !== marked) {
      marked = numbers.join(" ");
      mark = null;
      for (const span of [...around].reverse()) if (!begun.has(span.number)) body.append(numeral(span, side));
      for (const number of numbers) begun.add(number);
      if (marked) {
        mark = h("mark", { class: `p c${(numbers[0] - 1) % COLOURS}`, "data-p": marked, "data-start": start });
        body.append(mark);
      }
    }
    mark?.setAttribute("data-end", end);
    let node = text.text.slice(start, end);
    const edit = edits.find((each) => each[3] === numbers[0] && inside(each));
    if (edit) node = h(edit[2] === "retold" ? "span" : side ? "ins" : "del", { class: edit[2] }, node);
    const line = plain.find(inside);
    if (line && (start === line[0] || start === from)) (mark ?? body).append(h("span", { class: "label", lang: "en" }, "boilerplate"), " ");
    const name = [quotes.some(inside) && "q", credits.some(inside) && "credit", line && "repeated"].filter(Boolean).join(" ");
    if (name) node = h("span", { class: name }, node);
    (mark ?? body).append(node);
  });
  return body;
}

function numeral({ number, passage }, side) {
  const said = `Passage ${number}, ${count(passage.words, "word")}${passage.quoted ? ", quoted" : ""}`;
  return h("a", { class: `number c${(number - 1) % COLOURS}`, href: location.hash.replace(/(\/read\/[^/?]+\/[^/?]+).*/, `$1/${number}`), "data-p": number, id: `${SIDES[side]}-${number}`, lang: "en", "aria-label": said }, String(number));
}

// The two panes on the screen: their scrolling kept in step, and the ribbons between passages.
class Reading {
  constructor(bodies, gutter, passages, together) {
    this.bodies = bodies;
    this.gutter = gutter;
    this.passages = passages;
    this.together = together;
    this.led = null;
    this.ribbons = passages.map((_, i) => svg("path", { class: `ribbon c${i % COLOURS}`, "data-p": i + 1 }));
    gutter.append(...this.ribbons);
    bodies.forEach((body, side) => {
      body.addEventListener("scroll", () => this.scrolled(side), { passive: true });
      for (const kind of ["pointerdown", "wheel", "touchstart", "focusin", "keydown"]) body.addEventListener(kind, () => { this.led = side; }, { passive: true });
    });
    this.observer = new ResizeObserver(() => this.measure());
    for (const body of bodies) this.observer.observe(body);
  }

  close() {
    this.observer.disconnect();
  }

  // Where each passage is in the two panes, from the top of the text.
  measure() {
    if (!this.bodies[0].isConnected) return;
    this.places = this.bodies.map((body) => {
      const top = body.getBoundingClientRect().top - body.scrollTop;
      return this.passages.map((_, i) => {
        const marks = body.querySelectorAll(`mark[data-p~="${i + 1}"]`);
        if (!marks.length) return null;
        return [marks[0].getBoundingClientRect().top - top, marks[marks.length - 1].getBoundingClientRect().bottom - top];
      });
    });
    const [left, right] = this.places;
    const points = [[0, 0]];
    left.forEach((own, i) => {
      const other = right[i];
      if (!own || !other) return;
      const last = points[points.length - 1];
      if (own[0] >= last[0] && other[0] >= last[1]) points.push([own[0], other[0]], [own[1], other[1]]);
    });
    points.push(this.bodies.map((body) => body.scrollHeight));
    this.points = points;
    this.draw();
  }

  // The place in the other pane that stands level with a place in this one.
  level(place, side) {
    const other = 1 - side;
    for (let i = 1; i < this.points.length; i++) {
      const [from, to] = [this.points[i - 1], this.points[i]];
      if (place <= to[side]) {
        const share = to[side] > from[side] ? (place - from[side]) / (to[side] - from[side]) : 0;
        return from[other] + share * (to[other] - from[other]);
      }
    }
    return this.points[this.points.length - 1][other];
  }

  scrolled(side) {
    this.draw();
    if (this.led === null) this.led = side;
    if (!this.together.checked || this.led !== side || !this.points) return;
    const [own, other] = [this.bodies[side], this.bodies[1 - side]];
    const eye = own.clientHeight * 0.3;
    const ends = own.scrollTop <= 1 ? 0 : own.scrollTop >= own.scrollHeight - own.clientHeight - 1 ? other.scrollHeight : null;
    other.scrollTop = ends ?? this.level(own.scrollTop + eye, side) - eye;
  }

  // Bring a passage into view on both sides; where it was clicked on one side, only the other moves.
  show(number, given, quiet = false) {
    const clicked = given !== undefined, side = given ?? 0;
    this.led = -1; // neither leads while both are moved
    const smooth = !quiet && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.bodies.forEach((body, own) => {
      const place = this.places?.[own]?.[number - 1];
      if (!place) return;
      const from = this.places[side][number - 1] ?? place;
      const keep = own !== side && clicked ? from[0] - this.bodies[side].scrollTop : body.clientHeight * 0.2;
      if (clicked && own === side) return;
      body.scrollTo({ top: place[0] - keep, behavior: smooth ? "smooth" : "instant" });
    });
    for (const lit of document.querySelectorAll(".panes .lit")) lit.classList.remove("lit");
    for (const part of document.querySelectorAll(`.panes [data-p~="${number}"]`)) part.classList.add("lit");
    this.draw();
  }

  inSight(number) {
    return this.bodies.every((body, side) => (this.places?.[side]?.[number - 1]?.[1] ?? 0) < body.clientHeight);
  }

  draw() {
    if (!this.places || this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      const box = this.gutter.getBoundingClientRect();
      if (!box.width) return;
      const [w, high] = [box.width, box.height];
      const offset = this.bodies.map((body) => body.getBoundingClientRect().top - box.top - body.scrollTop);
      this.ribbons.forEach((ribbon, i) => {
        const [p, q] = [this.places[0][i], this.places[1][i]];
        if (!p || !q) return;
        const [a0, a1, b0, b1] = [p[0] + offset[0], p[1] + offset[0], q[0] + offset[1], q[1] + offset[1]];
        const away = (a1 < 0 && b1 < 0) || (a0 > high && b0 > high);
        ribbon.setAttribute("d", away ? "" : `M0 ${a0}C${w / 2} ${a0} ${w / 2} ${b0} ${w} ${b0}V${b1}C${w / 2} ${b1} ${w / 2} ${a1} 0 ${a1}Z`);
      });
    });
  }
}
