/** The OpenAPI document as a page. All it holds is put in as text, never as markup. */

const DEEPEST = 6; // of what is shown of a schema
const METHODS = ["get", "post", "put", "patch", "delete"];

/**
 * Make an element with children, which are elements or text.
 * @param {string} tag
 * @param {...(Node | string | null)} children
 */
function element(tag, ...children) {
  const made = document.createElement(tag);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** @param {string} text */
const code = (text) => element("code", text);

/**
 * @param {string} text
 * @param {string} name
 */
function classed(text, name) {
  const made = element("span", text);
  made.className = name;
  return made;
}

/** What a document says of its schemas. */
class Schemas {
  /** @param {any} openapi */
  constructor(openapi) {
    this.named = openapi.components?.schemas ?? {};
  }

  /** @param {any} schema */
  resolved(schema) {
    const name = schema?.$ref?.split("/").pop();
    return name ? { ...this.named[name], ...schema, $ref: undefined } : schema;
  }

  /**
   * Name the type of a schema in words.
   * @param {any} given
   * @returns {string}
   */
  type(given) {
    const schema = this.resolved(given);
    if (!schema) return "any";
    if ("const" in schema) return JSON.stringify(schema.const);
    if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" or ");
    if (schema.anyOf) return [...new Set(schema.anyOf.map((one) => this.type(one)))].join(" or ");
    if (schema.type === "array") return `list of ${this.type(schema.items)}`;
    if (schema.type === "object" && schema.additionalProperties && !schema.properties) {
      return schema.additionalProperties === true ? "object" : `object of ${this.type(schema.additionalProperties)}`;
    }
    const limits = [
      schema.minimum !== undefined ? `from ${schema.minimum}` : "",
      schema.maximum !== undefined ? `to ${schema.maximum}` : "",
    ].filter(Boolean);
    return [schema.type ?? "any", ...limits].join(" ");
  }

  /**
   * List the fields of an object, or of the objects in a list.
   * @param {any} given
   * @param {number} [depth]
   * @returns {HTMLElement | null}
   */
  fields(given, depth = 0) {
    const schema = this.resolved(given);
    if (!schema || depth > DEEPEST) return null;
    if (schema.type === "array") return this.fields(schema.items, depth);
    if (!schema.properties) {
      const inner = schema.anyOf?.find((one) => this.resolved(one).type !== "null");
      return inner ? this.fields(inner, depth) : null;
    }
    const needed = schema.required ?? [];
    return element("ul", ...Object.entries(schema.properties).map(([name, field]) => element(
      "li", code(name), " ",
      classed(this.type(field) + (needed.includes(name) ? "" : ", optional"), "type"),
      field.description ? `: ${field.description}` : null,
      this.fields(field, depth + 1),
    )));
  }
}

/**
 * @param {Schemas} schemas
 * @param {string} path
 * @param {string} method
 * @param {any} operation
 */
function article(schemas, path, method, operation) {
  const title = element("h3", code(`${method.toUpperCase()} ${path}`));
  title.id = operation.operationId;
  const made = element("article", title, element("p", operation.description ?? operation.summary ?? ""));
  for (const one of operation.parameters ?? []) {
    made.append(element("p", code(one.name), " ", classed(`${schemas.type(one.schema)}, in the ${one.in}`, "type")));
  }
  const body = operation.requestBody?.content?.["application/json"];
  if (body) {
    made.append(element("h4", "Takes"), schemas.fields(body.schema) ?? schemas.type(body.schema));
    const example = schemas.resolved(body.schema)?.examples?.[0];
    if (example) {
      const address = new URL(path.replace(/\{(\w+)\}/g, (_, name) => name.toUpperCase()), document.baseURI);
      const command = `curl ${address} --json '${JSON.stringify(example).replaceAll("'", "'\\''")}'`;
      made.append(element("h4", "For example"), element("pre", code(command)));
    }
  }
  const fields = schemas.fields(Object.values(operation.responses[200]?.content ?? {})[0]?.schema);
  if (fields) made.append(element("details", element("summary", "Gives"), fields));
  const errors = Object.keys(operation.responses).filter((status) => Number(status) >= 400);
  made.append(element("p", classed(`Errors: ${errors.join(", ")}`, "type")));
  return made;
}

/**
 * Say what each status of an error means.
 * @param {any[]} operations
 */
function errors(operations) {
  const meanings = new Map();
  for (const operation of operations) {
    for (const [status, answer] of Object.entries(operation.responses)) {
      if (Number(status) >= 400) meanings.set(status, answer.description);
    }
  }
  const rows = [...meanings].sort().map(([status, meaning]) => element("li", code(status), ` ${meaning}`));
  return element("section", element("h2", "errors"), element(
    "article", element("p", "Whatever the status: ", code('{"error": "what was wrong", "code": "for_programs"}')),
    element("ul", ...rows),
  ));
}

/** @param {any} openapi */
function show(openapi) {
  const schemas = new Schemas(openapi);
  const groups = new Map();
  const links = [];
  for (const [path, methods] of Object.entries(openapi.paths)) {
    for (const method of METHODS.filter((one) => one in methods)) {
      const operation = methods[method];
      const group = operation.tags?.[0] ?? "other";
      if (!groups.has(group)) groups.set(group, element("section", element("h2", group)));
      groups.get(group).append(article(schemas, path, method, operation));
      const link = element("a", `${method.toUpperCase()} ${path}`);
      link.setAttribute("href", `#${operation.operationId}`);
      links.push(element("li", link));
    }
  }
  const contents = document.getElementById("contents");
  contents?.append(element("ul", ...links));
  contents?.removeAttribute("hidden");
  const operations = Object.values(openapi.paths).flatMap((methods) => Object.values(methods));
  document.getElementById("paths")?.append(...groups.values(), errors(operations));
}

const state = document.getElementById("state");
try {
  const answer = await fetch("openapi.json");
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  show(await answer.json());
  state?.remove();
} catch (error) {
  if (state) state.textContent = `openapi.json could not be read (${error instanceof Error ? error.message : error}).`;
}
