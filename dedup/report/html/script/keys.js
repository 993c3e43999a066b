// The keyboard: single keys that may be switched off, and a dialog that lists them.

import { h } from "./dom.js";

const KEYS = [
  ["/", "search"], ["j", "next passage, or next story"], ["k", "previous passage, or previous story"], ["x", "change sides"],
  ["]", "next version as the second"], ["[", "previous version as the second"],
  ["m", "versions and passages"], ["t", "paragraph by paragraph"], ["r", "side by side"], ["o", "all stories"], ["?", "these keys"],
];

export function remembered(name, fallback) {
  try {
    return localStorage.getItem(`dedup-${name}`) ?? fallback;
  } catch {
    return fallback;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`dedup-${name}`, value);
  } catch {
    // a page from file:// may have no storage: then it forgets
  }
}

export function tools(bar) {
  const themes = ["auto", "light", "dark"];
  const theme = h("button", { type: "button", class: "quiet-button" });
  const setTheme = (name) => {
    document.documentElement.dataset.theme = name;
    theme.textContent = { auto: "◐", light: "☀", dark: "☾" }[name];
    theme.setAttribute("aria-label", `Colours: ${name}; change`);
    theme.title = `Colours: ${name}`;
  };
  theme.addEventListener("click", () => {
    const next = themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length];
    remember("theme", next);
    setTheme(next);
  });
  setTheme(themes.includes(remembered("theme")) ? remembered("theme") : "auto");
  const single = h("input", { type: "checkbox", checked: remembered("keys", "on") === "on", onchange: () => remember("keys", single.checked ? "on" : "off") });
  const dialog = h("dialog", { class: "keys", "aria-labelledby": "keys-title" },
    h("h2", { id: "keys-title" }, "Keys"),
    h("dl", null, KEYS.map(([key, text]) => h("div", null, h("dt", null, h("kbd", null, key)), h("dd", null, text)))),
    h("p", { class: "quiet" }, "In the map and the charts the arrow keys move from one passage to the next, Enter opens it."),
    h("label", { class: "check" }, single, h("span", null, "single keys are on")),
    h("form", { method: "dialog" }, h("button", null, "Close")));
  const help = h("button", { type: "button", class: "quiet-button", "aria-label": "Keys", title: "Keys (?)", onclick: () => dialog.showModal() }, "?");
  bar.append(theme, help, dialog);
  document.getElementById("hint").hidden = false;
  return { single, dialog };
}

export function listen(main, { single, dialog }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !single.checked && event.key !== "?" || dialog.open) return;
    if (event.target.closest?.("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const tab = (n) => document.querySelectorAll(".tabs a")[n]?.click();
    const actions = {
      "/": () => document.getElementById("search")?.focus(),
      "j": () => (main.reading ? main.reading.next() : main.grown?.step?.(1)),
      "k": () => (main.reading ? main.reading.previous() : main.grown?.step?.(-1)),
      "x": () => main.reading?.swap(),
      "]": () => main.reading?.other(1),
      "[": () => main.reading?.other(-1),
      "m": () => tab(0), "t": () => tab(1), "r": () => tab(2),
      "o": () => document.querySelector(".crumbs a")?.click(),
      "?": () => dialog.showModal(),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}
