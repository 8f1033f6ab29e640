/** `Table`: a file of separated values, read strictly; as it is written a spreadsheet runs nothing of it. */

/**
 * @typedef {Object} Table
 * @property {string[]} names of the columns
 * @property {string[][]} rows
 * @property {string} separator
 * @property {boolean} mark whether the file begins with a byte order mark, as spreadsheets write it
 *
 * @typedef {Object} Dialect
 * @property {string} separator
 * @property {boolean} quoted whether quotes around a field are part of the format
 */

export const MOST_BYTES = 64 * 2 ** 20;

const HEAD = 2 ** 18; // characters that choose the dialect
const LONGEST_NAME = 60; // characters; a longer name of a column is a text
const SAMPLE = 1000; // rows among which the column of the text is looked for
/** @type {Dialect[]} the first in which the head of a file is a table, or the first of all */
const DIALECTS = [
  { separator: ",", quoted: true },
  { separator: ";", quoted: true },
  { separator: "\t", quoted: true },
  { separator: "\t", quoted: false },
];
/** Names of columns of text, best first, as the command line has them. */
const TEXT_NAMES = [
  "text",
  "review",
  "review_text",
  "reviewtext",
  "review_body",
  "sentence",
  "content",
  "comment",
  "body",
  "tweet",
  "message",
  "document",
  "phrase",
  "utterance",
];

/** What is wrong with a file, in one sentence. */
export class CsvError extends Error {}

/**
 * Return the text of a file.
 * @param {Uint8Array} bytes
 * @returns {{text: string, mark: boolean}}
 */
export function decoded(bytes) {
  const starts = (/** @type {number[]} */ ...values) => values.every((value, i) => bytes[i] === value);
  if (!bytes.length) throw new CsvError("The file is empty; its first line names the columns.");
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff))
    throw new CsvError("The file is UTF-16; save it as CSV in UTF-8.");
  if (starts(0x50, 0x4b, 3, 4) || starts(0xd0, 0xcf, 0x11, 0xe0)) {
    throw new CsvError("The file is a spreadsheet or an archive; save it as CSV in UTF-8.");
  }
  if (starts(0x1f, 0x8b)) throw new CsvError("The file is compressed; unpack it first.");
  if (bytes.includes(0))
    throw new CsvError("The file is binary or UTF-16, no text in UTF-8; save it as CSV in UTF-8.");
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), mark: starts(0xef, 0xbb, 0xbf) };
  } catch {
    throw new CsvError(
      "The file is no UTF-8, most likely an older encoding such as Latin-1; save it as CSV in UTF-8.",
    );
  }
}

/**
 * Yield the fields of each record and the line it begins in; blank lines are no records.
 * @param {string} text
 * @param {Dialect} dialect
 * @returns {Generator<{fields: string[], line: number}>}
 */
export function* records(text, { separator, quoted }) {
  let [at, line] = [0, 1];
  const plain = new RegExp(`[^${separator}\\r\\n]*`, "y");
  while (at < text.length) {
    const begun = line;
    const fields = [];
    for (let open = true; open;) {
      if (quoted && text[at] === '"') {
        let end = at;
        do {
          end = text.indexOf('"', end + 1);
          if (end < 0)
            throw new CsvError(
              `Line ${begun}: a quoted text is not closed; write a quote inside quotes twice ("").`,
            );
        } while (text[end + 1] === '"' && (end += 1));
        const field = text.slice(at + 1, end);
        line += field.match(/\r\n|\r|\n/g)?.length ?? 0;
        fields.push(field.replaceAll('""', '"'));
        at = end + 1;
        if (at < text.length && !`${separator}\r\n`.includes(text[at])) {
          throw new CsvError(
            `Line ${line}: a quoted text goes on after its end; write a quote inside quotes twice ("").`,
          );
        }
      } else {
        plain.lastIndex = at;
        const field = plain.exec(text)?.[0] ?? "";
        fields.push(field);
        at += field.length;
      }
      open = text[at] === separator;
      if (open) at += 1;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    line += 1;
    if (fields.length > 1 || fields[0] !== "") yield { fields, line: begun };
  }
}

/**
 * Return the table of a file.
 * @param {Uint8Array} bytes
 * @returns {Table}
 */
export function tableOf(bytes) {
  const { text, mark } = decoded(bytes);
  const dialect = dialectOf(text);
  const found = records(text, dialect);
  const first = found.next();
  if (first.done) throw new CsvError("The file holds blank lines only; its first line names the columns.");
  const names = first.value.fields.map((name, i) => name.trim() || `column ${i + 1}`);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw new CsvError(`Two columns are called “${repeated}”; rename one.`);
  if (names.some((name) => name.length > LONGEST_NAME)) {
    throw new CsvError("The first line holds a text and no names of columns; put a line of names above it.");
  }
  const rows = [];
  for (const { fields, line } of found) {
    if (fields.length !== names.length) {
      const separator = dialect.separator === "\t" ? "tab" : dialect.separator;
      throw new CsvError(
        `Line ${line.toLocaleString("en")} has ${fields.length} fields where the first line names ` +
          `${names.length}; put quotes around text that holds “${separator}”.`,
      );
    }
    rows.push(fields);
  }
  if (!rows.length) throw new CsvError("The file has names of columns and no rows.");
  return { names, rows, separator: dialect.separator, mark };
}

/** @param {string} text */
function dialectOf(text) {
  const whole = text.length <= HEAD;
  return DIALECTS.find((dialect) => isTable(text.slice(0, HEAD), dialect, whole)) ?? DIALECTS[0];
}

/** @param {string} head @param {Dialect} dialect @param {boolean} whole */
function isTable(head, dialect, whole) {
  /** @type {number[]} */
  const widths = [];
  try {
    for (const { fields } of records(head, dialect)) widths.push(fields.length);
  } catch {
    if (whole || !widths.length) return false; // else it may have been cut inside quotes
    widths.push(0);
  }
  if (!whole && widths.length > 1) widths.pop();
  return widths[0] > 1 && widths.every((width) => width === widths[0]);
}

/**
 * Return the place of the column that holds the text: by its name, else the one of the longest fields.
 * @param {Table} table
 */
export function textColumn({ names, rows }) {
  const known = names.map((name) => name.toLowerCase().replaceAll(" ", "_"));
  for (const name of TEXT_NAMES) if (known.includes(name)) return known.indexOf(name);
  const sample = rows.slice(0, SAMPLE);
  const lengths = names.map((_, i) => sample.reduce((sum, row) => sum + row[i].length, 0));
  return lengths.indexOf(Math.max(...lengths));
}

/**
 * Return a field as it is written: with an apostrophe in front if a spreadsheet would take it for a formula.
 * @param {string} value
 * @param {string} separator
 */
export function written(value, separator) {
  const formula =
    /^[=+\-@\t\r＝＋－＠]/u.test(value) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/iu.test(value);
  const safe = formula ? `'${value}` : value;
  return safe.includes(separator) || /[",;\t\r\n]|^\s|\s$/u.test(safe)
    ? `"${safe.replaceAll('"', '""')}"`
    : safe;
}

/**
 * Return the parts of a file: the table with further columns, in its own dialect.
 * @param {Table} table
 * @param {string[]} names of the further columns
 * @param {(row: number) => string[]} values of a row in them
 * @returns {string[]}
 */
export function fileOf(table, names, values) {
  const line = (/** @type {string[]} */ fields) =>
    `${fields.map((one) => written(one, table.separator)).join(table.separator)}\r\n`;
  return [
    table.mark ? "\ufeff" : "",
    line([...table.names, ...names]),
    ...table.rows.map((row, i) => line([...row, ...values(i)])),
  ];
}
