// Compares stepfn-jsonata with npm's jsonata 2.0.6: values and error texts of expressions that are made at random.
//
//     npm install jsonata@2.0.6      (in a folder of its own, named by JSONATA_DIR)
//     cargo build --release -p stepfn-jsonata --example evaluate      (another place: EVALUATE)
//     node tests/interop/jsonata.mjs [COUNT] [SEED]
//
// Without a count the expressions are read from the file CASES, a line each: those of machines, as `tests/soundness` writes them.
// What differs is printed; the last line is `N passed, M failed`.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.JSONATA_DIR ? `${process.env.JSONATA_DIR}/` : import.meta.url);
const jsonata = require("jsonata");

let state = BigInt(process.argv[3] ?? 1);
const draw = (n) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
  return Number((state >> 33n) % BigInt(n));
};
const pick = (list) => list[draw(list.length)];

const data = {
  id: 7, name: "Ada Lovelace", flag: true, none: null, rate: 2.5, empty: [], void: {},
  tags: ["red", "green", "blue", "red"], numbers: [3, 1, 2, 2.5, -4],
  nested: [[1, 2], [3, [4, 5]]],
  items: [
    { sku: "a1", price: 10, qty: 2, dims: { w: 1, h: 2 }, tags: ["x"] },
    { sku: "b2", price: 2.5, qty: 4, dims: { w: 3, h: 4 }, tags: ["x", "y"] },
    { sku: "c3", price: 7, qty: 0, note: null, tags: [] },
    { sku: "a1", price: 1, qty: 1, dims: { w: 5, h: 6 } },
  ],
  owner: { name: "Bob", address: { city: "Paris", "zip code": "75001" }, items: [{ sku: "z", price: 1 }] },
};

const fields = ["id", "name", "flag", "none", "rate", "empty", "void", "tags", "numbers", "nested", "items", "owner",
  "items.sku", "items.price", "items.dims.w", "items.tags", "owner.name", "owner.address.city", "owner.address.`zip code`",
  "items[0]", "items[-1].sku", "items[price > 2].sku", "numbers[0]", "numbers[[0,2]]", "tags[1]", "missing", "items.missing",
  "items[]", "items[0].tags[]", "owner.*", "items.*", "**.sku", "nested", "nested[0]", "nested.$", "$", "$.id", "$$.name",
  "items^(price)", "items^(>price, sku).sku", "items@$i.{'s': $i.sku}", "items#$n.{'n': $n, 'sku': sku}", "items.dims.%.sku",
  "items{sku: price}", "items{sku: $sum(price)}", "items.(price * qty)", "items.[sku, price]", "numbers.($ * 2)",
  "items.{'k': sku, 'v': price}", "$v", "owner.items.%.name", "items.tags.%.sku", "numbers^(<$)", "tags^($)", "items[note = null].sku"];
const literals = ["1", "0", "-3", "2.5", "1e3", "'x'", "\"\"", "'red'", "true", "false", "null", "[]", "[1,2,3]", "[[1],[2]]",
  "{}", "{'a': 1}", "{'a': [1,2], 'b': 'x'}", "[1..4]", "['a','b']", "/a/", "/r(e)d/i"];
const unary = ["$sum", "$count", "$max", "$min", "$average", "$string", "$length", "$uppercase", "$lowercase", "$trim", "$number",
  "$abs", "$floor", "$ceil", "$round", "$sqrt", "$boolean", "$not", "$keys", "$exists", "$spread", "$merge", "$reverse", "$sort",
  "$distinct", "$type", "$base64encode", "$encodeUrlComponent", "$clone", "$zip", "$single", "$join"];
const binary = ["$substringBefore", "$substringAfter", "$contains", "$split", "$join", "$append", "$lookup", "$power", "$round",
  "$formatBase", "$pad", "$match", "$formatNumber", "$substring", "$zip", "$formatInteger", "$sort"];
const functions = ["function($x){$x}", "function($x){$x.price}", "function($x, $i){$i}", "function($a, $b){$a > $b}",
  "function($x){$x = 'red'}", "$string", "$uppercase", "function($x)<n:n>{$x + 1}", "function($a, $b){$a & $b}", "$sum",
  "function($l, $r){$l.price > $r.price}", "$substring(?, 1)", "function($x){$x > 1}"];
const higher = ["$map", "$filter", "$reduce", "$each", "$sift", "$single", "$sort"];
const operators = ["+", "-", "*", "/", "%", "=", "!=", "<", "<=", ">", ">=", "&", "and", "or", "in", "~>"];

function expression(depth) {
  if (depth <= 0) return draw(3) ? pick(fields) : pick(literals);
  const inner = () => expression(depth - 1 - draw(2));
  switch (draw(16)) {
    case 0: case 1: case 2: return `(${inner()}) ${pick(operators)} (${inner()})`;
    case 3: return `${pick(unary)}(${inner()})`;
    case 4: return `${pick(binary)}(${inner()}, ${inner()})`;
    case 5: return `${pick(higher)}(${inner()}, ${pick(functions)})`;
    case 6: return `(${inner()})[${inner()}]`;
    case 7: return `(${inner()}).(${inner()})`;
    case 8: return `(${inner()}) ? (${inner()}) : (${inner()})`;
    case 9: return `[${inner()}, ${inner()}]`;
    case 10: return `{'a': ${inner()}, 'b': ${inner()}}`;
    case 11: return `($v := ${inner()}; ${inner()})`;
    case 12: return `$replace(${inner()}, ${inner()}, ${inner()})`;
    case 13: return `(${inner()}) ~> ${pick(unary)}`;
    case 14: return `(${inner()}) ~> |${pick(["$", "items", "owner", "**", "items[0]"])}|${inner()}${draw(2) ? `, ${inner()}` : ""}|`;
    default: return `(${inner()})^(${draw(2) ? ">" : ""}${inner()})`;
  }
}

const cases = process.argv[2] === undefined && process.env.CASES
  ? readFileSync(process.env.CASES, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line))
  : Array.from({ length: Number(process.argv[2] ?? 5000) }, () => ({ expr: expression(1 + draw(3)), data }));

const program = process.env.EVALUATE ?? "target/release/examples/evaluate";
const ours = execFileSync(program, { input: cases.map((c) => JSON.stringify(c)).join("\n") + "\n", maxBuffer: 1 << 30 })
  .toString().trimEnd().split("\n").map((line) => JSON.parse(line));

const sorted = (value) => Array.isArray(value) ? value.map(sorted)
  : value && typeof value === "object" ? Object.fromEntries(Object.keys(value).sort().map((k) => [k, sorted(value[k])])) : value;
// Numbers that JSON does not have are texts of ours.
const shown = (value) => JSON.stringify(sorted(value), (_, v) =>
  typeof v === "number" && !Number.isFinite(v) ? String(v) : typeof v === "function" || v?._jsonata_function || v?._jsonata_lambda ? "<function>" : v);

// The reference says the name of a function where it was called by that name before, in whatever expression.
const named = [...unary, ...binary, ...higher, "$replace"];
for (const name of named) await jsonata(`${name}(1, 2, 3, 4, 5, 6)`).evaluate({}).catch(() => {});
await jsonata("$join([])").evaluate({}).catch(() => {});

// Powers differ in their last digit between libraries of mathematics.
const near = (a, b) => typeof a === "number" && typeof b === "number" ? a === b || Math.abs(a - b) <= 4e-16 * Math.abs(a)
  : Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((item, at) => near(item, b[at]))
  : a && b && typeof a === "object" && typeof b === "object" ? shown(Object.keys(sorted(a))) === shown(Object.keys(sorted(b))) && Object.keys(a).every((key) => near(a[key], b[key]))
  : shown(a) === shown(b);
// A function that is handed over is called `f` by the reference, or as whoever called it last.
const unnamed = (message) => message.replace(/function "[^"]*"/, "function");
// The source text of a function of the reference, which it puts into a text or the message of an error, is no value that somebody else has.
const isSource = (shown) => /async function|_jsonata_function/.test(shown);
// The reference changes its own input, and in a transform its copy: grouping an empty array of it, `e{…}`, leaves an undefined item in that array, which all that is
// evaluated later reads. Our values do not change, so that what comes after such a group is not compared. The item is seen in what is left, or, where a text was made of it,
// as it is put there: no other array than one that the reference makes for its own use gets one.
const isSpoilt = (value) => Array.isArray(value) ? value.some((item) => item === undefined || isSpoilt(item))
  : value !== null && typeof value === "object" && Object.values(value).some(isSpoilt);
let spoils = false;
const push = Array.prototype.push;
Array.prototype.push = function (...items) {
  if (items.length === 1 && items[0] === undefined && this.length === 0 && !this.sequence) spoils = true;
  return push.apply(this, items);
};

// A partial application of a built-in function hands the arguments to JavaScript unchecked there, and is checked as a call is by ours.
const isUnchecked = (expr, mine) => expr.includes("(?") && ["T0410", "T0411", "T0412"].includes(mine.code);

let [equal, different, foreign, either, spoilt, unchecked, source] = [0, 0, 0, 0, 0, 0, 0];
for (const [index, { expr, data }] of cases.entries()) {
  let theirs;
  spoils = false;
  const input = structuredClone(data);
  try {
    const value = await jsonata(expr).evaluate(input);
    theirs = value === undefined ? {} : { value };
  } catch (error) {
    // An error without a code is one of JavaScript itself.
    theirs = error.code ? { code: error.code, message: error.message } : { foreign: String(error.message) };
  }
  const mine = ours[index];
  const text = shown(theirs.value) ?? "";
  const same = theirs.foreign !== undefined || theirs.value?.constructor === Function || text.includes("<function>")
    ? (foreign++, true)
    : theirs.code ? theirs.code === mine.code && (theirs.code.startsWith("S") || theirs.message === mine.message || named.some((name) => expr.includes(`${name})`)) && unnamed(theirs.message) === unnamed(mine.message ?? ""))
    : mine.code === undefined && (text === (shown(mine.value) ?? "") || near(theirs.value, mine.value));
  if (same) equal++;
  // The parts of an array and of an object are evaluated side by side there: which of two errors comes first is open.
  else if (theirs.code && mine.code && /[[{]/.test(expr)) either++;
  else if (isSpoilt(input) || isSpoilt(theirs.value) || spoils) spoilt++;
  else if (isSource(theirs.message ?? text)) source++;
  else if (isUnchecked(expr, mine)) unchecked++;
  else {
    different++;
    console.log(`${expr}\n    jsonata: ${theirs.code ? `${theirs.code}: ${theirs.message}` : text}\n    stepfn:  ${mine.code ? `${mine.code}: ${mine.message}` : shown(mine.value)}`);
  }
}
console.log(`${foreign} end in errors of JavaScript, or give functions`);
console.log(`${either} fail at another of several places`);
console.log(`${unchecked} hand unchecked arguments to a built-in function`);
console.log(`${source} hold the source of a function of the reference`);
console.log(`${spoilt} read what the reference left in its input`);
console.log(`${equal} passed, ${different} failed`);
process.exit(different ? 1 : 0);
