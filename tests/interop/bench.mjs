// What a workload's JSONata costs with npm's jsonata 2.0.6: the same states, each expression compiled once.
//
//     JSONATA_DIR=FOLDER_WITH_node_modules node tests/interop/bench.mjs WORKLOAD_DIR EXECUTIONS
//
// A workload is a folder as `bench_adapter` of stepfn-executor reads it. One line of JSON comes out: microseconds of processor time.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";

const require = createRequire(process.env.JSONATA_DIR ? `${process.env.JSONATA_DIR}/` : import.meta.url);
const jsonata = require("jsonata");

const [directory, executions] = [process.argv[2], Number(process.argv[3])];
const read = (name) => JSON.parse(readFileSync(`${directory}/${name}`, "utf8"));
const [machine, mocks, input, expected] = ["definition.json", "mocks.json", "input.json", "expected.json"].map(read);

// A template is a function of what can be read.
const template = (value) => {
  if (typeof value === "string" && value.startsWith("{%") && value.endsWith("%}")) {
    const expression = jsonata(value.slice(2, -2).trim());
    return (scope) => expression.evaluate(undefined, scope);
  }
  if (Array.isArray(value)) {
    const items = value.map(template);
    return async (scope) => Promise.all(items.map((item) => item(scope)));
  }
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value).map(([key, member]) => [key, template(member)]);
    return async (scope) => {
      const object = {};
      for (const [key, member] of members) object[key] = await member(scope);
      return object;
    };
  }
  return async () => value;
};

const compile = (machine) => ({
  start: machine.StartAt,
  states: Object.fromEntries(Object.entries(machine.States).map(([name, state]) => [name, {
    ...state,
    name,
    arguments: state.Arguments === undefined ? undefined : template(state.Arguments),
    output: state.Output === undefined ? undefined : template(state.Output),
    assign: state.Assign === undefined ? undefined : template(state.Assign),
    items: state.Items === undefined ? undefined : template(state.Items),
    selector: state.ItemSelector === undefined ? undefined : template(state.ItemSelector),
    processor: state.ItemProcessor && compile(state.ItemProcessor),
    rules: state.Choices?.map((rule) => ({ next: rule.Next, condition: template(rule.Condition) })),
  }])),
});

const run = async (machine, input, outer = {}, context = {}) => {
  const variables = { ...outer };
  for (let state = machine.states[machine.start]; ; state = machine.states[state.next ?? state.Next]) {
    const scope = (more) => ({ ...variables, states: { input, context, ...more } });
    let result = input;
    let next = state.Next;
    if (state.Type === "Task") {
      const given = state.arguments ? await state.arguments(scope()) : input;
      void given;
      result = structuredClone(mocks[state.Resource.split(":").pop()]);
    } else if (state.Type === "Map") {
      const items = state.items ? await state.items(scope()) : input;
      result = [];
      for (const [index, value] of items.entries()) {
        const inner = { Map: { Item: { Index: index, Value: value } } };
        const item = state.selector ? await state.selector({ ...variables, states: { input, context: inner } }) : value;
        result.push(await run(state.processor, item, variables, inner));
      }
    } else if (state.Type === "Choice") {
      next = state.Default;
      for (const rule of state.rules) {
        if (await rule.condition(scope())) {
          next = rule.next;
          break;
        }
      }
    }
    const done = state.Type === "Task" || state.Type === "Map" ? scope({ result }) : scope();
    const output = state.output ? await state.output(done) : result;
    if (state.assign) Object.assign(variables, await state.assign(done));
    input = output;
    if (next === undefined) return output;
    state = { next };
  }
};

const plain = (value) => JSON.parse(JSON.stringify(value));
const compiled = compile(machine);
const output = plain(await run(compiled, structuredClone(input)));
if (!isDeepStrictEqual(output, expected)) {
  console.error(`another output than expected: ${JSON.stringify(output).slice(0, 300)}`);
  process.exit(1);
}
const before = process.cpuUsage();
for (let count = 0; count < executions; count++) await run(compiled, structuredClone(input));
const used = process.cpuUsage(before);
console.log(JSON.stringify({ executions, microseconds: (used.user + used.system) / executions }));
