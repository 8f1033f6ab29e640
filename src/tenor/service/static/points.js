/** `Points`: what a model said of a text up to some of its places. */

/**
 * @typedef {Object} Point
 * @property {number} end where the text so far ends, in this string
 * @property {number} tokens that the model has read by then
 * @property {number[]} probabilities of each class
 * @property {string} word the last one read
 */

export class Points {
  /** @type {Point[]} in the order of the text */
  all = [];

  /** @returns {Point | undefined} */
  get last() {
    return this.all.at(-1);
  }

  /**
   * Take a point; those that it corrects, such as of a word that has gone on, are dropped.
   * @param {Point} point
   */
  add(point) {
    while (this.last && (this.last.tokens >= point.tokens || this.last.end >= point.end)) this.all.pop();
    this.all.push(point);
  }

  /**
   * Drop the points that do not hold for a text that is the same up to a place.
   * @param {(end: number) => boolean} holds
   */
  keep(holds) {
    this.all = this.all.filter((point) => holds(point.end));
  }
}
