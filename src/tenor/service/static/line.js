/** `Line`: the running probability, word by word; a pointer or the arrow keys read out its places. */

import { part, svg } from "./dom.js";
import { highest, percent, shortened } from "./numbers.js";

/**
 * @typedef {import("./points.js").Point} Point
 * @typedef {import("./explanation.js").Turn} Turn
 */

const EDGE = { top: 26, bottom: 10, right: 12 };
const FEWEST = 12; // tokens the width stands for at least, so that the first words do not rush across
const LONGEST = 32; // characters of a word
const LONGEST_NAME = 11; // and of a class

let number = 0;

/** Of two classes the line is that of the second, from one side to the other; of more each class has one. */
export class Line {
  /** @type {Point[]} */
  #points = [];
  /** @type {Turn[]} */
  #turns = [];
  /** @type {number | null} */
  #chosen = null;
  #width = 600; // pixels
  #height = 168;
  #drawn = 0;

  /**
   * @param {HTMLElement} root
   * @param {string[]} classes
   */
  constructor(root, classes) {
    this.classes = classes;
    this.two = classes.length === 2;
    this.chart = part(root, ".chart");
    this.readout = part(root, ".readout");
    this.clip = `clip-${(number += 1)}`;
    this.scale = this.two ? classes.map((name) => shortened(name, LONGEST_NAME)) : ["0\u00a0%", "100\u00a0%"];
    this.left = 18 + 7 * Math.max(...this.scale.map((name) => name.length));
    new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      if (!height) return; // it is not on the page any more
      [this.#width, this.#height] = [Math.max(width, 160), height];
      this.#draw();
    }).observe(this.chart);
    this.chart.addEventListener("pointermove", (/** @type {PointerEvent} */ event) =>
      this.#point(event.offsetX),
    );
    this.chart.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) =>
      this.#point(event.offsetX),
    );
    this.chart.addEventListener("pointerleave", () => this.#choose(null));
    this.chart.addEventListener("blur", () => this.#choose(null));
    this.chart.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
    this.rest();
  }

  rest() {
    this.show([], []);
  }

  /**
   * @param {Point[]} points in the order of the text
   * @param {Turn[]} turns that are marked
   */
  show(points, turns) {
    this.#points = points;
    this.#turns = turns;
    this.#chosen = null;
    cancelAnimationFrame(this.#drawn); // words come faster than frames
    this.#drawn = requestAnimationFrame(() => this.#draw());
  }

  #x(/** @type {number} */ tokens) {
    const most = Math.max(this.#points.at(-1)?.tokens ?? 0, FEWEST);
    return this.left + ((this.#width - this.left - EDGE.right) * (tokens - 1)) / (most - 1);
  }

  #y(/** @type {number} */ share) {
    return EDGE.top + (this.#height - EDGE.top - EDGE.bottom) * (1 - share);
  }

  /** @param {number} place @returns {string} the line of a class */
  #path(place) {
    return this.#points
      .map(
        (one, i) =>
          `${i ? "L" : "M"} ${this.#x(one.tokens).toFixed(1)} ${this.#y(one.probabilities[place]).toFixed(1)}`,
      )
      .join(" ");
  }

  get #shown() {
    return this.two ? 1 : highest(this.#points.at(-1)?.probabilities ?? [1]);
  }

  #draw() {
    const right = this.#width - EDGE.right;
    const grid = [0, 0.5, 1].map((share) =>
      svg("path", {
        class: share === 0.5 ? "grid middle" : "grid",
        d: `M ${this.left} ${this.#y(share)} L ${right} ${this.#y(share)}`,
      }),
    );
    const scale = this.scale.map((name, share) =>
      svg(
        "text",
        {
          class: "scale",
          x: this.left - 12,
          y: this.#y(share) + 4,
          "text-anchor": "end",
        },
        name,
      ),
    );
    const lines = this.#points.length ? [...(this.two ? this.#fill() : []), ...this.#lines()] : [];
    this.chart.replaceChildren(
      svg(
        "svg",
        {
          viewBox: `0 0 ${this.#width} ${this.#height}`,
          width: this.#width,
          height: this.#height,
          "aria-hidden": "true",
        },
        ...grid,
        ...scale,
        ...this.#marks(),
        ...lines,
        ...this.#pin(),
      ),
    );
    this.#say();
  }

  /** Between the middle and the line, as strong as its side. */
  #fill() {
    const [first, last] = [this.#points[0], this.#points[this.#points.length - 1]];
    const middle = this.#y(0.5).toFixed(1);
    const [start, end] = [first, last].map((one) => this.#x(one.tokens).toFixed(1));
    const d = `${this.#path(1)} L ${end} ${middle} L ${start} ${middle} Z`;
    const halves = [
      ["for", 0, 0.5],
      ["against", 0.5, 1],
    ];
    return halves.flatMap(([name, top, bottom]) => {
      const id = `${this.clip}-${name}`;
      const [y, end] = [this.#y(1 - Number(top)), this.#y(1 - Number(bottom))];
      return [
        svg("clipPath", { id }, svg("rect", { x: 0, y, width: this.#width, height: end - y })),
        svg("path", { class: `area ${name}`, d, "clip-path": `url(#${id})` }),
      ];
    });
  }

  #lines() {
    const shown = this.#shown;
    const last = this.#points[this.#points.length - 1];
    const others = this.two ? [] : this.classes.map((_, i) => i).filter((i) => i !== shown);
    return [
      ...others.map((i) => svg("path", { class: "other", d: this.#path(i) })),
      svg("path", { class: "running", d: this.#path(shown) }),
      svg("circle", {
        class: "now",
        cx: this.#x(last.tokens),
        cy: this.#y(last.probabilities[shown]),
        r: 4.5,
      }),
    ];
  }

  #marks() {
    return this.#turns.flatMap((turn, i) => {
      const x = this.#x(turn.tokens).toFixed(1);
      return [
        svg("path", { class: "turn", d: `M ${x} ${EDGE.top - 4} L ${x} ${this.#height - EDGE.bottom}` }),
        svg("circle", { class: "turn", cx: x, cy: 12, r: 9 }),
        svg("text", { class: "turn", x, y: 16, "text-anchor": "middle" }, String(i + 1)),
      ];
    });
  }

  #pin() {
    const one = this.#chosen === null ? undefined : this.#points[this.#chosen];
    if (!one) return [];
    const x = this.#x(one.tokens).toFixed(1);
    return [
      svg("path", { class: "pin", d: `M ${x} ${EDGE.top} L ${x} ${this.#height - EDGE.bottom}` }),
      svg("circle", { class: "pin", cx: x, cy: this.#y(one.probabilities[this.#shown]), r: 4.5 }),
    ];
  }

  /** Say what is chosen, or at the end. */
  #say() {
    const points = this.#points;
    const place = this.#chosen ?? points.length - 1;
    this.chart.tabIndex = points.length ? 0 : -1;
    this.chart.setAttribute("aria-valuemin", String(Math.min(points.length, 1)));
    this.chart.setAttribute("aria-valuemax", String(points.length));
    this.chart.setAttribute("aria-valuenow", String(place + 1));
    const one = points[place];
    const shares = one ? this.#shares(one) : "";
    const word = one ? shortened(one.word, LONGEST) : "";
    this.chart.setAttribute("aria-valuetext", one ? `after ${word}: ${shares}` : "no text yet");
    this.readout.replaceChildren();
    if (this.#chosen === null || !one) return;
    const quoted = document.createElement("bdi");
    quoted.textContent = word;
    this.readout.append("after “", quoted, `”: ${shares}`);
  }

  /** @param {Point} one */
  #shares(one) {
    const order = this.two
      ? [1]
      : this.classes.map((_, i) => i).sort((a, b) => one.probabilities[b] - one.probabilities[a]);
    return order
      .slice(0, 3)
      .map((i) => `${this.classes[i]} ${percent(one.probabilities[i])}`)
      .join(", ");
  }

  /** @param {number | null} place */
  #choose(place) {
    if (place === this.#chosen) return;
    this.#chosen = place;
    this.#draw();
  }

  /** @param {number} x */
  #point(x) {
    const gaps = this.#points.map((one) => -Math.abs(this.#x(one.tokens) - x));
    this.#choose(gaps.length ? highest(gaps) : null);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const last = this.#points.length - 1;
    const now = this.#chosen ?? last;
    /** @type {Object<string, number | null>} */
    const steps = {
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      PageUp: now + 10,
      PageDown: now - 10,
      Home: 0,
      End: last,
      Escape: null,
    };
    if (last < 0 || !(event.key in steps)) return;
    event.preventDefault();
    const step = steps[event.key];
    this.#choose(step === null ? null : Math.min(Math.max(step, 0), last));
  }
}
