/** `Explanation`: which words a prediction rests on, and where it turned; places are those of this string. */

import { characterPlaces, wordBefore } from "./text.js";

/**
 * @typedef {Object} Word
 * @property {number} start
 * @property {number} end
 * @property {number} score log-odds that it adds to the class asked about
 *
 * @typedef {Object} Turn
 * @property {number} tokens read when it came
 * @property {number} end where its word ends
 * @property {string} text its words
 * @property {boolean} several whether these are several words
 * @property {number} before
 * @property {number} after probability of the predicted class, before and after
 * @property {[string, string] | null} labels
 *
 * @typedef {Object} Explanation
 * @property {string} text
 * @property {string} predicted the predicted class
 * @property {string} label the class that scores speak for
 * @property {Word[]} words
 * @property {Turn[]} turns
 * @property {import("./points.js").Point[]} points
 * @property {string[]} remarks
 */

/**
 * Return the explanation that an answer of the service holds.
 * @param {string} text as it was sent
 * @param {any} answer of /v1/explain
 * @returns {Explanation}
 */
export function explanationOf(text, answer) {
  const { trajectory, attribution } = answer;
  const place = characterPlaces(text);
  const read = trajectory.words;
  const end = (/** @type {number} */ token) => place(read[token - 1].end);
  return {
    text,
    predicted: answer.prediction.label,
    label: attribution?.label ?? answer.prediction.label,
    words: (attribution?.tokens ?? []).map((/** @type {any} */ one) => ({
      start: place(one.start),
      end: place(one.end),
      score: one.score,
    })),
    turns: read.length
      ? trajectory.turns.map((/** @type {any} */ turn) => ({
          tokens: turn.last,
          end: end(turn.last),
          text: turn.text,
          several: turn.first !== turn.last,
          before: turn.before,
          after: turn.after,
          labels: turn.labels,
        }))
      : [],
    points: read.length
      ? trajectory.forward.places.map((/** @type {number} */ tokens, /** @type {number} */ i) => ({
          tokens,
          end: end(tokens),
          probabilities: trajectory.forward.probabilities[i],
          word: wordBefore(text, end(tokens)),
        }))
      : [],
    remarks: [...trajectory.remarks, ...(answer.note ? [answer.note] : [])],
  };
}
