//! The output of the program's own functions, kept apart from what this command shows.
//!
//! A function may print. Its lines would be drawn over on a terminal, and be mixed with the JSON of the output elsewhere. So standard output is a
//! pipe while the machine runs, and on a terminal standard error too; each line of it is shown with a bar before it.

use std::io;

/// The place to which lines of functions go.
pub(super) type Sink = Box<dyn Fn(&str) + Send>;

/// The form of a function's line among the others.
pub(super) fn line(text: &str) -> String {
    format!("{:>9}    │ {}", "", stepfn_cli::printable(text))
}

#[cfg(unix)]
pub(super) use self::unix::Capture;

#[cfg(unix)]
mod unix {
    use std::{
        fs::File,
        io::{self, BufRead, BufReader, Write},
        os::fd::{AsFd, OwnedFd},
        sync::mpsc,
        thread,
        time::Duration,
    };

    use super::Sink;

    /// A child of a function may hold the pipe open for ever.
    const PATIENCE: Duration = Duration::from_millis(200);

    /// The streams as they were, for as long as this lives.
    pub(in crate::run) struct Capture {
        out: OwnedFd,
        err: Option<OwnedFd>,
        /// Disconnected when the last line was shown.
        ended: mpsc::Receiver<()>,
    }

    impl Capture {
        /// Takes standard output, and standard error where `both`; `sink` gets what comes, by the line.
        pub(in crate::run) fn start(both: bool, sink: Sink) -> io::Result<Self> {
            let (reader, writer) = io::pipe()?;
            io::stdout().flush()?;
            let out = io::stdout().as_fd().try_clone_to_owned()?;
            let err = if both { Some(io::stderr().as_fd().try_clone_to_owned()?) } else { None };
            rustix::stdio::dup2_stdout(&writer)?;
            if both {
                rustix::stdio::dup2_stderr(&writer)?;
            }
            drop(writer);
            let (sender, ended) = mpsc::channel();
            thread::spawn(move || {
                let _alive: mpsc::Sender<()> = sender;
                let mut reader = BufReader::new(reader);
                let mut bytes = Vec::new();
                while reader.read_until(b'\n', &mut bytes).is_ok_and(|length| length > 0) {
                    sink(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']));
                    bytes.clear();
                }
            });
            Ok(Self { out, err, ended })
        }

        /// The terminal behind standard error.
        pub(in crate::run) fn terminal() -> io::Result<console::Term> {
            let write = File::from(io::stderr().as_fd().try_clone_to_owned()?);
            let read = File::from(io::stdin().as_fd().try_clone_to_owned()?);
            Ok(console::Term::read_write_pair(read, write))
        }
    }

    impl Drop for Capture {
        fn drop(&mut self) {
            // What `print!` left without a line's end.
            let _ = io::stdout().flush();
            // Where this fails there is no stream to say so on.
            let _ = rustix::stdio::dup2_stdout(&self.out);
            if let Some(err) = &self.err {
                let _ = rustix::stdio::dup2_stderr(err);
            }
            let _ = self.ended.recv_timeout(PATIENCE);
        }
    }
}

/// Elsewhere the lines stay where functions print them.
#[cfg(not(unix))]
pub(super) struct Capture;

#[cfg(not(unix))]
impl Capture {
    pub(super) fn start(_both: bool, _sink: Sink) -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) fn terminal() -> io::Result<console::Term> {
        Ok(console::Term::stderr())
    }
}

/// Captures what functions print to standard output, and writes it to standard error.
pub(super) fn to_stderr() -> io::Result<Capture> {
    Capture::start(
        false,
        Box::new(|text| {
            let line = line(text);
            anstream::eprintln!("{line}");
        }),
    )
}
