#!/usr/bin/env python3
"""Writes twenty published definitions in all formats: `published.py OUT`. Nothing where they are not at hand.

The Serverless plugin validates with `asl-validator`, which does not know all of the language: what it refuses of the published texts
is left to other checks.
"""

import os
import pathlib
import subprocess
import sys

import formats

WANTED = 20
# Some cannot be carried by a format.
SPARE = 8


def main(out):
    root = formats.HERE.parents[1]
    folder = pathlib.Path(os.environ.get("STEPFN_REALWORLD_DIR", root.parent / "shared" / "realworld"))
    files = sorted(folder.rglob("*.json"))
    if not files:
        print(f"nothing to write: there are no definitions in {folder}; name a folder by STEPFN_REALWORLD_DIR")
        return 0
    npm, _ = formats.install()
    validator = npm / "node_modules" / ".bin" / "asl-validator"
    # From all over the folder.
    step = max(len(files) // WANTED, 1)
    chosen, refused = [], 0
    for file in (file for first in range(step) for file in files[first::step]):
        if len(chosen) == WANTED + SPARE:
            break
        _, code = formats.run([validator, "--no-arn-check", "--json-path", str(file)])
        if code == 0:
            chosen.append(file)
        else:
            refused += 1
    print(f"asl-validator refuses {refused} of the {refused + len(chosen)} published texts that it was asked about")
    manifest = formats.HERE / "import" / "Cargo.toml"
    command = ["cargo", "run", "--quiet", "--manifest-path", manifest, "--bin", "formats", "--", str(WANTED), out, *chosen]
    return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
