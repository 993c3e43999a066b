// What a group's segments tell: who has which paragraph, in whose words, and what colour it gets.

const BANDS = 10;
const known = new WeakMap();

// A segment list is flat: start, end, strand, wording, ... in order of the text.
export function analyse(block) {
  if (known.has(block)) return known.get(block);
  const owners = block.texts.map(() => []);
  block.articles.forEach((article, i) => owners[article.x].push(i));
  const parts = block.texts.map((text) => {
    const found = new Map();
    for (let i = 0; i < text.g.length; i += 4) {
      const [start, end, strand, wording] = text.g.slice(i, i + 4);
      const own = found.get(strand);
      if (own) own.spans.push([start, end]);
      else found.set(strand, { strand, wording, spans: [[start, end]] });
    }
    return found;
  });
  const holders = Array.from({ length: block.strands }, () => []);
  parts.forEach((own, text) => { for (const strand of own.keys()) holders[strand].push(text); });
  const copies = holders.map((texts) => texts.reduce((sum, text) => sum + owners[text].length, 0));
  const place = new Map(block.articles.map((article, i) => [article.k, i]));
  const result = { block, owners, parts, holders, copies, place, colour: colours(holders, copies) };
  lazily(result, "ties", () => ties(block));
  lazily(result, "closest", () => closest(block));
  lazily(result, "longest", () => block.texts.reduce((most, text) => Math.max(most, text.length), 1));
  known.set(block, result);
  return result;
}

// A member that is made when it is first asked for.
function lazily(object, name, make) {
  Object.defineProperty(object, name, { configurable: true, get: () => Object.defineProperty(object, name, { value: make() })[name] });
}

// For each article its matches: a map from the other article to the match.
function ties(block) {
  const found = block.articles.map(() => new Map());
  for (const match of block.matches) { found[match.a].set(match.b, match); found[match.b].set(match.a, match); }
  return found;
}

// Paragraphs that always go together share a colour; what only one version has gets none.
function colours(holders, copies) {
  const found = new Int8Array(holders.length).fill(-1);
  let next = -1, before = null;
  holders.forEach((texts, strand) => {
    if (copies[strand] < 2) { before = null; return; }
    const key = texts.join();
    if (key !== before) next++;
    before = key;
    found[strand] = next % BANDS;
  });
  return found;
}

// For each article the one that it shares most with, by their match.
function closest(block) {
  const best = [];
  for (const { a, b, m } of block.matches) {
    const share = Math.max(m[1], m[2]);
    for (const [one, other] of [[a, b], [b, a]]) if (!(best[one]?.share >= share)) best[one] = { share, other };
  }
  return block.articles.map((_, i) => best[i]?.other ?? null);
}

// The fewest matches that lead from one article to another: the articles on the way, both ends included.
export function way({ ties }, from, to) {
  const before = new Map([[from, null]]);
  for (const i of before.keys()) for (const j of ties[i].keys()) if (!before.has(j)) before.set(j, i);
  if (!before.has(to)) return [];
  const path = [];
  for (let i = to; i !== null; i = before.get(i)) path.unshift(i);
  return path;
}

// How `text` stands to `ref`, strand by strand: kept, reworded, dropped; and what it adds.
export function standing(group, ref, text) {
  const ours = group.parts[ref], theirs = group.parts[text];
  const result = { kept: 0, reworded: 0, dropped: 0, added: 0 };
  for (const [strand, part] of ours) {
    const other = theirs.get(strand);
    if (!other) result.dropped++;
    else if (other.wording === part.wording) result.kept++;
    else result.reworded++;
  }
  for (const strand of theirs.keys()) if (!ours.has(strand)) result.added++;
  return result;
}

// Whether most of text[start, end) of an article is boilerplate: what its source repeats, and does not count.
export function isBoilerplate(article, start, end) {
  let inside = 0;
  for (let i = 0; i < (article.b?.length ?? 0); i += 2) inside += Math.max(0, Math.min(end, article.b[i + 1]) - Math.max(start, article.b[i]));
  return inside * 2 > end - start;
}

export function snippet(text, part, length = 90) {
  const [start, end] = part.spans[0];
  const cut = text.slice(start, Math.min(end, start + length)).replace(/\s+/g, " ");
  return end - start > length ? cut.trimEnd() + "…" : cut;
}

export function textOf(text, part) {
  return part.spans.map(([start, end]) => text.slice(start, end)).join(" … ");
}

// Articles, those with the same words folded into the first of them: [index, [others]].
export function folded(group, order, fold) {
  if (!fold) return order.map((i) => [i, []]);
  const first = new Map(), rows = [];
  for (const i of order) {
    const words = group.block.texts[group.block.articles[i].x].same;
    if (first.has(words)) first.get(words)[1].push(i);
    else { const row = [i, []]; first.set(words, row); rows.push(row); }
  }
  return rows;
}
