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

export async function blockOf(number) {
  const kept = recent.get(number);
  if (kept) return kept;
  const packed = document.getElementById(`block-${number}`);
  if (!packed) return null;
  const block = await unpack(packed.textContent);
  name(block);
  credit(block);
  recent.set(number, block);
  if (recent.size > 6) recent.delete(recent.keys().next().value);
  return block;
}

// Whom each text credits, shorter names taken for longer ones: "Times" and "NYT" where "New York Times" is known.
function credit(block) {
  const all = [...new Set(block.texts.flatMap((text) => text.c.map(([, , named]) => named)))].sort((a, b) => b.length - a.length);
  const initials = (name) => name.split(/\s+/).map((word) => word[0]).join("");
  const full = new Map(all.map((short) => [short, all.find((long) => long === short || long.endsWith(` ${short}`) || (short.length > 2 && initials(long) === short))]));
  for (const text of block.texts) text.credits = [...new Set(text.c.map(([, , named]) => full.get(named)))];
}

// What an article is called beside the others: its source, with the time or the id where that is not enough.
function name(block) {
  const used = new Map();
  for (const article of block.articles) used.set(article.s, (used.get(article.s) ?? 0) + 1);
  for (const article of block.articles) {
    if (article.s < 0) article.name = article.id;
    else if (used.get(article.s) === 1) article.name = sourceName(article.s);
    else article.name = `${sourceName(article.s)}, ${article.t === null ? article.id : moment(article.t)}`;
  }
  const named = new Map();
  for (const { name } of block.articles) named.set(name, (named.get(name) ?? 0) + 1);
  for (const article of block.articles) if (named.get(article.name) > 1) article.name += ` (${article.id})`;
}

async function unpack(packed) {
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(packed) : Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}
