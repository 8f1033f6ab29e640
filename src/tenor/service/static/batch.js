/** `predictAll`: many texts, a few requests under way at a time; what is too much for one goes in halves. */

import { ServiceError } from "./api.js";
import { wellFormed } from "./text.js";

/** @typedef {import("./api.js").Prediction} Prediction */

const UNDERWAY = 3; // requests
const MOST_TEXTS = 64; // of a request
const MOST_CHARACTERS = 50_000;
const TOO_MUCH = [413, 504]; // what the service says of a request that fewer texts may be right for
const WRONG = [400, 413, 422, 504]; // and of one text that others do not suffer from

/**
 * @typedef {Object} Outcome of a text: what is predicted, or why it cannot be
 * @property {Prediction} [prediction]
 * @property {string} [error]
 */

/**
 * Return the outcomes of all texts, in their order, and what the service warns of.
 * @param {import("./api.js").Service} service
 * @param {import("./api.js").Choice} choice
 * @param {string[]} texts
 * @param {AbortSignal} signal
 * @param {(done: number) => void} onProgress told how many are done
 * @returns {Promise<{outcomes: Outcome[], warning: string | null}>}
 */
export async function predictAll(service, choice, texts, signal, onProgress) {
  /** @type {Outcome[]} */
  const outcomes = new Array(texts.length);
  /** @type {string | null} */
  let first = null;
  const stop = new AbortController(); // one request that fails for good ends the others
  const either = AbortSignal.any([signal, stop.signal]);
  let [next, done] = [0, 0];

  /** @param {number} from @param {number} to @returns {Promise<void>} */
  const ask = async (from, to) => {
    try {
      const asked = texts.slice(from, to).map(wellFormed);
      const { predictions, warning } = await service.predict(choice, asked, { signal: either });
      predictions.forEach((prediction, i) => (outcomes[from + i] = { prediction }));
      first ??= warning;
    } catch (error) {
      if (!(error instanceof ServiceError) || !WRONG.includes(error.status)) throw error;
      if (to - from > 1) {
        const middle = TOO_MUCH.includes(error.status) ? (from + to) >> 1 : from + 1;
        await ask(from, middle);
        return ask(middle, to);
      }
      outcomes[from] = { error: error.message };
    }
    done += to - from;
    onProgress(done);
  };
  const work = async () => {
    while (next < texts.length) {
      const from = next;
      next = batchEnd(texts, from);
      await ask(from, next);
    }
  };
  try {
    await Promise.all(Array.from({ length: UNDERWAY }, work));
  } finally {
    stop.abort();
  }
  return { outcomes, warning: first };
}

/** @param {string[]} texts @param {number} from */
function batchEnd(texts, from) {
  let [end, characters] = [from + 1, texts[from].length];
  while (end < texts.length && end - from < MOST_TEXTS) {
    characters += texts[end].length;
    if (characters > MOST_CHARACTERS) break;
    end += 1;
  }
  return end;
}
