#!/usr/bin/env python3
"""Deploys to moto's server over HTTP, and reads back with boto3 what was deployed.

Installs both from PyPI into a virtual environment in the target directory. The closing line counts the checks.
"""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv

PACKAGES = ["moto[server]==5.2.5", "boto3==1.44.5"]
ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "interop"
START_SECONDS = 60


def install():
    """The virtual environment's `bin`, made where it is not there yet."""
    home = TARGET / "venv"
    if not (home / "bin" / "moto_server").exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
    return home / "bin"


@contextlib.contextmanager
def server(binaries):
    """The URL of a server that runs state machines, on a port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with open(TARGET / "moto.log", "wb") as log:
        command = [binaries / "moto_server", "-H", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        configure(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()


def configure(url, process):
    """Waits for the server, and lets it run executions instead of only keeping them."""
    body = json.dumps({"stepfunctions": {"execute_state_machine": True}}).encode()
    request = urllib.request.Request(f"{url}/moto-api/config", body, {"content-type": "application/json"})
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(request).read()
            return
        except urllib.error.URLError:
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"moto's server does not start: see {TARGET / 'moto.log'}")
            time.sleep(0.2)


class Checks:
    """What passed and what did not."""

    def __init__(self):
        self.passed = self.failed = 0

    def equal(self, what, found, expected):
        self.that(what, found == expected, f"expected {expected!r}, found {found!r}")

    def holds(self, what, text, *parts):
        missing = [part for part in parts if part not in text]
        self.that(what, not missing, f"expected {missing} in\n{text}")

    def that(self, what, is_so, why):
        if is_so:
            self.passed += 1
            print(f"ok      {what}")
        else:
            self.failed += 1
            print(f"FAILED  {what}: {why}")


def cargo_run(target, *arguments):
    """Runs one of the repository's programs; what it says, and its exit code."""
    command = ["cargo", "run", "--quiet", "--features", "deploy", *target, "--", *arguments]
    # No credentials, no region: the endpoint is on this machine.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    options = {"cwd": ROOT, "env": environment, "stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    done = subprocess.run(command, **options)
    return done.stdout + done.stderr, done.returncode


def program(checks, url, sfn):
    """The example: a deployment as a program of its own, and calls with the workflow's types."""

    def run(*arguments):
        return cargo_run(["--package", "stepfn", "--example", "deploy"], "--endpoint-url", url, *arguments)

    said, code = run("--shop", "Mapo")
    checks.equal("the first deployment succeeds", code, 0)
    checks.holds("the first deployment is shown", said, "Pricing: new", "+ roleArn: ", '+ tag `example`: "deploy"')
    checks.holds("the missing validation is said", said, "does not know `ValidateStateMachineDefinition`")

    machines = sfn.list_state_machines()["stateMachines"]
    checks.equal("boto3 finds one machine", [machine["name"] for machine in machines], ["Pricing"])
    arn = machines[0]["stateMachineArn"]
    first = sfn.describe_state_machine(stateMachineArn=arn)
    definition = json.loads(first["definition"])
    checks.equal("boto3 reads the states", sorted(definition["States"]), ["CheckTotal", "Discount", "FullPrice", "Refuse"])
    shop = definition["States"]["Discount"]["Parameters"]["shop"]
    checks.equal("boto3 reads the name's value", shop, "Mapo")
    checks.equal("boto3 reads the type", first["type"], "STANDARD")
    checks.equal("boto3 reads the role", first["roleArn"], "arn:aws:iam::123456789012:role/pricing")
    tags = sfn.list_tags_for_resource(resourceArn=arn)["tags"]
    checks.equal("boto3 reads the tags", tags, [{"key": "example", "value": "deploy"}])

    said, code = run("--shop", "Mapo")
    checks.equal("the second deployment succeeds", code, 0)
    checks.holds("the second deployment changes nothing", said, "Pricing: nothing changes")
    reformatted = json.dumps(definition, indent=7, sort_keys=True)
    sfn.update_state_machine(stateMachineArn=arn, definition=reformatted)
    said, code = run("--shop", "Mapo")
    checks.holds("another format is no change", said, "Pricing: nothing changes")
    kept = sfn.describe_state_machine(stateMachineArn=arn)["definition"]
    checks.equal("what is the same is not written again", kept, reformatted)

    said, code = run("--shop", "Jongno")
    checks.equal("a change succeeds", code, 0)
    checks.holds("a change is shown by state and field", said, "`Discount`", "`FullPrice`", "Mapo", "Jongno", "updated ")
    changed = json.loads(sfn.describe_state_machine(stateMachineArn=arn)["definition"])
    for state in ("Discount", "FullPrice"):
        definition["States"][state]["Parameters"]["shop"] = "Jongno"
    checks.equal("boto3 reads the change and nothing else", changed, definition)

    said, _ = run("--shop", "Jongno", "--order", "dear", "--total", "120")
    checks.holds("the typed client brings the output", said, "120 costs 110 at Jongno")
    checks.equal("boto3 sees the execution", statuses(sfn, arn), {"dear": "SUCCEEDED"})

    # moto cannot run a second execution of a machine that ran one.
    sfn.delete_state_machine(stateMachineArn=arn)
    said, _ = run("--shop", "Jongno", "--order", "nothing", "--total", "0")
    checks.holds("what is gone is made again", said, "Pricing: new")
    checks.holds("the typed client brings the failure", said, "0 is refused: the total is 0")
    checks.equal("boto3 sees the failure", statuses(sfn, arn), {"nothing": "FAILED"})


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
SUBSTITUTIONS = {
    "self:service": "shop",
    "self:provider.stage": "test",
    "SuccessTopic": "arn:aws:sns:us-east-1:123456789012:done",
    "WorkflowLogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:shop:*",
    "SubmitJobArn": f"{FUNCTION}submit",
    "GetJobStatusArn": f"{FUNCTION}status",
    "ProcessOrderArn": f"{FUNCTION}process",
}


def command(checks, url, sfn):
    """`cargo xtask deploy` for each machine of the examples, whose generated file is what boto3 has to read."""
    role = "arn:aws:iam::123456789012:role/shop"
    given = [part for name, value in SUBSTITUTIONS.items() for part in ("--substitution", f"{name}={value}")]

    def run(name, *arguments):
        return cargo_run(["--package", "xtask"], "deploy", name, "--endpoint-url", url, *arguments)

    said, code = run("CsvProcessingWorkflow", "--role-arn", role, "--yes")
    checks.equal("names without a value are a wrong command line", code, 2)
    checks.holds("all of them are named", said, *(f"${{{name}}}" for name in ("self:service", "self:provider.stage", "SuccessTopic", "WorkflowLogGroupArn")))

    for file in sorted((ROOT / "generated").glob("*.asl.json")):
        name = file.name.removesuffix(".asl.json")
        text = file.read_text(encoding="utf-8")
        # The file has names in the place of the Framework's variables.
        for placeholder, value in SUBSTITUTIONS.items():
            name_in_file = {"self:service": "Service", "self:provider.stage": "Stage"}.get(placeholder, placeholder)
            text = text.replace(f"${{{name_in_file}}}", value)
        said, code = run(name, "--role-arn", role, "--yes", *given)
        checks.equal(f"{name} is deployed", code, 0)
        arn = next((line.removeprefix("created ") for line in said.splitlines() if line.startswith("created ")), said)
        described = sfn.describe_state_machine(stateMachineArn=arn)
        checks.equal(f"boto3 reads {name} as it was generated", json.loads(described["definition"]), json.loads(text))
        said, code = run(name, *given)
        checks.equal(f"{name} is not deployed again", (code, said.splitlines()[0]), (0, f"{name}: nothing changes"))

    # An alias, and another machine in the place of the first.
    place = ["--as", "Place", "--role-arn", role, "--alias", "live", "--yes", *given]
    said, code = run("JobPoller", *place)
    checks.equal("an alias is made", code, 0)
    checks.holds("the alias and its version are shown", said, "+ version", "+ alias `live`: 100% the new version")
    arn = next(m["stateMachineArn"] for m in sfn.list_state_machines()["stateMachines"] if m["name"] == "Place")
    checks.equal("boto3 reads where the alias leads", routes(sfn, arn), {f"{arn}:1": 100})
    said, code = run("JobPoller", *place)
    checks.equal("the alias is where it should be", (code, said.splitlines()[0]), (0, "Place: nothing changes"))
    said, code = run("OrderApproval", *place, "--step", "10%:1s")
    checks.equal("the alias moves", code, 0)
    checks.holds("its steps are told", said, "published version 2", "leads to 90% 1, 10% 2 for 1s", "leads to 100% 2")
    checks.equal("boto3 reads where the alias leads now", routes(sfn, arn), {f"{arn}:2": 100})

    said, code = run("OrderApproval", *given, "--as", "Elsewhere", "--role-arn", role)
    checks.equal("nothing is deployed without an answer", code, 1)
    names = {machine["name"] for machine in sfn.list_state_machines()["stateMachines"]}
    checks.that("boto3 does not find it", "Elsewhere" not in names, f"found {names}")


def routes(sfn, arn):
    """Where the alias of a machine leads: percent by version."""
    alias = sfn.describe_state_machine_alias(stateMachineAliasArn=f"{arn}:live")
    return {route["stateMachineVersionArn"]: route["weight"] for route in alias["routingConfiguration"]}


def statuses(sfn, arn):
    """The executions of a machine: by name, how they ended."""
    executions = sfn.list_executions(stateMachineArn=arn)["executions"]
    return {execution["name"]: execution["status"] for execution in executions}


def main():
    binaries = install()
    # The packages are those of the virtual environment, whatever started this.
    if pathlib.Path(sys.prefix).resolve() != binaries.parent.resolve():
        os.execv(binaries / "python", [str(binaries / "python"), __file__])
    import boto3

    checks = Checks()
    with server(binaries) as url:
        sfn = boto3.client(
            "stepfunctions",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        program(checks, url, sfn)
        command(checks, url, sfn)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
