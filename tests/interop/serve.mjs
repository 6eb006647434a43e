// The SDK for JavaScript against `stepfn serve`: serve.py runs it, where the SDK is installed.
import * as sdk from "@aws-sdk/client-sfn";

const client = new sdk.SFNClient({ endpoint: process.env.AWS_ENDPOINT_URL_SFN, disableHostPrefix: true });
const call = (name, input) => client.send(new sdk[`${name}Command`](input));
const roleArn = "arn:aws:iam::123456789012:role/workflow";
const definition = (states) => JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
let [passed, failed] = [0, 0];

function check(what, holds, shown) {
  if (holds) passed += 1;
  else {
    failed += 1;
    console.log(`FAILED ${what}: ${JSON.stringify(shown)}`);
  }
}

async function ends(executionArn, status) {
  const end = Date.now() + 15_000;
  for (;;) {
    const found = await call("DescribeExecution", { executionArn });
    if (found.status === status || Date.now() > end) {
      check(`it ends ${status}`, found.status === status, found);
      return found;
    }
  }
}

const { activityArn } = await call("CreateActivity", { name: "js" });
const asks = definition({ Ask: { Type: "Task", Resource: activityArn, End: true } });
const { stateMachineArn, creationDate } = await call("CreateStateMachine", { name: "Js", definition: asks, roleArn });
check("a date is a date", creationDate instanceof Date, creationDate);

const { executionArn } = await call("StartExecution", { stateMachineArn, name: "one", input: '{"n":1}' });
let task = await call("GetActivityTask", { activityArn, workerName: "js" });
check("a worker gets the task", task.input === '{"n":1}', task);
await call("SendTaskHeartbeat", { taskToken: task.taskToken });
await call("SendTaskFailure", { taskToken: task.taskToken, error: "Refused", cause: "no" });
check("the failure is told", (await ends(executionArn, "FAILED")).error === "Refused");
await call("RedriveExecution", { executionArn });
task = await call("GetActivityTask", { activityArn });
await call("SendTaskSuccess", { taskToken: task.taskToken, output: '"yes"' });
const ended = await ends(executionArn, "SUCCEEDED");
check("the output and the redrive", ended.output === '"yes"' && ended.redriveCount === 1, ended);

const pages = [];
for await (const page of sdk.paginateGetExecutionHistory({ client, pageSize: 2 }, { executionArn })) pages.push(page.events);
const ids = pages.flat().map((event) => event.id);
check("history comes in pages", pages.length > 2 && ids.every((id, index) => id === index + 1), ids);

const quick = definition({ Say: { Type: "Pass", Result: "hello", End: true } });
const express = await call("CreateStateMachine", { name: "JsQuick", type: "EXPRESS", definition: quick, roleArn });
const synchronous = await call("StartSyncExecution", { stateMachineArn: express.stateMachineArn });
check("an Express execution runs at once", synchronous.output === '"hello"', synchronous);
const tested = await call("TestState", { definition: '{"Type":"Pass","Result":1,"End":true}', roleArn });
check("a state is tested", tested.status === "SUCCEEDED" && tested.output === "1", tested);

for (const [name, input, expected] of [
  ["DescribeExecution", { executionArn: `${executionArn}x` }, sdk.ExecutionDoesNotExist],
  ["StartExecution", { stateMachineArn, name: "one", input: "{}" }, sdk.ExecutionAlreadyExists],
  ["SendTaskSuccess", { taskToken: task.taskToken, output: "1" }, sdk.TaskTimedOut],
]) {
  const error = await call(name, input).then(() => undefined, (error) => error);
  check(`${name} is refused`, error instanceof expected, error);
}
console.log(`${passed} passed, ${failed} failed`);
