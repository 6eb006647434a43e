//! Files that are written: in the directory that was named, and never through a symbolic link.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

/// Writes a file, new or in the place of one; a symbolic link, dangling or not, is no file.
///
/// # Errors
/// When it cannot be written, or is a link.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => fs::OpenOptions::new().write(true).truncate(true).open(path)?,
        Ok(found) if found.is_symlink() => {
            let message = "it is a symbolic link, which would be written through; delete it first";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        Ok(_) => return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it is no regular file")),
        // New, and new only: what appears there meanwhile is not followed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::OpenOptions::new().write(true).create_new(true).open(path)?
        }
        Err(error) => return Err(error),
    };
    file.write_all(text.as_bytes())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_is_never_written_through() {
        let place = tempfile::tempdir().unwrap();
        let (target, link) = (place.path().join("target"), place.path().join("link"));
        symlink(&target, &link).unwrap();
        assert!(write(&link, "x").unwrap_err().to_string().contains("symbolic link"));
        assert!(!target.exists(), "a dangling link");

        fs::write(&target, "mine").unwrap();
        assert!(write(&link, "x").is_err());
        assert_eq!(fs::read_to_string(&target).unwrap(), "mine");

        write(&target, "yours").unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "yours");
        assert!(write(place.path(), "x").is_err());
    }
}
