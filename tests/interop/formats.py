#!/usr/bin/env python3
"""Checks generated files with the tools that read them: `formats.py DIR...`, each directory holding all formats.

| files | tool |
| --- | --- |
| `*.asl.json` | npm `asl-validator`; npm `aws-cdk-lib` synthesises a stack of each |
| `stepfn.serverless.yml` | npm `osls` (the kept fork of the Serverless Framework) with `serverless-step-functions` packages it offline |
| `stepfn.cloudformation.yaml`, `.json`, `stepfn.sam.yaml` | PyPI `cfn-lint` |
| `stepfn.tf.json` | `terraform` reads it and makes the ASL of each machine, where it is installed |

What a tool makes is compared with the ASL. Everything is installed into the target directory. The closing line counts the checks.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import venv
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE.parents[1] / "target")).resolve() / "interop"
PYTHON = ["cfn-lint==1.58.0", "PyYAML==6.0.3"]

# What cfn-lint says and is no mistake of ours: the rule, its words, and the type of the state where that matters.
CFN_LINT_ERRS = [
    # States Language, "Succeed State": it has InputPath and OutputPath.
    ("E3601", re.compile(r"'(InputPath|OutputPath)' was unexpected"), "Succeed"),
    # It fails itself, over a `DefinitionString` with a `Resource` that is a substitution.
    ("E1101", re.compile(r"^Exception '.*' raised while validating"), ""),
    # A published definition has placeholders of its own in an ARN, which its policy repeats.
    ("E3510", re.compile(r"^'arn:[^']*:(REGION|AWS_ACCOUNT_ID)\b"), ""),
]


class Checks:
    """What passed and what did not."""

    def __init__(self):
        self.passed = self.failed = 0

    def that(self, what, is_so, why=""):
        if is_so:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED  {what}: {why}")
        return is_so


def install():
    """The directory of the npm packages, and the virtual environment's Python."""
    npm = TARGET / "npm"
    npm.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text()
    stamp = npm / "installed.json"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.copy(HERE / "package.json", npm)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=npm, check=True)
        stamp.write_text(wanted)
    home = TARGET / "lint"
    if not (home / "bin" / "cfn-lint").exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", *PYTHON], check=True)
    return npm, home / "bin"


def run(command, **options):
    """A command's output and exit code."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    return done.stdout + done.stderr, done.returncode


def without_what_was_added(ours, theirs):
    """Theirs without the `QueryLanguage` that the plugin puts into every state."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return {
            key: without_what_was_added(ours.get(key), each)
            for key, each in theirs.items()
            if key != "QueryLanguage" or key in ours
        }
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [without_what_was_added(each, other) for each, other in zip(ours, theirs)]
    return theirs


def difference(ours, theirs, at=""):
    """Where two definitions differ, `${…}` standing for anything; nothing where they do not."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if ours.keys() != theirs.keys():
            return f"{at}: {sorted(ours)} and {sorted(theirs)}"
        found = (difference(each, theirs[key], f"{at}/{key}") for key, each in ours.items())
        return next((each for each in found if each), None)
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        found = (difference(each, other, f"{at}/{index}") for index, (each, other) in enumerate(zip(ours, theirs)))
        return next((each for each in found if each), None)
    if isinstance(ours, str) and "${" in ours and isinstance(theirs, str):
        pattern = ".*".join(re.escape(part) for part in re.split(r"\$\{[^}]*\}", ours))
        return None if re.fullmatch(pattern, theirs, re.DOTALL) else f"{at}: {ours!r} and {theirs!r}"
    if type(ours) is bool or type(theirs) is bool:
        return None if ours is theirs else f"{at}: {ours!r} and {theirs!r}"
    return None if ours == theirs else f"{at}: {ours!r} and {theirs!r}"


def machines(folder):
    """The definitions, by the machines' names."""
    files = sorted(folder.glob("*.asl.json"))
    return {file.name.removesuffix(".asl.json"): json.loads(file.read_text(encoding="utf-8")) for file in files}


def asl_validator(checks, npm, folder):
    """npm `asl-validator` takes every definition."""
    script = npm / "node_modules" / ".bin" / "asl-validator"
    for file in sorted(folder.glob("*.asl.json")):
        # References are no ARNs yet.
        said, code = run([script, "--no-arn-check", "--json-path", str(file)])
        checks.that(f"asl-validator takes {file.name}", code == 0, said.strip()[:600])


def cdk(checks, npm, folder):
    """The CDK synthesises a stack of each machine; the definition goes out as it is."""
    out = TARGET / "cdk" / folder.name
    shutil.rmtree(out, ignore_errors=True)
    said, code = run(["node", HERE / "cdk.mjs", npm, folder, out])
    if not checks.that("the CDK synthesises all machines", code == 0, said[-800:]):
        return
    for line in said.splitlines():
        made = json.loads(line)
        ours = (folder / made["file"]).read_text(encoding="utf-8")
        checks.that(f"the CDK deploys {made['file']} as it is", made["definition"] == ours, "it is another")


def serverless(checks, npm, folder):
    """The Serverless Framework packages the YAML, and its template holds each definition and a role for it."""
    service = TARGET / "serverless" / folder.name
    shutil.rmtree(service, ignore_errors=True)
    service.mkdir(parents=True)
    shutil.copy(folder / "stepfn.serverless.yml", service)
    (service / "node_modules").symlink_to(npm / "node_modules")
    yaml = (folder / "stepfn.serverless.yml").read_text(encoding="utf-8")
    has_functions = re.search(r"^functions:", yaml, re.MULTILINE)
    functions = "functions: ${file(stepfn.serverless.yml):functions}\n" if has_functions else ""
    (service / "serverless.yml").write_text(
        "service: shop\nprovider:\n  name: aws\n  stage: dev\n  region: ap-northeast-2\nplugins:\n  - serverless-step-functions\n"
        f"{functions}stepFunctions: ${{file(stepfn.serverless.yml):stepFunctions}}\n"
    )
    for artifact in re.findall(r"artifact: (\S+)", yaml):
        (service / artifact).parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(service / artifact, "w") as archive:
            archive.writestr("bootstrap", "")
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "SLS_NOTIFICATIONS_MODE": "off",
        "SLS_TELEMETRY_DISABLED": "1",
        "SLS_TRACKING_DISABLED": "1",
    }
    script = npm / "node_modules" / ".bin" / "serverless"
    # What a policy cannot know is a parameter that the user gives.
    given = sorted(set(re.findall(r"\$\{param:([^},]+)\}", yaml)))
    parameters = [f"--param={name}=given" for name in given]
    said, code = run([script, "package", *parameters], cwd=service, env=environment)
    if not checks.that(f"the Serverless Framework packages {folder.name}", code == 0, said[-1200:]):
        return
    template = json.loads((service / ".serverless" / "cloudformation-template-update-stack.json").read_text())
    made = {}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            properties = resource["Properties"]
            made[properties["StateMachineName"]] = definition_string(properties["DefinitionString"])
            role = properties["RoleArn"]
            checks.that("the machine has a role", bool(role), properties["StateMachineName"])
    for name, ours in machines(folder).items():
        if checks.that(f"the Serverless Framework makes {name}", name in made, f"it makes {sorted(made)}"):
            found = difference(ours, without_what_was_added(ours, made[name]))
            checks.that(f"the Serverless Framework keeps {name}", found is None, found)


def definition_string(value):
    """The definition in a `DefinitionString`; what CloudFormation would put there stands as its own text."""
    if isinstance(value, str):
        return json.loads(value)
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return json.loads(separator.join(parts))
    text, given = value["Fn::Sub"] if isinstance(value["Fn::Sub"], list) else (value["Fn::Sub"], {})
    text = re.sub(r"\$\{!", "${", re.sub(r"\$\{([^}!][^}]*)\}", lambda match: f"<{match[1]}>", text))
    return json.loads(text)


def cfn_lint(checks, binaries, folder):
    """cfn-lint accepts the templates; what it reports wrongly is known."""
    for name in ("stepfn.cloudformation.yaml", "stepfn.cloudformation.json", "stepfn.sam.yaml"):
        said, _ = run([binaries / "cfn-lint", "--format", "json", "--template", folder / name])
        try:
            findings = json.loads(said or "[]")
        except ValueError:
            checks.that(f"cfn-lint reads {folder.name}/{name}", False, said[-800:])
            continue
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        findings = [found for found in findings if not is_known(found, lines)]
        why = "\n".join(f"{found['Rule']['Id']} line {found['Location']['Start']['LineNumber']}: {found['Message']}" for found in findings)
        checks.that(f"cfn-lint accepts {folder.name}/{name}", not findings, why)


def is_known(found, lines):
    """Whether a finding is one of those that the tool is wrong about: its rule, its words, and the type of the state it is about."""
    line = found["Location"]["Start"]["LineNumber"] - 1
    # The state's type stands above, in the canonical order of its fields.
    above = next((each for each in reversed(lines[: line + 1]) if re.search(r'\bType"?: ', each)), "")
    return any(
        found["Rule"]["Id"] == rule and words.search(found["Message"]) and state in above
        for rule, words, state in CFN_LINT_ERRS
    )


def templates_hold_definitions(checks, binaries, folder):
    """Both CloudFormation templates hold the ASL as an object, number for number."""
    # PyYAML is in the virtual environment only.
    script = (
        "import json, sys, yaml\n"
        "yaml.SafeLoader.add_multi_constructor('!', lambda loader, tag, node: tag)\n"
        "print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))"
    )
    said, code = run([binaries / "python", "-c", script, folder / "stepfn.cloudformation.yaml"])
    if not checks.that(f"{folder.name}: the YAML template is YAML", code == 0, said[-800:]):
        return
    as_json = json.loads((folder / "stepfn.cloudformation.json").read_text(encoding="utf-8"))
    for kind, template in (("YAML", json.loads(said)), ("JSON", as_json)):
        made = {
            resource["Properties"]["StateMachineName"]: template_definition(resource["Properties"])
            for resource in template["Resources"].values()
            if resource["Type"] == "AWS::StepFunctions::StateMachine"
        }
        for name, ours in machines(folder).items():
            found = difference(ours, made.get(name))
            checks.that(f"the {kind} template holds {name}", found is None, found)


def template_definition(properties):
    """The definition in a template: an object, but where it holds null, which CloudFormation does not take."""
    if "DefinitionString" in properties:
        return definition_string(properties["DefinitionString"])
    return properties["Definition"]


def terraform(checks, folder):
    """Terraform, where it is installed: it reads the whole file, and makes the ASL of each `definition`. No provider is needed for that."""
    if shutil.which("terraform") is None:
        return False
    work = TARGET / "terraform" / folder.name
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(folder, work / "whole")
    said, code = run(["terraform", "providers", "-no-color"], cwd=work / "whole")
    checks.that(f"terraform reads {folder.name}/stepfn.tf.json", code == 0 and "hashicorp/aws" in said, said[-1200:])

    # The definitions alone, every variable having a value.
    whole = json.loads((folder / "stepfn.tf.json").read_text(encoding="utf-8"))
    made = whole["resource"]["aws_sfn_state_machine"]
    alone = work / "definitions"
    alone.mkdir()
    for file in folder.glob("*.asl.json"):
        shutil.copy(file, alone)
    config = {
        "variable": {name: {**variable, "default": f"the {name}"} for name, variable in whole.get("variable", {}).items()},
        "output": {name: {"value": machine["definition"]} for name, machine in made.items()},
    }
    (alone / "main.tf.json").write_text(json.dumps(config), encoding="utf-8")
    for arguments in (["init", "-input=false"], ["apply", "-auto-approve", "-input=false"]):
        said, code = run(["terraform", *arguments, "-no-color"], cwd=alone)
        if not checks.that(f"terraform {arguments[0]}: the definitions of {folder.name}", code == 0, said[-1200:]):
            return True
    done = subprocess.run(["terraform", "output", "-json"], cwd=alone, capture_output=True, text=True)
    outputs = json.loads(done.stdout)
    definitions = machines(folder)
    for label, machine in made.items():
        name = machine["name"]
        found = difference(definitions[name], json.loads(outputs[label]["value"]))
        checks.that(f"terraform makes the ASL of {name}", found is None, found)
    return True


def main(folders):
    checks = Checks()
    npm, binaries = install()
    has_terraform = True
    for folder in map(pathlib.Path, folders):
        folder = folder.resolve()
        before = checks.passed, checks.failed
        asl_validator(checks, npm, folder)
        cdk(checks, npm, folder)
        serverless(checks, npm, folder)
        cfn_lint(checks, binaries, folder)
        templates_hold_definitions(checks, binaries, folder)
        has_terraform = terraform(checks, folder) and has_terraform
        print(f"{folder.name}: {checks.passed - before[0]} passed, {checks.failed - before[1]} failed")
    if not has_terraform:
        print("terraform is not installed: its files were not looked at")
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
