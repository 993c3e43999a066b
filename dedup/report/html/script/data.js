// The data of the page: the overview at once, the block of a group when it is looked at.

import { moment } from "./times.js";

export const overview = JSON.parse(document.getElementById("overview").textContent);

const byKey = new Map(overview.groups.map((row, number) => [row.k, number]));
const recent = new Map();

export function rowOf(key) {
  return byKey.has(key) ? overview.groups[byKey.get(key)] : null;
}

export function numberOf(key) {
  return byKey.get(key) ?? -1;
}

export function sourceName(number) {
  return number < 0 ? "Source unknown" : overview.sources[number];
}

// The sources of a story in the order in which they had it, with how many versions of it: none if they had parts.
export function sourcesOf(row) {
  const all = row.s.map((source, i) => [source, row.c[i]]);
  const parts = [...(row.p ?? [])].sort(([, before], [, other]) => before - other);
  parts.forEach(([source, before], i) => all.splice(before + i, 0, [source, 0]));
  return all;
}

export async function blockOf(number) {
  const kept = recent.get(number);
  if (kept) return kept;
  const packed = document.getElementById(`block-${number}`);
  if (!packed) return null;
  const block = await unpack(packed.textContent);
  const names = naming(block.articles);
  block.articles = block.articles.map((stored) => new Article(stored, names));
  block.texts = block.texts.map((stored) => new Body(stored, block.lines));
  credit(block);
  recent.set(number, block);
  if (recent.size > 6) recent.delete(recent.keys().next().value);
  return block;
}

// An article as it was stored, and what it is called beside the others.
class Article {
  constructor(stored, names) {
    Object.assign(this, stored);
    this.names = names;
  }

  get name() {
    return (this.called ??= this.names(this));
  }
}

// A text as it was stored, by the numbers of its lines: most lines are in many versions.
class Body {
  constructor(stored, lines) {
    Object.assign(this, stored);
    this.lines = lines;
  }

  get text() {
    return (this.whole ??= this.l.map((line) => this.lines[line]).join("\n"));
  }

  get length() {
    return this.l.reduce((sum, line) => sum + this.lines[line].length + 1, -1);
  }
}

// Whom each text credits, shorter names taken for longer ones: "Times" and "NYT" where "New York Times" is known.
function credit(block) {
  const all = [...new Set(block.texts.flatMap((text) => text.c.map(([, , named]) => named)))].sort((a, b) => b.length - a.length);
  const initials = (name) => name.split(/\s+/).map((word) => word[0]).join("");
  const full = new Map(all.map((short) => [short, all.find((long) => long === short || long.endsWith(` ${short}`) || (short.length > 2 && initials(long) === short))]));
  for (const text of block.texts) text.credits = [...new Set(text.c.map(([, , named]) => full.get(named)))];
}

// What calls an article by its source, with the time or the id where that is not enough.
function naming(articles) {
  const used = counts(articles, ({ s }) => s);
  const whole = ({ s, t, id }) => (s < 0 ? id : used.get(s) === 1 ? s : `${s} ${t === null ? id : Math.floor(t / 60)}`);
  const named = counts(articles, whole);
  return (article) => {
    const { s, t, id } = article;
    const name = s < 0 ? id : used.get(s) === 1 ? sourceName(s) : `${sourceName(s)}, ${t === null ? id : moment(t)}`;
    return named.get(whole(article)) > 1 ? `${name} (${id})` : name;
  };
}

function counts(items, key) {
  const found = new Map();
  for (const item of items) {
    const own = key(item);
    found.set(own, (found.get(own) ?? 0) + 1);
  }
  return found;
}

async function unpack(packed) {
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(packed) : Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}
