/** A histogram of probabilities. */

import { element, svg } from "./dom.js";
import { count, percent } from "./numbers.js";

const BINS = 20;
const WIDTH = 400;
const HEIGHT = 120;

/**
 * @param {number[]} shares
 * @param {string} what they are the probabilities of
 * @param {[string, string]} ends what stands below its left and its right end
 */
export function histogram(shares, what, [left, right]) {
  /** @type {number[]} */
  const bins = new Array(BINS).fill(0);
  for (const share of shares) bins[Math.min(Math.floor(share * BINS), BINS - 1)] += 1;
  const most = Math.max(...bins, 1);
  const step = WIDTH / BINS;
  const bars = bins.map((rows, i) => {
    const height = rows ? Math.max((HEIGHT * rows) / most, 1.5) : 0;
    return svg(
      "rect",
      { x: i * step + 1, y: HEIGHT - height, width: step - 2, height, rx: 1.5 },
      svg("title", {}, `${percent(i / BINS)} to ${percent((i + 1) / BINS)}: ${count(rows, "row")}`),
    );
  });
  const [least, low, high, largest] = [0, 0.25, 0.75, 1].map((edge) => percent(quantile(shares, edge)));
  const said = `Half of the rows lie between ${low} and ${high}, all between ${least} and ${largest}.`;
  return element(
    "figure",
    { class: "histogram" },
    element("figcaption", {}, what),
    svg(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT + 1}`,
        role: "img",
        "aria-label": `${what}. ${said}`,
        preserveAspectRatio: "none",
      },
      svg("path", { class: "grid", d: `M 0 ${HEIGHT + 0.5} L ${WIDTH} ${HEIGHT + 0.5}` }),
      ...bars,
    ),
    element(
      "div",
      { class: "ends", "aria-hidden": "true" },
      element("span", {}, left),
      element("span", {}, right),
    ),
  );
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const order = Float64Array.from(values).sort();
  return order[Math.round(share * (order.length - 1))];
}
