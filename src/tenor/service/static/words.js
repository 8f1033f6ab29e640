/** `Words`: a text whose words are marked by what they add; colour, line below and title say the same. */

import { element, part } from "./dom.js";
import { percent, shortened, signed } from "./numbers.js";

/**
 * @typedef {import("./explanation.js").Explanation} Explanation
 * @typedef {import("./explanation.js").Turn} Turn
 */

const FAINT = 0.1; // share of the highest score; below it a word is not marked
const MOST_HEAT = 0.45; // so that words on it can be read, as in the reports
const MOST_NAMED = 3; // words a side that are named below the text
const LONGEST = 40; // characters

export class Words {
  /**
   * @param {HTMLElement} root
   * @param {string[]} classes
   */
  constructor(root, classes) {
    this.root = root;
    this.classes = classes;
    this.passage = part(root, ".passage");
    this.summary = part(root, ".summary");
    this.turns = part(root, ".turns");
    this.legend = part(root, ".legend");
    this.rest();
  }

  rest() {
    this.root.classList.remove("stale");
    this.passage.replaceChildren(
      element("span", { class: "empty" }, "Its words appear here, coloured by what they add."),
    );
    this.#clear();
  }

  /**
   * Show a text of which nothing is known yet; what is marked stays in sight until then.
   * @param {string} text
   */
  wait(text) {
    this.root.classList.add("stale");
    if (this.passage.querySelector(".empty")) this.passage.textContent = text;
  }

  /**
   * Show a text that is explained when asked for.
   * @param {string} text
   */
  plain(text) {
    this.passage.textContent = text;
    this.#clear();
  }

  /** @param {Explanation} found */
  show(found) {
    this.root.classList.remove("stale");
    const top = found.words.reduce((most, { score }) => Math.max(most, Math.abs(score)), 0) || 1;
    this.passage.replaceChildren(...this.#pieces(found, top));
    this.#showLegend(found);
    this.summary.replaceChildren(
      ...this.#named(found, top),
      ...found.remarks.map((one) => element("span", {}, ` ${one}`)),
    );
    this.turns.replaceChildren(
      ...found.turns.map((turn) => element("li", {}, ...this.#sentence(found, turn))),
    );
  }

  #clear() {
    this.summary.replaceChildren();
    this.turns.replaceChildren();
    this.legend.replaceChildren();
  }

  /**
   * @param {Explanation} found
   * @param {number} top
   */
  *#pieces(found, top) {
    const marks = new Map(found.turns.map((turn, i) => [turn.end, String(i + 1)]));
    // Where nothing is marked by its score, the words of turns still are pieces of their own.
    const words = found.words.length
      ? found.words
      : found.turns.map(({ end }) => ({ start: end, end, score: 0 }));
    let done = 0;
    for (const { start, end, score } of joined(words)) {
      const mark = marks.get(end);
      const side = Math.abs(score) < FAINT * top ? "" : score > 0 ? "for" : "against";
      if (!side && !mark) continue;
      yield found.text.slice(done, start);
      const word = found.text.slice(start, end);
      if (side) {
        const piece = element(
          "span",
          { class: side, title: `${signed(score)} ${this.#says(found, side)}` },
          word,
        );
        piece.style.setProperty("--strength", (MOST_HEAT * Math.min(Math.abs(score) / top, 1)).toFixed(3));
        yield piece;
      } else yield word;
      if (mark) yield element("sup", { title: "turning point" }, mark);
      done = end;
    }
    yield found.text.slice(done);
  }

  /**
   * @param {Explanation} found
   * @param {string} side
   */
  #says(found, side) {
    if (side === "for") return `for ${found.label}`;
    const other = this.classes.length === 2 && this.classes.find((name) => name !== found.label);
    return other ? `for ${other}` : `against ${found.label}`;
  }

  /** @param {Explanation} found */
  #showLegend(found) {
    const sides = found.words.length ? ["for", "against"] : [];
    const keys = sides.map((side) => {
      const sample = element("span", { class: side }, "words");
      sample.style.setProperty("--strength", String(MOST_HEAT / 2));
      return element("li", {}, sample, ` ${this.#says(found, side)}`);
    });
    const turn = found.turns.length ? [element("li", {}, element("sup", {}, "1"), " turning point")] : [];
    this.legend.replaceChildren(...keys, ...turn);
  }

  /**
   * The strongest words of both sides in a sentence, for whoever sees no colours.
   * @param {Explanation} found
   * @param {number} top
   */
  *#named(found, top) {
    const order = [...joined(found.words)].sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
    for (const [side, sign] of /** @type {[string, number][]} */ ([
      ["for", 1],
      ["against", -1],
    ])) {
      const words = order.filter(({ score }) => sign * score >= FAINT * top).slice(0, MOST_NAMED);
      if (!words.length) continue;
      yield element(
        "span",
        {},
        `Most ${this.#says(found, side)}: `,
        ...words.flatMap(({ start, end, score }, i) => [
          `${i ? ", " : ""}“`,
          element("bdi", {}, shortened(found.text.slice(start, end), LONGEST)),
          `” ${signed(score)}`,
        ]),
        ". ",
      );
    }
  }

  /**
   * What a turn was, of the class that the line is of.
   * @param {Explanation} found
   * @param {Turn} turn
   */
  #sentence(found, turn) {
    const mirrored = this.classes.length === 2 && found.predicted === this.classes[0];
    const [before, after] = [turn.before, turn.after].map((share) => percent(mirrored ? 1 - share : share));
    const moved = `” moved ${mirrored ? this.classes[1] : found.predicted} from ${before} to ${after}`;
    const changed = turn.labels ? `; the verdict changed from ${turn.labels[0]} to ${turn.labels[1]}` : "";
    return [
      turn.several ? "the words “" : "“",
      element("bdi", {}, shortened(turn.text, LONGEST)),
      `${moved}${changed}.`,
    ];
  }
}

/**
 * Words that share their place, as parts of one character may, as one.
 * @param {import("./explanation.js").Word[]} words
 */
function* joined(words) {
  let [last, ...others] = words;
  for (const word of others) {
    if (word.end <= last.end) last = { ...last, score: last.score + word.score };
    else {
      yield last;
      last = word;
    }
  }
  if (last) yield last;
}
