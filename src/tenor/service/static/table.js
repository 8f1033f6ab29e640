/** A table of rows of a file and what is predicted of them. */

import { element } from "./dom.js";
import { percent, shortened } from "./numbers.js";

const LONGEST = 240; // characters of a text

/**
 * @typedef {Object} Row
 * @property {number} number from 1, as the rows of the file
 * @property {string} text
 * @property {string} label
 * @property {number} share
 */

/**
 * @param {string} caption
 * @param {Row[]} rows
 * @param {(text: string) => void} onChosen told the text of a row that is to be read above
 */
export function table(caption, rows, onChosen) {
  const head = ["Row", "Text", "Verdict"].map((name) => element("th", { scope: "col" }, name));
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...head)),
    element(
      "tbody",
      {},
      ...rows.map((row) => {
        const button = element(
          "button",
          { type: "button", class: "text", dir: "auto", title: "Read it above, word by word" },
          shortened(row.text, LONGEST) || "(no text)",
        );
        button.addEventListener("click", () => onChosen(row.text));
        return element(
          "tr",
          {},
          element("th", { scope: "row" }, row.number.toLocaleString("en")),
          element("td", { class: "quote" }, button),
          element(
            "td",
            { class: "verdict" },
            element("bdi", {}, row.label),
            element("b", {}, percent(row.share)),
          ),
        );
      }),
    ),
  );
}
