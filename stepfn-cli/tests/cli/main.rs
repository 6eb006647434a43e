//! The binary, run as a user runs it.
#![allow(clippy::unwrap_used)]

mod book;
mod check;
mod diff;
mod explain;
mod format;
mod import;
mod readme;
mod realworld;
mod run;
#[cfg(feature = "serve")]
mod serve;
mod validate;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A directory with files, in which the binary is run.
struct Place(TempDir);

/// The output of the binary and its exit code.
struct Run {
    out: String,
    err: String,
    code: i32,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(TempDir::new().unwrap());
        for (name, text) in files {
            fs::write(place.path(name), text).unwrap();
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        stepfn(self.0.path(), arguments, "", &[])
    }

    fn run_with(&self, arguments: &[&str], stdin: &str) -> Run {
        stepfn(self.0.path(), arguments, stdin, &[])
    }
}

fn stepfn(directory: &Path, arguments: &[&str], stdin: &str, variables: &[(&str, &str)]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_stepfn"))
        .args(arguments)
        .current_dir(directory)
        .env_remove("CLICOLOR_FORCE")
        .env_remove("NO_COLOR")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // What does not read its input may be gone by now.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

/// The first diagnostic of a text on one line: `file:line:column: error[code]: message`.
fn head(text: &str) -> String {
    let mut lines = text.lines();
    let title = lines.next().unwrap_or_default();
    let place = lines.next().and_then(|line| line.trim_start().strip_prefix("--> ")).unwrap_or_default();
    format!("{place}: {title}")
}
