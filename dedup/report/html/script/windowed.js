// A list of rows. Of a long one only what is near the window is in the page: rows come and go as one scrolls.

const AHEAD = 700; // pixels beyond the window that are drawn in advance
const STEP = 4; // rows drawn in advance in one frame, beside those that come into sight
const WHOLE = 100; // rows up to which a list is drawn whole, so that the browser's own search finds all
const PRINTED = 100;

// All lists look where they stand before any of them draws: looking after drawing would lay out the page again.
const lists = new Set();
let waiting = false;

function later() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    const high = innerHeight;
    const seen = [...lists].filter(({ list, whole }) => list.isConnected && !whole).map((each) => [each, each.place()]);
    for (const [each, from] of seen) each.update(from, from + high);
  });
}

export class Windowed {
  // `draw(item, i)` makes a row; `target` is the selector of the link in it that the keys j and k go to.
  constructor(list, items, draw, target) {
    this.list = list;
    this.items = items;
    this.draw = draw;
    this.target = target;
    this.inner = []; // lists inside the rows, which end with this one
    this.rows = new Map();
    this.heights = new Float64Array(items.length); // 0 where a row has not been seen yet
    this.guess = 0;
    this.first = this.last = 0;
    this.top = 0;
    this.width = innerWidth;
    this.spaces = [0, 1].map(() => Object.assign(document.createElement("li"), { className: "space", ariaHidden: "true" }));
    list.replaceChildren(...this.spaces);
    this.sizes = new ResizeObserver((seen) => this.measured(seen));
    this.listen = new AbortController();
    addEventListener("scroll", later, { passive: true, signal: this.listen.signal });
    addEventListener("resize", () => this.resized(), { signal: this.listen.signal });
    addEventListener("afterprint", () => { this.printing = false; this.spaces[1].textContent = ""; this.update(); }, { signal: this.listen.signal });
    this.whole = items.length <= WHOLE;
    this.extend(0, this.whole ? items.length : Math.min(items.length, Math.ceil(innerHeight / 90) + 2));
    lists.add(this);
    later();
  }

  // Another width makes other heights; another height, as when a phone hides its bars, does not.
  resized() {
    if (innerWidth !== this.width) {
      this.width = innerWidth;
      this.heights.fill(0);
      this.guess = 0;
      for (let i = this.first; i < this.last; i++) {
        this.sizes.unobserve(this.rows.get(i));
        this.sizes.observe(this.rows.get(i));
      }
    }
    later();
  }

  close() {
    lists.delete(this);
    for (const list of this.inner) list.close();
    this.listen.abort();
    this.sizes.disconnect();
  }

  height(i) {
    return this.heights[i] || this.guess || 100;
  }

  // From the top of the list to row i.
  offset(i) {
    let sum = 0;
    for (let k = 0; k < i; k++) sum += this.height(k);
    return sum;
  }

  // The row at a place in the list.
  at(place) {
    let i = 0;
    for (let sum = this.height(0); sum <= place && i < this.items.length - 1; sum += this.height(i)) i++;
    return i;
  }

  measured(seen) {
    for (const { target, borderBoxSize } of seen) if (target.isConnected) this.heights[target.ariaPosInSet - 1] = borderBoxSize[0].blockSize;
    // The guess stays, so that what was passed over does not move what is looked at.
    if (!this.guess) this.guess = this.heights.reduce((sum, height) => sum + height, 0) / Math.max(1, this.heights.reduce((n, height) => n + (height > 0), 0));
    this.space();
  }

  space() {
    const [above, below] = [this.offset(this.first), this.offset(this.items.length) - this.offset(this.last)];
    [above, below].forEach((size, k) => this.spaces[k].style.setProperty("height", `${size}px`));
  }

  // The place in the list at which the window begins.
  place() {
    return -this.list.getBoundingClientRect().top;
  }

  // Let the rows that are seen, and some beyond, be in the page: the window is from one place in the list to another.
  update(from = this.place(), to = from + innerHeight) {
    if (this.whole || this.printing || to + AHEAD < 0 || from - AHEAD > this.offset(this.items.length)) return;
    const down = from >= this.top;
    this.top = from;
    const need = [this.at(from), this.at(to) + 1], want = [this.at(from - AHEAD), this.at(to + AHEAD) + 1];
    let a = Math.max(this.first, want[0]), b = Math.min(this.last, want[1]);
    if (a >= b || b <= need[0] || a >= need[1]) a = b = need[0];
    a = Math.min(a, need[0]);
    b = Math.max(b, need[1]);
    for (let left = STEP; left && (a > want[0] || b < want[1]); left--) {
      if (b < want[1] && (down || a <= want[0])) b++;
      else a--;
    }
    this.extend(a, b);
    if (a > want[0] || b < want[1]) later();
  }

  // Let exactly the rows from a to before b be in the page.
  extend(a, b) {
    if (a === this.first && b === this.last) return;
    for (let i = this.first; i < this.last; i++) if (i < a || i >= b) this.remove(i);
    const kept = [Math.max(a, this.first), Math.min(b, this.last)];
    if (kept[0] >= kept[1]) kept.fill(b);
    this.spaces[0].after(...this.range(a, kept[0]));
    this.spaces[1].before(...this.range(kept[1], b));
    [this.first, this.last] = [a, b];
    this.space();
  }

  range(from, to) {
    const rows = [];
    for (let i = from; i < to; i++) {
      let row = this.rows.get(i);
      if (!row) {
        row = this.draw(this.items[i], i);
        row.setAttribute("aria-posinset", i + 1);
        row.setAttribute("aria-setsize", this.items.length);
        this.rows.set(i, row);
      }
      this.sizes.observe(row);
      rows.push(row);
    }
    return rows;
  }

  // A row that left is forgotten, but for one that was opened.
  remove(i) {
    const row = this.rows.get(i);
    this.sizes.unobserve(row);
    row.remove();
    if (!row.querySelector("details[open]")) this.rows.delete(i);
  }

  // The first row in sight and where it stands, to come back to.
  anchor() {
    const from = this.place();
    if (from < 0 || !this.items.length) return null;
    const item = this.at(from);
    return { item, top: this.offset(item) - from };
  }

  reveal({ item, top }) {
    const place = () => scrollBy(0, this.list.getBoundingClientRect().top + this.offset(item) - top);
    place();
    this.update();
    const row = this.rows.get(item);
    if (row) scrollBy(0, row.getBoundingClientRect().top - top);
  }

  // Bring the focus to the next or previous row.
  step(by) {
    let own = document.activeElement;
    while (own && own.parentNode !== this.list) own = own.parentNode;
    const from = own ? own.ariaPosInSet - 1 : this.anchor() ? this.anchor().item - (by > 0 ? 0 : -1) : -1;
    const i = Math.max(0, Math.min(this.items.length - 1, from + by));
    if (i < this.first || i >= this.last) this.reveal({ item: i, top: innerHeight / 3 });
    this.rows.get(i)?.querySelector(this.target)?.focus();
  }

  // For paper: the first rows, and how many more there are.
  all() {
    const most = Math.min(this.items.length, PRINTED), left = this.items.length - most;
    this.printing = true;
    this.extend(0, most);
    if (left) this.spaces[1].textContent = `${left.toLocaleString("en-GB")} more are in the report itself and not printed.`;
  }
}
