//! The files that a file names: read below its folder alone, never through a link, and never without end.

use std::{
    fs,
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

/// The size that an imported file may have, in bytes. AWS takes templates of 1 MB and definitions of 1 MB.
pub const MOST_BYTES: u64 = 16 << 20;

/// The error of a file that is not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// A path that leads out of the folder of the file that names it.
    #[error("it lies outside of `{}`; allow that with `--allow-outside` where you trust the file that names it", folder.display())]
    Outside {
        /// The folder.
        folder: PathBuf,
    },
    /// A symbolic link on the way there.
    #[error("`{}` is a symbolic link; allow that with `--allow-outside` where you trust the file that names it", link.display())]
    Link {
        /// The link.
        link: PathBuf,
    },
    /// A directory, a device, a pipe.
    #[error("it is no regular file")]
    NotAFile,
    /// A file beyond [`MOST_BYTES`].
    #[error("it is larger than {most} bytes")]
    TooLarge {
        /// The bound.
        most: u64,
    },
    /// Bytes that are no text.
    #[error("line {line} of it is not UTF-8")]
    NotUtf8 {
        /// The line, from 1.
        line: usize,
    },
    /// The error of the operating system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The folders in which the files of an import may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Below the folder of the file that names them, and not behind a symbolic link.
    #[default]
    Below,
    /// Anywhere: the file that names them is trusted.
    Anywhere,
}

/// Reads the text of a file that a file in `folder` names.
///
/// # Errors
/// When the reach forbids it, and when it cannot be read, is too large, or no text.
pub fn read_named(folder: &Path, named: &str, reach: Reach) -> Result<String, FileError> {
    let named = Path::new(named);
    if reach == Reach::Below {
        below(folder, named)?;
    }
    let path = folder.join(named);
    // A device or a pipe has no end that its size would show.
    if !fs::metadata(&path)?.is_file() {
        return Err(FileError::NotAFile);
    }
    read_text(fs::File::open(path)?)
}

/// Reads a text to its end, which must come within [`MOST_BYTES`].
///
/// # Errors
/// When it cannot be read, is too large, or no text.
pub fn read_text(from: impl Read) -> Result<String, FileError> {
    read_text_within(from, MOST_BYTES)
}

/// Reads a text to its end, which must come within a number of bytes.
///
/// # Errors
/// When it cannot be read, is too large, or no text.
pub fn read_text_within(from: impl Read, most: u64) -> Result<String, FileError> {
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(FileError::TooLarge { most });
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..at).unwrap_or_default();
        FileError::NotUtf8 { line: before.iter().filter(|byte| **byte == b'\n').count() + 1 }
    })
}

/// Returns whether each step of a path stays below a folder. Targets of links are not checked.
fn below(folder: &Path, named: &Path) -> Result<(), FileError> {
    let mut depth = 0_usize;
    let mut here = folder.to_owned();
    for component in named.components() {
        match component {
            Component::CurDir => continue,
            Component::Normal(name) => {
                here.push(name);
                depth += 1;
            }
            Component::ParentDir if depth > 0 => {
                here.pop();
                depth -= 1;
            }
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                return Err(FileError::Outside { folder: folder.to_owned() });
            }
        }
        if fs::symlink_metadata(&here).is_ok_and(|found| found.is_symlink()) {
            return Err(FileError::Link { link: here });
        }
    }
    Ok(())
}
