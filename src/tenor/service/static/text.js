/** Where the words of a text lie. Places are those of JavaScript strings (UTF-16) unless said otherwise. */

const LONGEST = 40; // a longer run without white space is cut where the language has words
const segmenter =
  typeof Intl.Segmenter === "function" ? new Intl.Segmenter(undefined, { granularity: "word" }) : null;

/**
 * Cut a text behind its words, from `start` on; return the ends of the pieces, the last that of the text.
 * @param {string} text
 * @param {number} start
 * @param {number} most pieces; where there are more words, several make a piece
 * @returns {number[]}
 */
export function wordEnds(text, start, most) {
  const ends = [];
  const words = /\s*\S+/gu;
  words.lastIndex = start;
  for (let found = words.exec(text); found; found = words.exec(text)) {
    if (found[0].length > LONGEST && segmenter) {
      for (const one of segmenter.segment(found[0])) ends.push(found.index + one.index + one.segment.length);
    } else ends.push(found.index + found[0].length);
  }
  if (ends.at(-1) !== text.length && text.length > start) ends.push(text.length);
  if (ends.length <= most) return ends;
  const single = Math.floor(most / 2); // the first half word by word: a model may read the beginning only
  const together = Math.ceil((ends.length - single) / (most - single));
  return ends.filter(
    (_, i) => i < single || (i - single) % together === together - 1 || i === ends.length - 1,
  );
}

/**
 * Return how many characters two texts begin with alike.
 * @param {string} one
 * @param {string} other
 */
export function commonPrefix(one, other) {
  const most = Math.min(one.length, other.length);
  let same = 0;
  while (same < most && one.charCodeAt(same) === other.charCodeAt(same)) same += 1;
  return same;
}

/**
 * Whether a text has no word going on at a place.
 * @param {string} text
 * @param {number} place
 */
export function betweenWords(text, place) {
  return place === text.length || /\s/u.test(text.slice(Math.max(place - 1, 0), place + 1));
}

/**
 * Return the last word before a place.
 * @param {string} text
 * @param {number} place
 */
export function wordBefore(text, place) {
  return /\S*\s*$/u.exec(text.slice(Math.max(place - 200, 0), place))?.[0].trim() ?? "";
}

/**
 * How many words a text has, by its white space.
 * @param {string} text
 */
export function wordCount(text) {
  return text.match(/\S+/gu)?.length ?? 0;
}

/**
 * Return a text that can be sent: half characters, which only a broken text has, become U+FFFD.
 * @param {string} text
 */
export function wellFormed(text) {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/**
 * Return the function from a place counted in characters, as the service counts, to one of this string.
 * @param {string} text
 * @returns {(place: number) => number}
 */
export function characterPlaces(text) {
  if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return (place) => place;
  /** @type {number[]} */
  const starts = [];
  let at = 0;
  for (const character of text) {
    starts.push(at);
    at += character.length;
  }
  starts.push(at);
  return (place) => starts[Math.min(place, starts.length - 1)];
}
