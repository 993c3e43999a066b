// What the relations are called on the page, and what they mean.

import { h } from "./dom.js";
import { overview } from "./data.js";

export const MEANING = {
  "identical": ["Same words", "same words", "word for word the same text"],
  "revision": ["Revision", "revision", "a later state of the same page by the same source"],
  "near-duplicate": ["Nearly the same", "nearly the same", "most of the words are the same"],
  "excerpt": ["Excerpt", "excerpt", "one text is mostly part of the other"],
  "derived": ["Derived", "derived", "substantial passages are shared or closely reworded"],
  "quote": ["Same quotation", "same quotation", "all they share is what somebody said: independent reports of one statement"],
  "template": ["Same form", "same form", "the same form filled with other facts: a bulletin, a notice, a footer"],
  "across": ["In several stories", "parts of several stories", "parts of it are in several stories, as those of a round-up are"],
};

// What a row is: a relation, or "across", which are parts of several stories.
export function kindOf(row) {
  return row.x ? "across" : overview.relations[row.r];
}

export function nameOfRelation(relation) {
  return MEANING[overview.relations[relation]][1];
}

export function tag(name) {
  return h("span", { class: `tag ${name}`, title: MEANING[name][2] }, MEANING[name][0]);
}

export const APART = ["across", "quote", "template"];

// Whether a row is a story; otherwise its articles share only a quotation or a form, or parts of several stories.
export function isStory(row) {
  return !APART.includes(kindOf(row));
}

export const stories = overview.groups.filter(isStory);

export function explained(relations) {
  return h("dl", { class: "meanings" }, relations.map((name) => h("div", null,
    h("dt", null, h("span", { class: `tag ${name}` }, MEANING[name][0])), h("dd", null, MEANING[name][2]))));
}

export function guide() {
  const known = Object.keys(MEANING);
  return h("details", { class: "guide" }, h("summary", null, "How to read this report"),
    h("div", { class: "guide-body" },
      h("p", null, "A ", h("strong", null, "story"), " is a set of articles that share text. Each article in it is a ", h("strong", null, "version"), ". Two versions are linked when whole passages of one are in the other, word for word or reworded; names, set phrases and the words of one speaker are not enough."),
      explained(known.slice(0, 5)),
      h("p", null, "Kept apart, because they do not show that anybody copied:"),
      explained(["quote", "template"]),
      h("p", null, "And kept apart, because an article is a version of one story only, that of which it shares most:"),
      explained(["across"]),
      h("p", null, "Choose a story to see its ", h("strong", null, "versions"), " in order of time, with a map of who has which passage; then read any two side by side, or go ", h("strong", null, "paragraph by paragraph"), ". Every view, pair and passage has an address of its own that can be copied and sent."),
      h("p", { class: "quiet" }, "The report says what is shared and when each article says that it was published. Who took it from whom is for you to find out: both may have it from a third.")));
}
