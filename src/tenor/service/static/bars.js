/** `Bars`: the probabilities of all classes, side by side. */

import { element } from "./dom.js";
import { percent } from "./numbers.js";

export class Bars {
  /**
   * @param {HTMLElement} root a list
   * @param {string[]} classes
   */
  constructor(root, classes) {
    this.rows = classes.map((name) => {
      const bar = element("span", { class: "fill" });
      const value = element("span", { class: "value" });
      const row = element("li", {}, element("span", { class: "name", dir: "auto", title: name }, name),
        element("span", { class: "bar", "aria-hidden": "true" }, bar), value);
      return { row, bar, value };
    });
    root.replaceChildren(...this.rows.map(({ row }) => row));
    this.rest();
  }

  rest() {
    this.#draw(this.rows.map(() => null), -1);
  }

  /**
   * @param {number[]} probabilities
   * @param {number} predicted
   */
  show(probabilities, predicted) {
    this.#draw(probabilities, predicted);
  }

  /** @param {(number | null)[]} shares @param {number} predicted */
  #draw(shares, predicted) {
    this.rows.forEach(({ row, bar, value }, i) => {
      const share = shares[i];
      row.classList.toggle("predicted", i === predicted);
      bar.style.transform = `scaleX(${share ?? 0})`;
      value.textContent = share === null ? "–" : percent(share);
    });
  }
}
