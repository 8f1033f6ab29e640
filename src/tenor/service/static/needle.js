/** `Needle`: a gauge of one probability. */

import { part, svg } from "./dom.js";
import { percent } from "./numbers.js";

const RADIUS = 84;
const CENTRE = 100;
const SWING = 90; // degrees from the middle to either end

/** @param {number} share */
function onArc(share, radius = RADIUS) {
  const angle = Math.PI * (1 - share);
  return `${(CENTRE + radius * Math.cos(angle)).toFixed(2)} ${(CENTRE - radius * Math.sin(angle)).toFixed(2)}`;
}

/** @param {number} from @param {number} to */
function arc(from, to, name = "") {
  const turn = from < to ? 1 : 0;
  const path = `M ${onArc(from)} A ${RADIUS} ${RADIUS} 0 0 ${turn} ${onArc(to)}`;
  return svg("path", { class: `arc ${name}`, d: path, pathLength: 100 });
}

/**
 * Of two classes it swings between both, of more it shows the probability of the predicted one.
 */
export class Needle {
  /**
   * @param {HTMLElement} root
   * @param {string[]} classes
   */
  constructor(root, classes) {
    this.root = root;
    this.classes = classes;
    this.two = classes.length === 2;
    const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) =>
      svg("path", { class: "tick", d: `M ${onArc(share, 71)} L ${onArc(share, 66)}` }),
    );
    this.fills = this.two ? [arc(0.5, 0, "against"), arc(0.5, 1, "for")] : [arc(0, 1, "for")];
    this.pointer = svg(
      "g",
      { class: "pointer" },
      svg("path", { d: "M 97.6 100 L 99.4 26 Q 100 24.5 100.6 26 L 102.4 100 Z" }),
      svg("circle", { cx: CENTRE, cy: CENTRE, r: 6 }),
    );
    part(root, ".dial").replaceChildren(
      svg(
        "svg",
        { viewBox: "0 0 200 110", "aria-hidden": "true" },
        arc(0, 1, "track"),
        ...this.fills,
        ...ticks,
        this.pointer,
      ),
    );
    const [left, right] = this.two ? classes : ["0\u00a0%", "100\u00a0%"];
    part(root, ".left").textContent = left;
    part(root, ".right").textContent = right;
    this.rest();
  }

  /** Show no text. */
  rest() {
    this.root.classList.add("resting");
    this.root.setAttribute("aria-label", "Probability");
    this.root.setAttribute("aria-valuenow", "0");
    this.root.setAttribute("aria-valuetext", "no text yet");
    this.#turn(this.two ? 0.5 : 0);
  }

  /**
   * @param {number[]} probabilities of the classes
   * @param {number} shown the class of which the needle shows the probability
   */
  show(probabilities, shown) {
    const share = probabilities[shown];
    this.root.classList.remove("resting");
    this.root.setAttribute("aria-label", `Probability of ${this.classes[shown]}`);
    this.root.setAttribute("aria-valuenow", (100 * share).toFixed(1));
    this.root.setAttribute("aria-valuetext", percent(share));
    this.#turn(share);
  }

  /** @param {number} share */
  #turn(share) {
    this.pointer.style.transform = `rotate(${(SWING * (2 * share - 1)).toFixed(2)}deg)`;
    const fills = this.two ? [1 - 2 * share, 2 * share - 1] : [share];
    fills.forEach((filled, i) => {
      this.fills[i].style.strokeDashoffset = String(100 - 100 * Math.max(filled, 0));
    });
  }
}
