// Synthesises a stack of the machines' ASL JSON with the CDK, and writes what its template and its assets hold:
//   node cdk.mjs MODULES DIR OUT
// One line of JSON for each machine: {"file", "properties", "definition"}.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [, , modules, dir, out] = process.argv;
const require = createRequire(join(modules, "package.json"));
const { App, Stack } = require("aws-cdk-lib");
const { DefinitionBody, StateMachine } = require("aws-cdk-lib/aws-stepfunctions");

for (const file of readdirSync(dir).filter((name) => name.endsWith(".asl.json")).sort()) {
  const path = join(dir, file);
  const names = [...readFileSync(path, "utf8").matchAll(/\$\{([A-Za-z0-9]+)\}/g)].map((match) => match[1]);
  const app = new App({ outdir: join(out, file) });
  const stack = new Stack(app, "Stack");
  new StateMachine(stack, "Machine", {
    definitionBody: DefinitionBody.fromFile(path),
    definitionSubstitutions: Object.fromEntries(names.map((name) => [name, `the ${name}`])),
  });
  const assembly = app.synth();
  const resources = Object.values(assembly.getStackByName("Stack").template.Resources);
  const { Properties: properties } = resources.find((each) => each.Type === "AWS::StepFunctions::StateMachine");
  const asset = `asset.${properties.DefinitionS3Location.Key}`;
  const definition = readFileSync(join(assembly.directory, asset), "utf8");
  console.log(JSON.stringify({ file, properties, definition }));
}
