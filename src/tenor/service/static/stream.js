/** `Stream`: a text that is read while it is written, over a WebSocket. */

import { ServiceError, pause } from "./api.js";
import { Points } from "./points.js";
import { betweenWords, commonPrefix, wellFormed, wordBefore, wordEnds } from "./text.js";

/**
 * @typedef {import("./api.js").Choice} Choice
 * @typedef {import("./api.js").Prediction} Prediction
 * @typedef {import("./api.js").Service} Service
 *
 * @typedef {Object} Listener
 * @property {(points: Points | null, prediction: Prediction) => void} onPrediction null: of the whole only
 * @property {(error: Error) => void} onError
 * @property {(reason: string) => void} onRefused the text cannot be read this way
 */

const BURST = 64; // messages that are under way at most
const MOST_PIECES = 400; // of one text
const MOST_FAILURES = 3; // sockets in a row that were closed without a word
const WAIT = 300; // milliseconds before another try, times those before
const [REFUSED, LOCKED, UNKNOWN, IDLE] = [4400, 4401, 4404, 4408]; // what a socket is closed with

/** What follows a common beginning is sent; after a change in the middle all is read again, at once. */
export class Stream {
  #points = new Points();
  /** @type {WebSocket | null} */
  #socket = null;
  #wanted = ""; // what the text is now
  #planned = ""; // the text that `ends` are of
  /** @type {number[]} */
  #ends = []; // of the pieces that are still to be sent
  /** @type {string | null} */
  #failed = null; // a text that the service has refused
  /** @type {string | null} */
  #sent = null; // what the service has of it; null: nothing that can be gone on with
  /** @type {{id: number, end: number, text: string}[]} */
  #underway = [];
  #number = 0;
  #last = ""; // what was said without being asked, such as why the socket is closed
  #failures = 0;
  #closed = false;

  /**
   * @param {Service} service
   * @param {Choice} choice
   * @param {Listener} listener
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
    this.#wanted = wellFormed(text);
    this.#go();
  }

  close() {
    this.#closed = true;
    const socket = this.#socket;
    this.#socket = null;
    if (socket?.readyState === WebSocket.CONNECTING) socket.addEventListener("open", () => socket.close());
    else socket?.close();
  }

  #go() {
    if (this.#closed || this.#underway.length || this.#settled || this.#wanted === this.#failed) return;
    if (!this.#socket) this.#connect();
    else if (this.#socket.readyState === WebSocket.OPEN) this.#send();
  }

  get #settled() {
    return !this.#underway.length && this.#wanted === this.#sent;
  }

  #send() {
    const text = this.#wanted;
    let restart = false;
    if (text !== this.#planned || this.#sent === null) restart = this.#plan(text);
    let start = restart ? 0 : (this.#sent?.length ?? 0);
    for (const end of this.#ends.splice(0, BURST)) {
      const id = (this.#number += 1);
      this.#underway.push({ id, end, text });
      this.#socket?.send(JSON.stringify({ id, text: text.slice(start, end), ...(restart && { restart }) }));
      [start, restart] = [end, false];
    }
    this.#sent = text.slice(0, start);
  }

  /**
   * Choose the pieces in which a text is sent; return whether the service is to begin anew.
   * @param {string} text
   */
  #plan(text) {
    this.#planned = text;
    if (this.#sent !== null && text.startsWith(this.#sent)) {
      this.#ends = wordEnds(text, this.#sent.length, MOST_PIECES);
      return false;
    }
    const same = commonPrefix(this.#sent ?? "", text);
    this.#points.keep((end) => end <= same && betweenWords(text, end));
    const known = this.#points.last?.end ?? 0;
    this.#ends = wordEnds(text, known, MOST_PIECES);
    if (known || !this.#ends.length) this.#ends.unshift(known); // all that is known already in one piece
    return true;
  }

  #connect() {
    const socket = this.service.socket(this.choice);
    this.#socket = socket;
    this.#begin();
    socket.addEventListener("open", () => this.#go());
    socket.addEventListener("message", (event) => this.#hear(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => socket === this.#socket && this.#lost(event));
  }

  #begin() {
    this.#sent = null;
    this.#underway = [];
  }

  /** @param {{id?: number, prediction?: Prediction, tokens: number, error?: string, code?: string}} message */
  #hear(message) {
    if (typeof message.id !== "number") {
      this.#last = message.error ?? "";
      return;
    }
    this.#failures = 0;
    const asked = this.#underway.findIndex((one) => one.id === message.id);
    if (asked < 0) return;
    const { end, text } = this.#underway[asked];
    this.#underway.splice(0, asked + 1);
    if (message.error !== undefined) {
      this.#begin();
      this.#failed = text; // it is not asked again; the next change begins anew
      this.listener.onError(new ServiceError(400, message.code ?? "", message.error));
    } else if (message.prediction) {
      const probabilities = Object.values(message.prediction.probabilities);
      this.#points.add({ end, tokens: message.tokens, probabilities, word: wordBefore(text, end) });
      this.listener.onPrediction(this.#points, message.prediction);
    }
    this.#go();
  }

  /** @param {CloseEvent} event */
  async #lost(event) {
    const settled = this.#settled;
    this.#socket = null;
    this.#begin();
    if (this.#closed || event.code === IDLE) return; // the next change connects again
    if (event.code === REFUSED) return this.listener.onRefused(this.#last);
    if (event.code === LOCKED) return this.service.lock();
    if (event.code === UNKNOWN)
      return this.listener.onError(new ServiceError(404, "unknown_model", this.#last));
    this.#failures += 1;
    if (this.#failures > MOST_FAILURES)
      return this.listener.onRefused(this.#last || "no WebSocket can be opened");
    if (this.#failures > 1) await pause(WAIT * this.#failures);
    await this.service.check();
    if (!settled) this.#go();
  }
}
