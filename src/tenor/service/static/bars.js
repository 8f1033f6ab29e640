/** `Bars`: the probabilities of all classes, side by side. */

import { element } from "./dom.js";
import { percent } from "./numbers.js";

/**
 * Return a bar and the row it stands in. Of two classes each has the colour of its side.
 * @param {string[]} classes
 * @param {number} place of the class
 * @param {HTMLElement} value
 */
export function barRow(classes, place, value) {
  const name = classes[place];
  const bar = element("span", { class: "fill" });
  const row = element(
    "li",
    { "data-side": classes.length === 2 && !place ? "against" : "for" },
    element("span", { class: "name", dir: "auto", title: name }, name),
    element("span", { class: "bar", "aria-hidden": "true" }, bar),
    value,
  );
  return { row, bar, value };
}

export class Bars {
  /**
   * @param {HTMLElement} root a list
   * @param {string[]} classes
   */
  constructor(root, classes) {
    this.rows = classes.map((_, place) => barRow(classes, place, element("span", { class: "value" })));
    root.replaceChildren(...this.rows.map(({ row }) => row));
    this.rest();
  }

  rest() {
    this.#draw(
      this.rows.map(() => null),
      -1,
    );
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
