// Elements from values. Strings become text nodes, never markup; and addresses are checked.

const SVG = "http://www.w3.org/2000/svg";
const NUMBER = new Intl.NumberFormat("en-GB");
const ADDRESS = /^(?:#|[a-z0-9-]+\.html(?:#|$)|https?:\/\/[^\s]+$)/i;

export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "href" && !ADDRESS.test(value)) continue;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

export function bdi(text, name) {
  return h("bdi", { class: name }, text);
}

const RIGHT_TO_LEFT = new Set(["Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"]);

// The attributes of an element whose text is in a language (WCAG 3.1.2); it reads as its first letter does where that is not known.
export function tongue(language) {
  if (!language) return { dir: "auto" };
  try {
    const { script } = new Intl.Locale(language).maximize();
    return { lang: language, dir: RIGHT_TO_LEFT.has(script) ? "rtl" : script ? "ltr" : "auto" };
  } catch {
    return { dir: "auto" }; // a code of no language
  }
}

export function count(n, one, many = one + "s") {
  return `${NUMBER.format(n)} ${n === 1 ? one : many}`;
}

// Names in a row, and how many more there are beyond the first few.
export function listed(names, most) {
  return [names.slice(0, most).map((name, i) => [i ? ", " : "", bdi(name)]), names.length > most ? ` and ${NUMBER.format(names.length - most)} more` : ""];
}

export function percent(share) {
  if (share > 0 && share < 0.01) return "under 1%";
  if (share < 1 && share > 0.99) return "over 99%";
  return `${Math.round(share * 100)}%`;
}

export function announce(text) {
  document.getElementById("live").textContent = text;
}

// Show `items` a batch at a time, more whenever the end of the list comes near.
export function gradually(container, items, draw, batch = 30) {
  let shown = 0;
  const end = h("div", { class: "more", "aria-hidden": "true" });
  const add = (most = batch) => {
    const part = document.createDocumentFragment();
    for (const stop = Math.min(items.length, shown + most); shown < stop; shown++) part.append(draw(items[shown], shown));
    container.append(part);
    if (shown >= items.length) watcher.disconnect();
    else container.after(end);
    if (shown >= items.length) end.remove();
  };
  const watcher = new IntersectionObserver((seen) => {
    if (seen.some((each) => each.isIntersecting)) {
      add();
      if (shown < items.length) { // still in view after growing: be told again
        watcher.unobserve(end);
        watcher.observe(end);
      }
    }
  }, { rootMargin: "800px" });
  add();
  if (shown < items.length) watcher.observe(end);
  return {
    all: () => add(Math.max(0, 2000 - shown)),
    close: () => watcher.disconnect(),
  };
}

// One stop for the Tab key; the arrow keys move among the `.rove` items, in the rows marked `.rove-row`.
export function rove(container) {
  const rows = () => [...container.querySelectorAll(".rove-row")].map((row) => [...row.querySelectorAll(".rove")]);
  const first = container.querySelector(".rove");
  if (first) first.setAttribute("tabindex", "0");
  container.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -1e9], End: [0, 1e9] }[event.key];
    const from = event.target.closest?.(".rove");
    if (!step || !from || event.ctrlKey || event.metaKey || event.altKey) return;
    const grid = rows().filter((row) => row.length);
    let y = grid.findIndex((row) => row.includes(from));
    const x = grid[y].indexOf(from) + step[1];
    y = Math.max(0, Math.min(grid.length - 1, y + step[0]));
    const to = grid[y][Math.max(0, Math.min(grid[y].length - 1, x))];
    event.preventDefault();
    from.setAttribute("tabindex", "-1");
    to.setAttribute("tabindex", "0");
    to.focus();
  });
  container.addEventListener("focusin", (event) => {
    const item = event.target.closest?.(".rove");
    if (!item) return;
    for (const other of container.querySelectorAll('.rove[tabindex="0"]')) if (other !== item) other.setAttribute("tabindex", "-1");
    item.setAttribute("tabindex", "0");
  });
}
