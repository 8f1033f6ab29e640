/** `Service`: requests to the service, its key, and whether it can be reached. */

/**
 * @typedef {Object} Prediction
 * @property {string} label
 * @property {number} probability
 * @property {Object<string, number>} probabilities by class
 * @property {number} unknown_share
 * @property {boolean} abstained
 *
 * @typedef {Object} ModelEntry
 * @property {string} name
 * @property {string} version the default one
 * @property {string[]} versions
 * @property {string[]} classes
 * @property {string} encoder
 * @property {string | null} streams null, or why it cannot
 *
 * @typedef {Object} Choice a model, and which of its versions
 * @property {ModelEntry} model
 * @property {string} version empty: the default one, whichever that is by then
 */

const LONGEST_ANSWER = 90_000; // milliseconds; the service has a limit of its own, which is shorter
const SLOWEST_RETRY = 8_000;
const FIRST_RETRY = 400;

/** An answer that is no result: what the service said, its HTTP status and its code. */
export class ServiceError extends Error {
  /**
   * @param {number} status 0: there was no answer
   * @param {string} code
   * @param {string} message
   * @param {number} [wait] milliseconds after which it may be asked again
   */
  constructor(status, code, message, wait) {
    super(message);
    this.status = status;
    this.code = code;
    this.wait = wait;
  }
}

/**
 * Wait, unless the signal says that nobody waits for it any more.
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return void reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Events: "up" when it answers, the first time and after each loss; "down" and "busy", whose `detail` is a
 * sentence; "free" after "busy"; "locked" when it wants a key.
 */
export class Service extends EventTarget {
  /** Kept here only, never stored. */
  key = "";
  #reachable = false;
  /** @type {Promise<void> | null} */
  #checking = null;
  #notBefore = 0; // time until which nothing that can wait is sent
  #hurry = () => {};

  constructor() {
    super();
    addEventListener("online", () => this.#hurry());
  }

  get reachable() {
    return this.#reachable;
  }

  /**
   * @param {string} path
   * @param {string} [protocol] in the place of the page's own
   */
  static address(path, protocol) {
    const address = new URL(path, document.baseURI);
    if (protocol) address.protocol = protocol;
    return address;
  }

  /**
   * @returns {Promise<{default: string, models: ModelEntry[]}>}
   */
  models() {
    return this.#request("v1/models", { method: "GET" });
  }

  /**
   * @param {Choice} choice
   * @param {string[]} texts
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<{predictions: Prediction[], warning: string | null}>}
   */
  predict(choice, texts, { signal } = {}) {
    return this.#post("v1/predict", { texts, ...named(choice) }, signal);
  }

  /**
   * @param {Choice} choice
   * @param {string} text
   * @param {string | undefined} label the class that is asked about; without one, the predicted
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<any>}
   */
  explain(choice, text, label, { signal } = {}) {
    return this.#post("v1/explain", { text, ...named(choice), ...(label && { label }) }, signal);
  }

  /**
   * Open a stream; the key, if there is one, goes first.
   * @param {Choice} choice
   */
  socket(choice) {
    const address = Service.address("v1/stream", location.protocol === "https:" ? "wss:" : "ws:");
    address.search = new URLSearchParams(named(choice)).toString();
    const socket = new WebSocket(address);
    socket.addEventListener("open", () => this.key && socket.send(JSON.stringify({ key: this.key })));
    return socket;
  }

  /**
   * Ask whether the service answers, again and again with longer pauses, until it does or wants a key.
   * @param {AbortSignal} [signal] of who waits for it; asking goes on without
   * @returns {Promise<void>}
   */
  check(signal) {
    this.#checking ??= this.#ask().finally(() => (this.#checking = null));
    if (!signal) return this.#checking;
    const left = new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    return Promise.race([this.#checking, left]);
  }

  /** Say that a key is wanted; with a good one it is "up" again. */
  lock() {
    this.#reachable = false;
    this.#say("locked");
  }

  async #ask() {
    for (let wait = FIRST_RETRY; ; wait = Math.min(2 * wait, SLOWEST_RETRY)) {
      try {
        await this.models();
        return;
      } catch (error) {
        if (!(error instanceof ServiceError) || error.status === 401) return;
      }
      await Promise.race([pause(wait), new Promise((resolve) => (this.#hurry = () => resolve(undefined)))]);
    }
  }

  /**
   * Send what can wait: a busy service is asked again when it says, a lost one when it is back.
   * @param {string} path
   * @param {object} body
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  async #post(path, body, signal) {
    const request = {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    };
    let wait = FIRST_RETRY;
    for (;;) {
      await pause(Math.max(this.#notBefore - Date.now(), 0), signal);
      try {
        const found = await this.#request(path, request, signal);
        if (Date.now() >= this.#notBefore) this.#say("free"); // others may still wait
        return found;
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        if (error.status === 0) await this.check(signal);
        else if (error.status === 503 || error.status === 429) {
          const asked = error.wait ?? wait;
          this.#notBefore = Date.now() + asked * (1 + 0.2 * Math.random()); // not all clients at once
          wait = Math.min(2 * wait, SLOWEST_RETRY);
          const seconds = Math.max(Math.round(asked / 1000), 1);
          this.#say("busy", `The service is busy; going on in ${seconds} s.`);
        } else throw error;
      }
    }
  }

  /**
   * @param {string} path
   * @param {RequestInit} request
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  async #request(path, request, signal) {
    const limit = AbortSignal.timeout(LONGEST_ANSWER);
    const headers = { ...request.headers, ...(this.key && { Authorization: `Bearer ${this.key}` }) };
    let answer, found;
    try {
      answer = await fetch(Service.address(path), {
        ...request,
        headers,
        cache: "no-store",
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      found = await answer.json().catch((error) => {
        if (error instanceof SyntaxError) return null;
        throw error;
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      this.#lose();
      throw new ServiceError(0, "unreachable", "The service cannot be reached.");
    }
    if (answer.ok && found !== null) {
      this.#find();
      return found;
    }
    if (answer.status === 401) {
      this.lock();
      throw new ServiceError(401, "locked", found?.error ?? "The service asks for a key.");
    }
    const seconds = Number(answer.headers.get("Retry-After"));
    throw new ServiceError(
      answer.status,
      found?.code ?? "unknown",
      found?.error ?? `The service answered with status ${answer.status}.`,
      seconds > 0 ? 1000 * seconds : undefined,
    );
  }

  #lose() {
    this.#reachable = false;
    this.#say("down", "The service cannot be reached; trying again by itself.");
    this.check();
  }

  #find() {
    if (this.#reachable) return;
    this.#reachable = true;
    this.#say("up");
  }

  /**
   * @param {string} event
   * @param {string} [detail]
   */
  #say(event, detail) {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}

/**
 * @param {Choice} choice
 * @returns {Object<string, string>}
 */
function named(choice) {
  return { model: choice.model.name, ...(choice.version && { version: choice.version }) };
}
