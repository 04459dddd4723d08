/** The page says nothing that is not in its catalogs. */
import { parse } from "svelte/compiler";
import { expect, test } from "vitest";

/** Attributes that a person sees or hears. */
const SPOKEN = new Set(["alt", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "hint", "label", "placeholder", "text", "title", "wrong"]);
const LETTER = /\p{L}/u;

interface Node {
  type: string;
  [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function children(node: Node, without: readonly string[] = []): Node[] {
  return Object.entries(node)
    .filter(([key]) => !without.includes(key))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

/** What an expression would show, whatever way it takes; what it calls, compares or picks by name is not shown. */
function shown(node: Node): string[] {
  if (node.type === "Literal") return typeof node.value === "string" && LETTER.test(node.value) ? [node.value] : [];
  if (node.type === "TemplateElement") return LETTER.test(String((node.value as { raw: string }).raw)) ? [String((node.value as { raw: string }).raw)] : [];
  if (node.type === "CallExpression" || node.type === "MemberExpression" || node.type === "BinaryExpression") return [];
  return children(node, node.type === "ConditionalExpression" ? ["test"] : []).flatMap(shown);
}

function literals(node: Node): string[] {
  if (node.type === "Text") return LETTER.test(String(node.data)) ? [String(node.data).trim()] : [];
  if (node.type === "ExpressionTag") return shown(node);
  if (node.type === "Attribute") return SPOKEN.has(String(node.name)) ? children(node).flatMap(literals) : [];
  if (node.type === "StyleDirective") return [];
  return children(node).flatMap(literals);
}

function found(source: string): string[] {
  return literals(parse(source, { modern: true }).fragment as unknown as Node);
}

const components = import.meta.glob<string>("./**/*.svelte", { query: "?raw", import: "default", eager: true });

test("no component says anything of its own", () => {
  const sources = Object.entries(components);
  expect(sources.length).toBeGreaterThan(25);
  const said = sources.flatMap(([file, source]) => found(source).map((text) => `${file}: ${text}`));
  expect(said).toEqual([]);
});

test("a literal is found wherever it would be seen or heard", () => {
  expect(found("<p>Hello</p>")).toEqual(["Hello"]);
  expect(found('<button aria-label="Close">{words.x}</button>')).toEqual(["Close"]);
  expect(found('<input placeholder={"Type"} />')).toEqual(["Type"]);
  expect(found('{#if a}{b ? "Yes" : words.no}{/if}')).toEqual(["Yes"]);
  expect(found("{#each list as one}<li>{`Row ${one}`}</li>{/each}")).toEqual(["Row "]);
  expect(found('{#snippet a()}<b>Deep</b>{/snippet}<Mark text={words.ok} title="Shown" />')).toEqual(["Deep", "Shown"]);
});

test("what is no language is none", () => {
  expect(found('<p class="on" id="x">{words.a} · {kind === "ringing" ? words.b : "\u00a0"} {at("now")}</p><svg viewBox="0 0 1 1" />')).toEqual([]);
});
