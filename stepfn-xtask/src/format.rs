//! `cargo xtask fmt`

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;
use stepfn_cli::{Fmt, Outcome};

use crate::{Failure, generate};

/// Lay out the `state_machine!` of the workspace's Rust files, beside `cargo fmt`
///
/// rustfmt leaves the bodies of macros alone; this lays them out, by `max_width`, `tab_spaces` and `hard_tabs` of rustfmt.toml, and leaves
/// everything else alone. Comments stay, and so do lines that are broken behind `{` or `[`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  all files are, or now are, laid out
  1  with --check, a file is not; or a machine does not parse and is left as it is
  2  the command line is wrong, or a file cannot be read or written")]
pub(crate) struct Format {
    /// Rust files, and folders of them [default: the workspace]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write nothing; list the files that are not laid out, with what would change
    #[arg(long)]
    check: bool,
}

impl Format {
    pub(crate) fn run(&self, out: &mut dyn Write, err: &mut dyn Write) -> Result<Outcome, Failure> {
        let files = if self.files.is_empty() {
            vec![Path::new(".").join(generate::root()?)]
        } else {
            self.files.clone()
        };
        Ok(Fmt::of(files, self.check).perform(out, err)?)
    }
}
