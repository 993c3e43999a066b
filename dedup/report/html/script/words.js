// Words with their places, and what changed between two runs of them.

const WORD = /\p{N}+(?:[.,:/-]\p{N}+)+|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const SIGNS = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u; // of which two or three tell as much as a word of letters
const CUTTER = Intl.Segmenter && new Intl.Segmenter("en", { granularity: "word" });
// A letter with its marks: a word where the browser cannot cut words.
const LETTER = /\P{M}\p{M}*|\p{M}+/gu;
// Marks that do not make another word: not the vowel signs of India and its neighbours, nor the voicing of kana.
const ACCENT = /(?![\u3099\u309a])(?=\p{M})[\p{sc=Inherited}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}]/gu;
const MARKS = /\p{M}*/uy;
const EDITS = 2000; // edits up to which the shortest edit script is looked for
const RUNS = [16, 4, 1]; // words of the runs that part what differs in more edits

function fold(word) {
  const lower = word.toLowerCase();
  return /^[a-z0-9]+$/.test(lower) ? lower : lower.normalize("NFKD").replace(ACCENT, "").replace(/['’]/g, "").replace(/\p{Nd}/gu, western);
}

// The digits of a script begin at a code point that ends in 0 or 6 in hexadecimal.
function western(digit) {
  const code = digit.codePointAt(0), low = code & 15;
  return String(low - (/\p{Nd}/u.test(String.fromCodePoint(code - low)) ? 0 : 6));
}

// The first place from `at` on where a text can be parted without taking a mark from its letter.
export function pastMarks(text, at) {
  MARKS.lastIndex = at;
  return at + MARKS.exec(text)[0].length;
}

// The words of text[start, end) as [start, end, folded]; in scripts without spaces as the browser cuts them.
export function wordsOf(text, start, end) {
  const found = [];
  for (const match of text.slice(start, end).matchAll(WORD)) {
    const at = start + match.index;
    if (!UNSPACED.test(match[0])) found.push([at, at + match[0].length, fold(match[0])]);
    else {
      let place = at;
      for (const word of CUTTER ? Array.from(CUTTER.segment(match[0]), ({ segment }) => segment) : match[0].match(LETTER)) {
        found.push([place, place + word.length, fold(word)]);
        place += word.length;
      }
    }
  }
  return found;
}

// Pairs (i, j) of equal entries of a and b, ascending: a shortest edit script (Myers 1986, greedy). What differs in more
// than EDITS edits is parted by the runs that stand once in both (patience diff), the longest first, so that the cost
// stays near linear.
export function align(a, b) {
  return between(a, b, [0, a.length, 0, b.length], RUNS);
}

function between(a, b, [a0, a1, b0, b1], runs) {
  const pairs = [], tail = [];
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) pairs.push([a0++, b0++]);
  while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) tail.push([--a1, --b1]);
  if (a0 < a1 && b0 < b1) for (const pair of shortest(a, b, a0, b0, a1 - a0, b1 - b0) ?? parted(a, b, [a0, a1, b0, b1], runs)) pairs.push(pair);
  for (const pair of tail.reverse()) pairs.push(pair);
  return pairs;
}

// The pairs between the places of runs that stand once in both; none where there are no such runs.
function parted(a, b, [a0, a1, b0, b1], [size, ...smaller]) {
  if (!size) return [];
  const places = inOrder(once(a, a0, a1, size), once(b, b0, b1, size));
  if (!places.length) return parted(a, b, [a0, a1, b0, b1], smaller);
  const pairs = [];
  for (const [i, j] of [...places, [a1, b1]]) {
    for (const pair of between(a, b, [a0, i, b0, j], smaller)) pairs.push(pair);
    if (i < a1) pairs.push([i, j]);
    a0 = i + 1; b0 = j + 1;
  }
  return pairs;
}

// The places of the runs of so many entries that stand once in list[start, end).
function once(list, start, end, size) {
  const found = new Map();
  for (let i = start; i + size <= end; i++) {
    const run = list.slice(i, i + size).join(" ");
    found.set(run, found.has(run) ? -1 : i);
  }
  return found;
}

// The most pairs of places of the same run that are in the same order in both.
function inOrder(ours, theirs) {
  const ends = []; // of the chains of each length the one that ends first
  for (const [run, i] of ours) {
    const j = theirs.get(run) ?? -1;
    if (i < 0 || j < 0) continue;
    let low = 0, high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle].j < j) low = middle + 1;
      else high = middle;
    }
    ends[low] = { i, j, before: ends[low - 1] };
  }
  const places = [];
  for (let last = ends[ends.length - 1]; last; last = last.before) places.push([last.i, last.j]);
  return places.reverse();
}

// The pairs of a shortest edit script of n and m entries; null where it has more than EDITS edits.
function shortest(a, b, a0, b0, n, m) {
  const bound = Math.min(n + m, EDITS);
  const reach = new Int32Array(2 * bound + 3);
  const trace = [];
  const down = (row, k, d) => k === -d || (k !== d && row[bound + k] < row[bound + k + 2]);
  for (let d = 0; d <= bound; d++) {
    for (let k = -d; k <= d; k += 2) {
      let x = down(reach, k, d) ? reach[bound + k + 2] : reach[bound + k] + 1;
      while (x < n && x - k < m && a[a0 + x] === b[b0 + x - k]) x++;
      reach[bound + 1 + k] = x;
      if (x >= n && x - k >= m) return back(trace, n, m, d, a0, b0);
    }
    trace.push(reach.slice(bound + 1 - d, bound + 2 + d));
  }
  return null;
}

function back(trace, n, m, edits, a0, b0) {
  const pairs = [];
  let x = n, y = m;
  for (let d = edits; d >= 0; d--) {
    const k = x - y, row = trace[d - 1];
    const at = (j) => (Math.abs(j) <= d - 1 ? row[j + d - 1] : -1);
    const isDown = d > 0 && (k === -d || (k !== d && at(k - 1) < at(k + 1)));
    const from = d === 0 ? 0 : isDown ? at(k + 1) : at(k - 1) + 1;
    while (x > from) pairs.push([a0 + --x, b0 + --y]);
    if (d > 0) isDown ? y-- : x--;
  }
  return pairs.reverse();
}

// What changed, as [kind, a0, a1, b0, b1] in words; kind is "kept", "dropped", "inserted" or "replaced".
export function changes(a, b) {
  const runs = [];
  let i = 0, j = 0;
  const pairs = [...align(a.map((w) => w[2]), b.map((w) => w[2])), [a.length, b.length]];
  let kept = 0;
  const close = () => { if (kept) runs.push(["kept", i - kept, i, j - kept, j]); kept = 0; };
  for (const [x, y] of pairs) {
    if (x > i || y > j) {
      close();
      runs.push(["", i, x, j, y]);
      i = x; j = y;
    }
    if (x < a.length || y < b.length) { i++; j++; kept++; }
  }
  close();
  const little = ([, a0, a1]) => {
    const words = a.slice(a0, a1);
    const signs = words.reduce((sum, w) => sum + (SIGNS.test(w[2]) ? w[1] - w[0] : 0), 0);
    return signs <= 2 && words.every((w) => w[2].length <= 3 && !/\p{N}/u.test(w[2]));
  };
  return merged(runs, little).flatMap((run) => (run[0] ? [run] : trimmed(run, a, b))).map(([kind, a0, a1, b0, b1]) =>
    [kind || (a0 === a1 ? "inserted" : b0 === b1 ? "dropped" : "replaced"), a0, a1, b0, b1]);
}

// A changed run without the words at its ends that are the same on both sides, and these as kept.
function trimmed([, a0, a1, b0, b1], a, b) {
  let head = 0, tail = 0;
  while (a0 + head < a1 && b0 + head < b1 && a[a0 + head][2] === b[b0 + head][2]) head++;
  while (a0 + head < a1 - tail && b0 + head < b1 - tail && a[a1 - 1 - tail][2] === b[b1 - 1 - tail][2]) tail++;
  return [
    ["kept", a0, a0 + head, b0, b0 + head], ["", a0 + head, a1 - tail, b0 + head, b1 - tail], ["kept", a1 - tail, a1, b1 - tail, b1],
  ].filter(([, start, end, from, to]) => end > start || to > from);
}

// Little words kept by chance amid much that changed read better as changed.
function merged(runs, little) {
  const size = (run) => (run && !run[0] ? Math.max(run[2] - run[1], run[4] - run[3]) : 0);
  const found = [];
  runs.forEach((run, k) => {
    const last = found[found.length - 1];
    const before = size(last), after = size(runs[k + 1]), kept = run[2] - run[1];
    const changed = run[0] === "" || (before && after && little(run) && kept * 4 <= before + after);
    if (last && changed && !last[0]) { last[2] = run[2]; last[4] = run[4]; }
    else found.push(run.slice());
  });
  return found;
}
