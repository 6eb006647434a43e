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


def program(*arguments):
    """Runs the example's program; what it says, and its exit code."""
    command = ["cargo", "run", "--quiet", "--package", "stepfn", "--example", "deploy", "--features", "deploy", "--"]
    # No credentials, no region: the endpoint is on this machine.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run([*command, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.stdout + done.stderr, done.returncode


def deployments(checks, url, sfn):
    def run(*arguments):
        return program("--endpoint-url", url, *arguments)

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
        deployments(checks, url, sfn)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
