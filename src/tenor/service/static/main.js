/** The page: chooses models, hands each change of the text to their readings, and says how the service is. */

import { Service, ServiceError } from "./api.js";
import { element, part } from "./dom.js";
import { EXAMPLES } from "./examples.js";
import { FileSection } from "./file.js";
import { count, shortened } from "./numbers.js";
import { Panel } from "./panel.js";
import { Reading } from "./reading.js";
import { wordCount } from "./text.js";

/** @typedef {import("./api.js").Choice} Choice */

const QUIET = 1_200; // milliseconds without a change, after which the verdict is said aloud

const service = new Service();
const area = part(document, "#text");
const status = part(document, "#status");
const lock = part(document, "#key");
const keyField = part(document, "#key-field");
/** @type {HTMLSelectElement[]} */
const selects = [part(document, "#model"), part(document, "#other")];

/** @type {Choice[]} all that can be chosen */
let choices = [];
/** @type {Reading[]} */
let readings = [];
/** @type {Map<string, string>} model -> what it says */
const verdicts = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let saying;

/** @param {string} sentence nothing: all is well */
function say(sentence) {
  if (status.textContent !== sentence) status.textContent = sentence;
}

/** @param {string} text */
function write(text) {
  area.value = text;
  changed();
  area.focus();
}

function changed() {
  const text = area.value;
  part(document, "#count").textContent = count(wordCount(text), "word");
  part(document, "#clear").disabled = !text;
  part(document, "#examples").hidden = Boolean(text);
  clearTimeout(saying);
  verdicts.clear();
  for (const reading of readings) reading.read(text);
}

/** Say the verdict aloud, once nothing changes any more. */
function sayVerdict() {
  clearTimeout(saying);
  saying = setTimeout(() => {
    const said = [...verdicts].map(([name, verdict]) =>
      verdicts.size > 1 ? `${name}: ${verdict}` : verdict,
    );
    part(document, "#verdict").textContent = said.join(". ");
  }, QUIET);
}

/** Make a reading for each model that is chosen. */
function choose() {
  for (const reading of readings) reading.close();
  const chosen = selects.flatMap((select) => (select.value ? [choices[Number(select.value)]] : []));
  verdicts.clear();
  const panels = chosen.map(
    (choice, place) =>
      new Panel(part(document, "#reading"), choice, (verdict) => {
        verdicts.set(`${place ? "second" : "first"} model, ${choice.model.name}`, verdict);
        sayVerdict();
      }),
  );
  part(document, "#readings").replaceChildren(...panels.map(({ root }) => root));
  part(document, "#readings").classList.toggle("two", chosen.length > 1);
  readings = chosen.map((choice, place) => new Reading(service, choice, panels[place]));
  for (const reading of readings) reading.read(area.value);
}

/** Ask what is served, and offer it; what was chosen stays so where it still is there. */
async function offer() {
  const { default: first, models } = await service.models();
  const before = choices;
  const kept = selects.map(({ value }) => (value ? title(before[Number(value)]) : ""));
  choices = models.flatMap((model) => [
    { model, version: "" },
    ...model.versions.filter((version) => version !== model.version).map((version) => ({ model, version })),
  ]);
  const known = choices.map(title);
  selects.forEach((select, place) => {
    const options = known.map((name, i) => element("option", { value: i }, name));
    select.replaceChildren(
      ...(place ? [element("option", { value: "" }, "no other model")] : []),
      ...options,
    );
    const old = known.indexOf(kept[place]);
    const otherwise = place
      ? ""
      : String(choices.findIndex(({ model, version }) => model.name === first && !version));
    select.value = old >= 0 ? String(old) : otherwise;
    select.disabled = false;
  });
  if (JSON.stringify(before) !== JSON.stringify(choices)) choose();
  else for (const reading of readings) reading.read(area.value);
}

/** @param {Choice} choice */
function title({ model, version }) {
  return version ? `${model.name}, version ${version}` : model.name;
}

for (const text of EXAMPLES) {
  const button = element("button", { type: "button" }, `“${shortened(text, 150)}`);
  button.addEventListener("click", () => write(text));
  part(document, "#examples").append(button);
}
area.addEventListener("input", changed);
part(document, "#clear").addEventListener("click", () => write(""));
for (const select of selects) select.addEventListener("change", choose);
lock.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  service.key = keyField.value;
  keyField.value = "";
  lock.hidden = true;
  service.check().then(() => service.reachable && area.focus());
});
service.addEventListener("down", (event) => say(/** @type {CustomEvent} */ (event).detail));
service.addEventListener("busy", (event) => say(/** @type {CustomEvent} */ (event).detail));
service.addEventListener("free", () => say(""));
service.addEventListener("locked", () => {
  say(service.key ? "The service does not take this key." : "");
  service.key = "";
  if (!lock.hidden) return;
  lock.hidden = false;
  keyField.focus();
});
service.addEventListener("up", () => {
  say("");
  lock.hidden = true;
  offer().catch((error) => {
    if (!(error instanceof ServiceError)) throw error;
  });
});
new FileSection(
  part(document, "#file"),
  service,
  () => choices[Number(selects[0].value)] ?? null,
  (text) => {
    write(text);
    area.scrollIntoView({ block: "center" });
  },
);
service.check();
