/** `Reading`: a text as one model reads it, shown in one panel. */

import { ServiceError } from "./api.js";
import { explanationOf } from "./explanation.js";
import { Stream } from "./stream.js";
import { wellFormed } from "./text.js";
import { Whole } from "./whole.js";

const PAUSE = 700; // milliseconds without a change, after which words are explained
const LONG = 4_000; // characters; of a longer text words are explained when asked for

export class Reading {
  #text = "";
  /** @type {AbortController | null} */
  #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import("./api.js").Service} service
   * @param {import("./api.js").Choice} choice
   * @param {import("./panel.js").Panel} panel
   */
  constructor(service, choice, panel) {
    this.service = service;
    this.choice = choice;
    this.panel = panel;
    /** @type {import("./stream.js").Listener} */
    this.listener = {
      onPrediction: (points, prediction) => this.#text && panel.show(points, prediction),
      onError: (error) => panel.trouble(sentence(error)),
      onRefused: (reason) => this.#readWhole(reason),
    };
    /** @type {Stream | Whole} */
    this.reader = new Stream(service, choice, this.listener);
    if (choice.model.streams !== null) this.#readWhole(choice.model.streams);
    panel.onAsked = () => this.#explain();
  }

  /**
   * Say what the text is now.
   * @param {string} text
   */
  read(text) {
    this.#forget();
    this.#text = text.trim() ? text : "";
    if (!this.#text) return this.panel.rest();
    this.panel.wait(text);
    this.reader.read(text);
    if (text.length > LONG) this.panel.offer();
    else this.#timer = setTimeout(() => this.#explain(), PAUSE);
  }

  close() {
    this.#forget();
    this.reader.close();
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  /** @param {string} reason */
  #readWhole(reason) {
    this.reader.close();
    this.reader = new Whole(this.service, this.choice, this.listener);
    this.panel.readsWhole(reason);
    if (this.#text) this.reader.read(this.#text);
  }

  async #explain() {
    const text = wellFormed(this.#text);
    if (!text) return;
    const { classes } = this.choice.model;
    const asking = (this.#asking = new AbortController());
    this.panel.explaining();
    try {
      // Of two classes the second is asked about, so that a side stands for the same class in every text.
      const label = classes.length === 2 ? classes[1] : undefined;
      const answer = await this.service.explain(this.choice, text, label, { signal: asking.signal });
      if (!asking.signal.aborted) this.panel.explain(explanationOf(text, answer));
    } catch (error) {
      if (!asking.signal.aborted) this.panel.trouble(sentence(/** @type {Error} */ (error)));
    }
  }
}

/** @param {Error} error */
function sentence(error) {
  if (error instanceof ServiceError) return error.message;
  throw error; // a mistake of the page, for the console
}
