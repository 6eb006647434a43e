#!/usr/bin/env python3
"""boto3, the AWS CLI and the SDK for JavaScript against `stepfn serve`: they create, start, describe, answer tokens, page through
histories, stop and redrive, across a kill of the server.

Installs them from PyPI and npm into the target directory. The closing line counts the checks.
"""
import datetime
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PYTHON = TARGET / "interop" / "serve-venv"
JAVASCRIPT = TARGET / "interop" / "serve-js"
PACKAGES = ["awscli==1.45.11", "boto3"]
JS_PACKAGE = "@aws-sdk/client-sfn@3"
ARN = "arn:aws:states:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/workflow"
passed = failed = 0


def in_venv():
    """Starts this script again in an environment that has boto3."""
    python = PYTHON / "bin" / "python"
    if pathlib.Path(sys.prefix) == PYTHON:
        return
    if not (PYTHON / "bin" / "aws").exists():
        venv.create(PYTHON, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    os.execv(python, [str(python), __file__, *sys.argv[1:]])


def check(what, holds, shown=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {what}: {shown}")


def refused(client, code, call, **params):
    try:
        answer = call(**params)
    except client.exceptions.ClientError as error:
        check(f"{call.__name__} is refused", error.response["Error"]["Code"] == code, error)
    else:
        check(f"{call.__name__} is refused", False, answer)


def until(what, ask, is_so):
    end = time.monotonic() + 15
    while True:
        answer = ask()
        if is_so(answer):
            check(what, True)
            return answer
        if time.monotonic() > end:
            check(what, False, answer)
            return answer
        time.sleep(0.02)


def serve(binary, store, port):
    server = subprocess.Popen(
        [binary, "serve", "--port", str(port), "--db", store], stdout=subprocess.DEVNULL
    )
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return server
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
    raise SystemExit("stepfn serve does not answer")


def client(port):
    import boto3
    from botocore.config import Config

    return boto3.client(
        "stepfunctions",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(inject_host_prefix=False, retries={"max_attempts": 1}),
    )


def definition(states):
    return json.dumps({"StartAt": next(iter(states)), "States": states})


def lifecycle(sfn):
    text = definition({"Done": {"Type": "Pass", "Result": {"ok": True}, "End": True}})
    machine = sfn.create_state_machine(name="Lifecycle", definition=text, roleArn=ROLE, publish=True)
    arn = machine["stateMachineArn"]
    check("creation has a date", isinstance(machine["creationDate"], datetime.datetime), machine)
    check("a version is made", machine["stateMachineVersionArn"] == arn + ":1", machine)
    check("describe gives the definition", sfn.describe_state_machine(stateMachineArn=arn)["definition"] == text)
    names = [one["name"] for one in sfn.list_state_machines()["stateMachines"]]
    check("list has it", "Lifecycle" in names, names)
    started = sfn.start_execution(stateMachineArn=arn, name="one", input='{"id": 7}')
    again = sfn.start_execution(stateMachineArn=arn, name="other", input="{}")
    ended = until(
        "an execution succeeds",
        lambda: sfn.describe_execution(executionArn=started["executionArn"]),
        lambda one: one["status"] == "SUCCEEDED",
    )
    check("its output", json.loads(ended.get("output", "null")) == {"ok": True}, ended)
    check("its input", ended["input"] == '{"id": 7}', ended)
    until(
        "the other, too",
        lambda: sfn.describe_execution(executionArn=again["executionArn"]),
        lambda one: one["status"] == "SUCCEEDED",
    )
    pages = list(
        sfn.get_paginator("get_execution_history").paginate(
            executionArn=started["executionArn"], PaginationConfig={"PageSize": 2}
        )
    )
    ids = [event["id"] for page in pages for event in page["events"]]
    check("history comes in pages", len(pages) >= 2 and ids == [1, 2, 3, 4], ids)
    back = sfn.get_execution_history(executionArn=started["executionArn"], reverseOrder=True)["events"]
    check("history comes in reverse", [event["id"] for event in back] == [4, 3, 2, 1], back)
    listed = list(
        sfn.get_paginator("list_executions").paginate(stateMachineArn=arn, PaginationConfig={"PageSize": 1})
    )
    listed = [one["name"] for page in listed for one in page["executions"]]
    check("executions come in pages", sorted(listed) == ["one", "other"], listed)
    refused(sfn, "ExecutionAlreadyExists", sfn.start_execution, stateMachineArn=arn, name="one", input="{}")
    refused(sfn, "InvalidArn", sfn.describe_execution, executionArn="nonsense")
    refused(sfn, "ExecutionDoesNotExist", sfn.describe_execution, executionArn=started["executionArn"] + "x")
    refused(sfn, "InvalidExecutionInput", sfn.start_execution, stateMachineArn=arn, input="not json")
    sfn.tag_resource(resourceArn=arn, tags=[{"key": "team", "value": "orders"}])
    tags = sfn.list_tags_for_resource(resourceArn=arn)["tags"]
    check("tags are kept", tags == [{"key": "team", "value": "orders"}], tags)
    refused(sfn, "InvalidDefinition", sfn.create_state_machine, name="Broken", definition="{}", roleArn=ROLE)


def terraform(sfn):
    """The calls of Terraform's provider for `aws_sfn_state_machine`, `aws_sfn_alias` and `aws_sfn_activity`, in its order."""
    text = definition({"Done": {"Type": "Pass", "End": True}})
    planned = sfn.validate_state_machine_definition(definition=text, type="STANDARD")
    check("a plan validates", planned["result"] == "OK", planned)
    made = sfn.create_state_machine(
        name="Planned", definition=text, roleArn=ROLE, type="STANDARD", publish=True,
        loggingConfiguration={"level": "OFF", "includeExecutionData": False},
        tracingConfiguration={"enabled": False}, tags=[{"key": "by", "value": "terraform"}],
    )
    arn = made["stateMachineArn"]

    def read():
        described = sfn.describe_state_machine(stateMachineArn=arn)
        versions = sfn.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]
        tags = sfn.list_tags_for_resource(resourceArn=arn)["tags"]
        return described, versions, tags

    described, versions, tags = read()
    check("what is read is what was planned", (described["definition"], described["status"]) == (text, "ACTIVE"), described)
    check("with its version", [one["stateMachineVersionArn"] for one in versions] == [arn + ":1"], versions)
    check("with its tags", tags == [{"key": "by", "value": "terraform"}], tags)
    # A second plan has no changes: what the provider compares is all there.
    members = ("name", "type", "roleArn", "loggingConfiguration", "tracingConfiguration", "creationDate")
    check("a plan finds all members", all(name in described for name in members), described)
    same = lambda one: {name: value for name, value in one.items() if name != "ResponseMetadata"}
    check("and the same again", same(read()[0]) == same(described))
    other = definition({"Done": {"Type": "Succeed"}})
    sfn.update_state_machine(
        stateMachineArn=arn, definition=other, roleArn=ROLE, publish=True,
        loggingConfiguration={"level": "OFF", "includeExecutionData": False}, tracingConfiguration={"enabled": False},
    )
    until(
        "an update is there",
        lambda: sfn.describe_state_machine(stateMachineArn=arn),
        lambda one: one["definition"] == other and one["roleArn"] == ROLE,
    )
    alias = sfn.create_state_machine_alias(
        name="live", routingConfiguration=[{"stateMachineVersionArn": arn + ":2", "weight": 100}]
    )["stateMachineAliasArn"]
    routing = sfn.describe_state_machine_alias(stateMachineAliasArn=alias)["routingConfiguration"]
    check("an alias is read", routing == [{"stateMachineVersionArn": arn + ":2", "weight": 100}], routing)
    half = [{"stateMachineVersionArn": f"{arn}:{number}", "weight": 50} for number in (1, 2)]
    sfn.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=half)
    routing = sfn.describe_state_machine_alias(stateMachineAliasArn=alias)["routingConfiguration"]
    check("and changed", routing == half, routing)
    activity = sfn.create_activity(name="planned", tags=[{"key": "by", "value": "terraform"}])["activityArn"]
    check("an activity is read", sfn.describe_activity(activityArn=activity)["name"] == "planned")
    sfn.untag_resource(resourceArn=activity, tagKeys=["by"])
    check("its tags are gone", sfn.list_tags_for_resource(resourceArn=activity)["tags"] == [])
    sfn.delete_activity(activityArn=activity)
    refused(sfn, "ActivityDoesNotExist", sfn.describe_activity, activityArn=activity)
    sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
    sfn.delete_state_machine(stateMachineArn=arn)

    def gone():
        try:
            return sfn.describe_state_machine(stateMachineArn=arn)["status"]
        except sfn.exceptions.StateMachineDoesNotExist:
            return None

    until("a machine is gone in the end", gone, lambda status: status is None)


def callbacks(sfn):
    activity = sfn.create_activity(name="approve")["activityArn"]
    text = definition({"Ask": {"Type": "Task", "Resource": activity, "End": True}})
    arn = sfn.create_state_machine(name="Callbacks", definition=text, roleArn=ROLE)["stateMachineArn"]

    def start(name):
        execution = sfn.start_execution(stateMachineArn=arn, name=name, input='"q"')["executionArn"]
        task = sfn.get_activity_task(activityArn=activity, workerName="boto3")
        check("a worker gets the task", task["input"] == '"q"' and task["taskToken"], task)
        return execution, task["taskToken"]

    def ends(execution, status):
        ask = lambda: sfn.describe_execution(executionArn=execution)
        return until(f"it ends {status}", ask, lambda one: one["status"] == status)

    execution, token = start("yes")
    sfn.send_task_heartbeat(taskToken=token)
    sfn.send_task_success(taskToken=token, output='{"approved": true}')
    ended = ends(execution, "SUCCEEDED")
    check("the answer is the output", json.loads(ended.get("output", "null")) == {"approved": True}, ended)
    refused(sfn, "TaskTimedOut", sfn.send_task_success, taskToken=token, output="1")
    refused(sfn, "InvalidToken", sfn.send_task_success, taskToken="nobody's", output="1")

    execution, token = start("no")
    sfn.send_task_failure(taskToken=token, error="Refused", cause="too dear")
    ended = ends(execution, "FAILED")
    check("the failure is told", (ended["error"], ended["cause"]) == ("Refused", "too dear"), ended)
    sfn.redrive_execution(executionArn=execution)
    task = sfn.get_activity_task(activityArn=activity)
    sfn.send_task_success(taskToken=task["taskToken"], output='"now"')
    check("redriven once", ends(execution, "SUCCEEDED")["redriveCount"] == 1)

    execution, token = start("stopped")
    sfn.stop_execution(executionArn=execution, error="Enough", cause="of it")
    ended = ends(execution, "ABORTED")
    check("the stop is told", (ended.get("error"), ended.get("cause")) == ("Enough", "of it"), ended)
    return start("waits")


def variables(port):
    """What the server says at its start, in the environment of a client."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "AWS_ENDPOINT_URL_SFN": f"http://127.0.0.1:{port}",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def command_line(port):
    """The AWS CLI, with what the server says that it needs."""
    def aws(*arguments, fails=False):
        command = [PYTHON / "bin" / "aws", "stepfunctions", *arguments, "--output", "json"]
        ran = subprocess.run(command, env=variables(port), capture_output=True, text=True, timeout=120)
        if fails:
            return ran.stderr
        check(f"aws {arguments[0]}", ran.returncode == 0, ran.stderr)
        return json.loads(ran.stdout) if ran.stdout.strip() else {}

    activity = aws("create-activity", "--name", "cli")["activityArn"]
    text = definition({"Ask": {"Type": "Task", "Resource": activity, "End": True}})
    arn = aws("create-state-machine", "--name", "Cli", "--definition", text, "--role-arn", ROLE)["stateMachineArn"]

    def ends(execution, status):
        ask = lambda: aws("describe-execution", "--execution-arn", execution)
        return until(f"aws sees {status}", ask, lambda one: one["status"] == status)

    execution = aws("start-execution", "--state-machine-arn", arn, "--input", '{"n": 1}')["executionArn"]
    task = aws("get-activity-task", "--activity-arn", activity, "--worker-name", "cli")
    check("aws gets the input", json.loads(task["input"]) == {"n": 1}, task)
    aws("send-task-failure", "--task-token", task["taskToken"], "--error", "Refused", "--cause", "no")
    ends(execution, "FAILED")
    aws("redrive-execution", "--execution-arn", execution)
    task = aws("get-activity-task", "--activity-arn", activity)
    aws("send-task-success", "--task-token", task["taskToken"], "--task-output", '"yes"')
    ended = ends(execution, "SUCCEEDED")
    check("aws sees the output", (ended["output"], ended["redriveCount"]) == ('"yes"', 1), ended)
    history = aws("get-execution-history", "--execution-arn", execution, "--page-size", "2")["events"]
    ids = [event["id"] for event in history]
    check("aws pages through the history", ids == list(range(1, len(ids) + 1)) and len(ids) > 6, ids)
    quick = definition({"Say": {"Type": "Pass", "Result": "hello", "End": True}})
    arn = aws("create-state-machine", "--name", "CliQuick", "--type", "EXPRESS", "--definition", quick, "--role-arn", ROLE)
    ended = aws("start-sync-execution", "--state-machine-arn", arn["stateMachineArn"])
    check("aws runs at once", ended.get("output") == '"hello"', ended)
    said = aws("describe-execution", "--execution-arn", execution + "x", fails=True)
    check("aws tells what is not there", "ExecutionDoesNotExist" in said, said)


def javascript(port):
    """The SDK for JavaScript; `serve.mjs` counts its own checks."""
    global passed, failed
    if not (JAVASCRIPT / "node_modules" / "@aws-sdk").exists():
        JAVASCRIPT.mkdir(parents=True, exist_ok=True)
        (JAVASCRIPT / "package.json").write_text('{"private": true, "type": "module"}')
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", JS_PACKAGE], cwd=JAVASCRIPT, check=True)
    script = JAVASCRIPT / "serve.mjs"
    shutil.copy(ROOT / "tests" / "interop" / "serve.mjs", script)
    ran = subprocess.run(["node", script], env=variables(port), capture_output=True, text=True, timeout=120)
    print(ran.stdout, end="")
    counts = ran.stdout.strip().splitlines()[-1:] or [""]
    words = counts[0].split()
    if len(words) != 4:
        check("the SDK for JavaScript runs", False, ran.stderr)
        return
    passed += int(words[0])
    failed += int(words[2])


def main():
    in_venv()
    binary = sys.argv[1] if len(sys.argv) > 1 else TARGET / "debug" / "stepfn"
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        port = any_port.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "stepfn.db"
        server = serve(binary, store, port)
        try:
            sfn = client(port)
            lifecycle(sfn)
            terraform(sfn)
            command_line(port)
            javascript(port)
            execution, token = callbacks(sfn)
            server.kill()
            server.wait()
            server = serve(binary, store, port)
            sfn = client(port)
            running = sfn.describe_execution(executionArn=execution)
            check("it outlives the process", running["status"] == "RUNNING", running)
            sfn.send_task_success(taskToken=token, output='"after"')
            ask = lambda: sfn.describe_execution(executionArn=execution)
            ended = until("and ends", ask, lambda one: one["status"] == "SUCCEEDED")
            check("with its answer", ended.get("output") == '"after"', ended)
            server.send_signal(signal.SIGTERM)
            check("it stops when asked to", server.wait(15) == 0, server.returncode)
        finally:
            server.kill()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
