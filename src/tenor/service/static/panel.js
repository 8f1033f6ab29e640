/** `Panel`: all that is shown of a text as one model reads it. */

import { Bars } from "./bars.js";
import { element, part } from "./dom.js";
import { Line } from "./line.js";
import { Needle } from "./needle.js";
import { highest, percent } from "./numbers.js";
import { Words } from "./words.js";

/**
 * @typedef {import("./api.js").Prediction} Prediction
 * @typedef {import("./explanation.js").Explanation} Explanation
 */

const UNKNOWN = 0.5; // share of unknown words from which on it is said

export class Panel {
  /** Called when the words are to be explained now. */
  onAsked = () => {};
  #text = "";
  #whole = false; // read as a whole: the line is that of the explanation
  /** @type {import("./points.js").Point[]} */
  #points = [];
  /** @type {Explanation | null} */
  #explanation = null;

  /**
   * @param {HTMLTemplateElement} template
   * @param {import("./api.js").Choice} choice
   * @param {(verdict: string) => void} onVerdict told in words what is shown
   */
  constructor(template, choice, onVerdict) {
    const { name, encoder, classes } = choice.model;
    this.root = part(/** @type {DocumentFragment} */ (template.content.cloneNode(true)), ".reading");
    this.root.setAttribute("aria-label", `As ${name} reads it`);
    part(this.root, ".name").append(
      name,
      " ",
      element("small", {}, `${encoder}${choice.version && `, version ${choice.version}`}`),
    );
    this.name = name;
    this.classes = classes;
    this.onVerdict = onVerdict;
    this.needle = new Needle(part(this.root, ".gauge"), classes);
    this.bars = new Bars(part(this.root, ".bars"), classes);
    this.line = new Line(part(this.root, ".line"), classes);
    this.words = new Words(part(this.root, ".words"), classes);
    this.verdict = part(this.root, ".verdict");
    this.note = part(this.root, ".note");
    this.fault = part(this.root, ".fault");
    this.ask = part(this.root, ".ask");
    this.ask.addEventListener("click", () => this.onAsked());
    this.rest();
  }

  /** Show no text. */
  rest() {
    this.#text = "";
    this.#points = [];
    this.#explanation = null;
    this.needle.rest();
    this.bars.rest();
    this.line.rest();
    this.words.rest();
    this.verdict.replaceChildren("–");
    this.#settle();
  }

  /**
   * Show that a text is being read.
   * @param {string} text
   */
  wait(text) {
    this.#text = text;
    this.#settle();
    this.words.wait(text);
  }

  /** Show that words are explained when asked for. */
  offer() {
    this.words.plain(this.#text);
    this.ask.hidden = false;
  }

  explaining() {
    this.ask.hidden = true;
    this.root.setAttribute("aria-busy", "true");
  }

  /**
   * Say, in one line, that the needle waits for a pause.
   * @param {string} reason
   */
  readsWhole(reason) {
    this.#whole = true;
    this.note.textContent = "Reads whole texts, so needle and line follow when you pause.";
    this.note.title = reason;
  }

  /**
   * @param {import("./points.js").Points | null} points
   * @param {Prediction} prediction
   */
  show(points, prediction) {
    const probabilities = this.classes.map((name) => prediction.probabilities[name]);
    const predicted = highest(probabilities);
    this.fault.textContent = "";
    this.needle.show(probabilities, this.classes.length === 2 ? 1 : predicted);
    this.bars.show(probabilities, predicted);
    const share = percent(probabilities[predicted]);
    this.verdict.replaceChildren(element("bdi", {}, this.classes[predicted]), " ", element("b", {}, share));
    const unsure =
      prediction.unknown_share >= UNKNOWN
        ? `; ${percent(prediction.unknown_share)} of the words are unknown to it`
        : "";
    if (points) this.#draw([...points.all]);
    this.onVerdict(`${this.classes[predicted]}, ${share}${unsure}`);
  }

  /** @param {Explanation} found */
  explain(found) {
    this.#settle();
    this.#explanation = found;
    this.words.show(found);
    this.#draw(this.#whole ? found.points : this.#points);
  }

  /** @param {string} sentence */
  trouble(sentence) {
    this.#settle();
    this.fault.textContent = sentence;
  }

  /** @param {import("./points.js").Point[]} points */
  #draw(points) {
    this.#points = points;
    const turns = this.#explanation?.text === this.#text ? this.#explanation.turns : [];
    this.line.show(points, turns);
  }

  #settle() {
    this.ask.hidden = true;
    this.fault.textContent = "";
    this.root.removeAttribute("aria-busy");
  }
}
