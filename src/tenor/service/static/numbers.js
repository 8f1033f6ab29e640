/** Numbers and pieces of text as they are shown. */

/**
 * Return a share as "91.3 %".
 * @param {number} share
 */
export function percent(share) {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

/**
 * Return "1 row", "1,234 rows".
 * @param {number} number
 * @param {string} noun
 */
export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * Return a number with its sign: "+0.52", "−1.20".
 * @param {number} value
 */
export function signed(value) {
  return `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(2)}`;
}

/**
 * Return the beginning of a text in one line of so many characters.
 * @param {string} text
 * @param {number} most
 */
export function shortened(text, most) {
  const line = text.replace(/\s+/gu, " ").trim();
  const characters = Array.from(line.slice(0, 4 * most));
  return characters.length <= most && line.length <= 4 * most
    ? line
    : `${characters.slice(0, most - 1).join("")}…`;
}

/**
 * Return the place of the highest value.
 * @param {ArrayLike<number>} values
 */
export function highest(values) {
  let place = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i] > values[place]) place = i;
  return place;
}
