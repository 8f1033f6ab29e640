/** `File`: a file of texts on its way through a model, from the drop to the download. */

import { barRow } from "./bars.js";
import { predictAll } from "./batch.js";
import { CsvError, MOST_BYTES, fileOf, tableOf, textColumn } from "./csv.js";
import { element, part } from "./dom.js";
import { histogram } from "./histogram.js";
import { count, highest, percent } from "./numbers.js";
import { table } from "./table.js";

/**
 * @typedef {import("./csv.js").Table} Table
 * @typedef {import("./batch.js").Outcome} Outcome
 * @typedef {import("./api.js").Choice} Choice
 */

const MOST_SHOWN = 8; // rows of a table

export class FileSection {
  /** @type {Table | null} */
  #table = null;
  #name = "";
  /** @type {AbortController | null} */
  #work = null;
  #address = ""; // of the file to download

  /**
   * @param {HTMLElement} root
   * @param {import("./api.js").Service} service
   * @param {() => Choice | null} choice the model that is chosen by then
   * @param {(text: string) => void} onChosen told a text that is to be read on its own
   */
  constructor(root, service, choice, onChosen) {
    this.service = service;
    this.choice = choice;
    this.onChosen = onChosen;
    this.drop = part(root, ".drop");
    this.input = part(root, "input[type=file]");
    this.line = part(root, ".told");
    this.setup = part(root, ".setup");
    this.column = part(root, "select");
    this.start = part(root, ".start");
    this.work = part(root, ".work");
    this.progress = part(root, "progress");
    this.results = part(root, ".results");
    this.input.addEventListener("change", () => this.#take(this.input.files));
    this.start.addEventListener("click", () => this.#predict());
    part(root, ".cancel").addEventListener("click", () => this.#work?.abort());
    this.#listenForDrops();
  }

  #listenForDrops() {
    let depth = 0; // of elements the pointer has entered
    const over = (/** @type {number} */ change) => {
      depth = Math.max(depth + change, 0);
      this.drop.classList.toggle("over", depth > 0);
    };
    const bears = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragenter", (event) => bears(event) && over(1));
    addEventListener("dragleave", (event) => bears(event) && over(-1));
    addEventListener("dragover", (event) => bears(event) && event.preventDefault());
    addEventListener("drop", (event) => {
      if (!bears(event)) return;
      event.preventDefault(); // or the browser would leave the page for the file
      over(-depth);
      this.#take(event.dataTransfer?.files ?? null);
    });
  }

  /** @param {FileList | null} files */
  async #take(files) {
    if (!files?.length) return;
    this.#work?.abort();
    this.#work = null;
    this.#working(false);
    this.#table = null;
    this.setup.hidden = true;
    this.#clear();
    try {
      if (files.length > 1) throw new CsvError("These are several files; take one at a time.");
      const [file] = files;
      this.#name = file.name;
      if (file.size > MOST_BYTES) {
        const size = (/** @type {number} */ bytes) => `${Math.round(bytes / 2 ** 20)} MB`;
        throw new CsvError(
          `The file has ${size(file.size)}, this page takes ${size(MOST_BYTES)}; use “tenor predict”.`,
        );
      }
      const bytes = await file.arrayBuffer().catch(() => {
        throw new CsvError("The file cannot be read.");
      });
      this.#offer(tableOf(new Uint8Array(bytes)));
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      this.#say(error.message);
    } finally {
      this.input.value = ""; // so that the same file can be chosen again
    }
  }

  /** @param {Table} found */
  #offer(found) {
    this.#table = found;
    this.column.replaceChildren(...found.names.map((name, i) => element("option", { value: i }, name)));
    this.column.value = String(textColumn(found));
    this.setup.hidden = false;
    this.#say(`${this.#name}: ${count(found.rows.length, "row")}, ${count(found.names.length, "column")}.`);
  }

  async #predict() {
    const [found, choice] = [this.#table, this.choice()];
    if (!found || !choice) return;
    const work = (this.#work = new AbortController());
    const texts = found.rows.map((row) => row[Number(this.column.value)]);
    let done = 0;
    this.#clear();
    this.#working(true);
    this.progress.max = texts.length;
    this.progress.value = 0;
    this.#say(`Predicting ${count(texts.length, "row")}.`);
    try {
      const { outcomes, warning } = await predictAll(this.service, choice, texts, work.signal, (now) => {
        done = now;
        this.progress.value = now;
        part(this.work, "output").textContent =
          `${now.toLocaleString("en")} of ${texts.length.toLocaleString("en")}`;
      });
      this.#show(found, choice, texts, outcomes);
      if (warning) this.#say(`${this.line.textContent} ${sentenceOf(warning)}`);
    } catch (error) {
      if (!work.signal.aborted)
        this.#say(`${/** @type {Error} */ (error).message} Stopped after ${count(done, "row")}.`);
      else if (work === this.#work) this.#say(`Cancelled after ${count(done, "row")}.`);
    } finally {
      if (work === this.#work) this.#working(false);
    }
  }

  /** @param {boolean} busy */
  #working(busy) {
    this.work.hidden = !busy;
    this.start.disabled = busy;
    this.column.disabled = busy;
    if (busy) part(this.work, ".cancel").focus();
    else if (document.activeElement === document.body) this.start.focus();
  }

  /**
   * @param {Table} found
   * @param {Choice} choice
   * @param {string[]} texts
   * @param {Outcome[]} outcomes
   */
  #show(found, choice, texts, outcomes) {
    const { classes, name } = choice.model;
    const rows = outcomes.flatMap(({ prediction }, i) => {
      if (!prediction) return [];
      const shares = classes.map((one) => prediction.probabilities[one]);
      const place = highest(shares);
      return [{ number: i + 1, text: texts[i], label: classes[place], share: shares[place], shares }];
    });
    const failed = outcomes.length - rows.length;
    const empty = texts.filter((text) => !text.trim()).length;
    const reason = outcomes.find(({ error }) => error)?.error;
    this.#say(
      [
        `${count(rows.length, "row")} predicted by ${name}.`,
        ...(failed ? [`${count(failed, "row")} could not be: ${reason}`] : []),
        ...(empty ? [`${count(empty, "row")} without text; what is predicted of them means nothing.`] : []),
      ].join(" "),
    );
    if (rows.length) {
      const sure = [...rows].sort((a, b) => b.share - a.share || a.number - b.number);
      const two = classes.length === 2;
      this.results.append(
        element(
          "div",
          { class: "pictures" },
          this.#counts(classes, rows),
          two
            ? histogram(
                rows.map(({ shares }) => shares[1]),
                `Probability of ${classes[1]}`,
                [classes[0], classes[1]],
              )
            : histogram(
                rows.map(({ share }) => share),
                "Probability of the predicted class",
                ["0\u00a0%", "100\u00a0%"],
              ),
        ),
        element(
          "div",
          { class: "tables" },
          table("Most certain", sure.slice(0, MOST_SHOWN), this.onChosen),
          table("Most doubtful", sure.slice(-MOST_SHOWN).reverse(), this.onChosen),
        ),
      );
    }
    this.#download(found, classes, outcomes);
    this.results.hidden = false;
  }

  /**
   * @param {string[]} classes
   * @param {{label: string}[]} rows
   */
  #counts(classes, rows) {
    const counts = classes.map((name) => rows.filter(({ label }) => label === name).length);
    return element(
      "figure",
      { class: "counts" },
      element("figcaption", {}, "Verdicts"),
      element(
        "ul",
        { class: "bars" },
        ...counts.map((number, place) => {
          const said = `${number.toLocaleString("en")} (${percent(number / rows.length)})`;
          const { row, bar } = barRow(classes, place, element("span", { class: "value" }, said));
          bar.style.transform = `scaleX(${number / Math.max(...counts)})`;
          return row;
        }),
      ),
    );
  }

  /**
   * @param {Table} found
   * @param {string[]} classes
   * @param {Outcome[]} outcomes
   */
  #download(found, classes, outcomes) {
    const failed = outcomes.some(({ error }) => error);
    const names = [
      "label",
      ...classes.map((name) => `probability_${name}`),
      "unknown_share",
      ...(failed ? ["error"] : []),
    ];
    let prefix = ""; // columns of the file stay, whatever they are called
    while (names.some((name) => found.names.includes(prefix + name))) prefix += "predicted_";
    const parts = fileOf(
      found,
      names.map((name) => prefix + name),
      (row) => {
        const { prediction, error = "" } = outcomes[row];
        const values = prediction
          ? [
              prediction.label,
              ...classes.map((name) => String(prediction.probabilities[name])),
              String(prediction.unknown_share),
            ]
          : new Array(classes.length + 2).fill("");
        return failed ? [...values, error] : values;
      },
    );
    this.#address = URL.createObjectURL(new Blob(parts, { type: "text/csv;charset=utf-8" }));
    const suffix = found.separator === "\t" ? "tsv" : "csv";
    const name = `${this.#name.replace(/\.[^.]*$/u, "")}-predicted.${suffix}`;
    this.results.append(
      element(
        "p",
        { class: "download" },
        element("a", { class: "button", href: this.#address, download: name }, "Download the predictions"),
        element(
          "span",
          {},
          "All rows and columns in their order. What a spreadsheet would run has an apostrophe in front.",
        ),
      ),
    );
  }

  #clear() {
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = "";
    this.results.replaceChildren();
    this.results.hidden = true;
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.line.textContent = sentence;
  }
}

/** @param {string} said by the service */
function sentenceOf(said) {
  return `${said[0].toUpperCase()}${said.slice(1)}${/[.!?]$/u.test(said) ? "" : "."}`;
}
