/** `Whole`: a text that is read anew after each pause in writing, for models that cannot read on. */

import { wellFormed } from "./text.js";

const PAUSE = 250; // milliseconds without a change

/** The same face as `Stream`; of the places of a text it knows the end alone. */
export class Whole {
  /** @type {AbortController | null} */
  #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import("./api.js").Service} service
   * @param {import("./api.js").Choice} choice
   * @param {import("./stream.js").Listener} listener
   */
  constructor(service, choice, listener) {
    this.service = service;
    this.choice = choice;
    this.listener = listener;
  }

  /**
   * Say what the text is now.
   * @param {string} text
   */
  read(text) {
    this.close();
    this.#timer = setTimeout(() => this.#ask(wellFormed(text)), PAUSE);
  }

  close() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  /** @param {string} text */
  async #ask(text) {
    const asking = (this.#asking = new AbortController());
    try {
      const { predictions } = await this.service.predict(this.choice, [text], { signal: asking.signal });
      if (!asking.signal.aborted) this.listener.onPrediction(null, predictions[0]);
    } catch (error) {
      if (!asking.signal.aborted) this.listener.onError(/** @type {Error} */ (error));
    }
  }
}
