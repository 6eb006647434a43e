"""What rust-analyzer shows in a machine: definitions, hovers and completions, in a crate made for it.

Skipped, in words, where rust-analyzer is not there (`rustup component add rust-analyzer`).
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]

MANIFEST = f"""[package]
name = "seen"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
serde = {{ version = "1", features = ["derive"] }}
stepfn = {{ path = {json.dumps(str(ROOT))}, default-features = false }}
"""

# `‹1›` and the like mark places: a definition or hover is asked for the token behind, a completion at the place itself.
MARKED = """//! A machine, half-typed.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};
#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Customer { pub ‹D:first_name›first_name: String, pub friends: Vec<Customer> }
#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct ‹D:Order›Order {
    /// Its number.
    pub ‹D:order_id›order_id: String,
    pub customer: Customer,
}
#[lambda]
pub fn ‹D:charge›charge(order: Order) -> Customer { order.customer }
state_machine! {
    pub Half(‹U:Order›Order) {
        start_at: ‹U:First›First,
        /// The first of all.
        ‹D:First›First: Task { resource: lambda(‹U:charge›charge), result_path: $.‹D:made›made, next: ‹U:Second›Second },
        ‹D:Second›Second: Choice {
            choices: [
                $.‹U:made›made.‹U:first_name›firstName == "a" => ‹C:rule›Third,
                $.customer.‹C:customer› == 3 => Third,
                $.customer.friends[0].‹C:item›
            ],
            default: ‹C:default›Thi,
        },
        Third: Pass { parameters: { "x": $.made.‹C:result›, "y": $.‹U:order_id›orderId }, end: true },
    }
}
"""

STATES = {"First", "Second", "Third"}
CUSTOMER = {"firstName", "friends"}
COMPLETIONS = {"rule": STATES, "default": STATES, "customer": CUSTOMER, "item": CUSTOMER, "result": CUSTOMER}
HOVERS = {"First": "The first of all", "order_id": "Its number", "first_name": "first_name: String", "charge": "fn charge"}


def places(marked):
    """The text without marks, and what is marked."""
    found, text = [], ""
    for part in re.split(r"(‹[^›]*›)", marked):
        if part.startswith("‹"):
            kind, name = part[1:-1].split(":")
            line = text.count("\n")
            found.append((kind, name, {"line": line, "character": len(text) - text.rfind("\n") - 1}))
        else:
            text += part
    return text, found


class Server:
    def __init__(self, command, folder):
        target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
        environment = dict(os.environ, CARGO_TARGET_DIR=os.path.join(target, "editor"))
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, env=environment
        )
        self.ready = threading.Event()
        self.changed = threading.Condition()
        self.replies = {}
        self.last = 0
        threading.Thread(target=self.listen, daemon=True).start()

    def send(self, message):
        body = json.dumps(dict(message, jsonrpc="2.0")).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def listen(self):
        while header := self.process.stdout.readline():
            length = int(header.split(b":")[1])
            while self.process.stdout.readline().strip():
                pass
            message = json.loads(self.process.stdout.read(length))
            if "method" in message and "id" in message:
                self.send({"id": message["id"], "result": None})
            elif message.get("method") == "experimental/serverStatus" and message["params"].get("quiescent"):
                self.ready.set()
            elif "id" in message:
                with self.changed:
                    self.replies[message["id"]] = message.get("result")
                    self.changed.notify_all()

    def ask(self, method, params):
        self.last += 1
        self.send({"id": self.last, "method": method, "params": params})
        with self.changed:
            if not self.changed.wait_for(lambda: self.last in self.replies, 120):
                sys.exit(f"rust-analyzer does not answer {method}")
            return self.replies.pop(self.last)


def main():
    command = os.environ.get("RUST_ANALYZER") or shutil.which("rust-analyzer")
    works = command and subprocess.run([command, "--version"], capture_output=True).returncode == 0
    if not works:
        print("skipped: no rust-analyzer; `rustup component add rust-analyzer` installs it")
        print("0 passed, 0 failed")
        return
    had = sources()
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "src").mkdir()
        (root / "Cargo.toml").write_text(MANIFEST)
        shutil.copy(ROOT / "Cargo.lock", root)
        text, found = places(MARKED)
        (root / "src/lib.rs").write_text(text)
        server = Server([command], folder)
        try:
            wrong = look(server, root / "src/lib.rs", text, found)
        finally:
            server.process.kill()
            server.process.wait()
            # rust-analyzer installs the sources of std where they are not, and rustc's errors show lines of them then.
            if not had and sources():
                subprocess.run(["rustup", "component", "remove", "rust-src"], capture_output=True)
    for line in wrong:
        print(line)
    asked = [kind for kind, _, _ in found if kind != "D"]
    print(f"{len(asked) - len(wrong)} passed, {len(wrong)} failed")
    sys.exit(1 if wrong else 0)


def sources():
    """Whether the toolchain has the sources of std."""
    found = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, cwd=ROOT)
    return (pathlib.Path(found.stdout.strip()) / "lib/rustlib/src/rust/library").exists()


def look(server, file, text, found):
    capabilities = {
        "experimental": {"serverStatusNotification": True},
        "textDocument": {"definition": {"linkSupport": True}},
    }
    options = {"checkOnSave": False}
    root = file.parents[1].as_uri()
    server.ask("initialize", {"processId": os.getpid(), "rootUri": root, "capabilities": capabilities, "initializationOptions": options})
    server.send({"method": "initialized", "params": {}})
    document = {"uri": file.as_uri(), "languageId": "rust", "version": 1, "text": text}
    server.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
    if not server.ready.wait(900):
        sys.exit("rust-analyzer does not become ready")
    declared = {name: place for kind, name, place in found if kind == "D"}
    wrong = []
    for kind, name, place in found:
        at = {"textDocument": {"uri": file.as_uri()}, "position": place}
        if kind == "C":
            items = server.ask("textDocument/completion", at)
            labels = {item["label"] for item in (items["items"] if isinstance(items, dict) else items or [])}
            if not COMPLETIONS[name] <= labels:
                wrong.append(f"completion at {name}: {sorted(labels)}")
        if kind == "U":
            links = server.ask("textDocument/definition", at) or []
            starts = [link["targetSelectionRange"]["start"] for link in links]
            hover = json.dumps(server.ask("textDocument/hover", at), ensure_ascii=False).replace("`", "")
            if starts != [declared[name]]:
                wrong.append(f"definitions of {name}: {starts}, not {declared[name]} alone")
            elif HOVERS.get(name, "") not in hover:
                wrong.append(f"hover of {name}: {hover}")
    return wrong


if __name__ == "__main__":
    main()
