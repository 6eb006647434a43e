//! The bytes of objects that are compressed, unpacked as they come.

use std::io::Write;

use flate2::write::MultiGzDecoder;
use ruzstd::decoding::FrameDecoder;

use super::IoError;

/// The number of bytes that are unpacked at once.
const PIECE: usize = 8192;

/// The most bytes that the header of a frame has.
const FRAME_HEADER: usize = 18;

/// The compression of an object, by the end of its key.
pub(super) enum Unpack {
    Plain,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Zstd(Box<Zstd>),
}

impl Unpack {
    pub(super) fn of_key(key: &str) -> Self {
        if key.ends_with(".gz") {
            Self::Gzip(Box::new(MultiGzDecoder::new(Vec::new())))
        } else if key.ends_with(".zst") {
            Self::Zstd(Box::new(Zstd { decoder: FrameDecoder::new(), pending: Vec::new(), is_inside: false }))
        } else {
            Self::Plain
        }
    }

    /// Takes some bytes and hands on what is in them.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        take: &mut dyn FnMut(&[u8]) -> Result<(), IoError>,
    ) -> Result<(), IoError> {
        match self {
            Self::Plain => take(bytes),
            Self::Gzip(decoder) => {
                decoder.write_all(bytes).map_err(IoError::failed)?;
                take(&std::mem::take(decoder.get_mut()))
            }
            Self::Zstd(zstd) => {
                zstd.pending.extend_from_slice(bytes);
                zstd.unpack(false, take)
            }
        }
    }

    /// Takes the end.
    pub(super) fn finish(
        &mut self,
        take: &mut dyn FnMut(&[u8]) -> Result<(), IoError>,
    ) -> Result<(), IoError> {
        match self {
            Self::Plain => Ok(()),
            Self::Gzip(decoder) => {
                decoder.try_finish().map_err(IoError::failed)?;
                take(&std::mem::take(decoder.get_mut()))
            }
            Self::Zstd(zstd) => zstd.unpack(true, take),
        }
    }
}

pub(super) struct Zstd {
    decoder: FrameDecoder,
    /// Bytes that are not a whole block yet.
    pending: Vec<u8>,
    /// Whether a frame has begun.
    is_inside: bool,
}

impl Zstd {
    fn unpack(
        &mut self,
        at_end: bool,
        take: &mut dyn FnMut(&[u8]) -> Result<(), IoError>,
    ) -> Result<(), IoError> {
        let mut piece = [0; PIECE];
        loop {
            if !self.is_inside && (self.pending.is_empty() || !at_end && self.pending.len() < FRAME_HEADER) {
                return Ok(());
            }
            let (read, written) =
                self.decoder.decode_from_to(&self.pending, &mut piece).map_err(IoError::failed)?;
            self.is_inside = true;
            self.pending.drain(..read.min(self.pending.len()));
            take(piece.get(..written).unwrap_or_default())?;
            if self.decoder.is_finished() && self.decoder.can_collect() == 0 {
                // Another frame may follow.
                self.decoder = FrameDecoder::new();
                self.is_inside = false;
            } else if read == 0 && written == 0 {
                return if at_end {
                    Err(IoError::failed("the object ends in the middle of a frame"))
                } else {
                    Ok(())
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn unpacked(key: &str, bytes: &[u8], piece: usize) -> Result<Vec<u8>, IoError> {
        let (mut unpack, mut out) = (Unpack::of_key(key), Vec::new());
        let mut take = |bytes: &[u8]| {
            out.extend_from_slice(bytes);
            Ok(())
        };
        for piece in bytes.chunks(piece) {
            unpack.feed(piece, &mut take)?;
        }
        unpack.finish(&mut take)?;
        Ok(out)
    }

    #[test]
    fn compressed_objects_come_out_whole_in_pieces_of_any_length() {
        let text: Vec<u8> =
            (0..200_000u32).flat_map(|number| (number % 977).to_string().into_bytes()).collect();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&text).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = compress_to_vec(&text[..], CompressionLevel::Fastest);
        let frames = [zstd.clone(), compress_to_vec(&b"more"[..], CompressionLevel::Fastest)].concat();
        for piece in [1_000, 4_096, 1 << 20] {
            assert_eq!(unpacked("a.csv", &text, piece).unwrap(), text);
            assert_eq!(unpacked("a.csv.gz", &gzip, piece).unwrap(), text);
            assert_eq!(unpacked("a.csv.zst", &zstd, piece).unwrap(), text);
            assert_eq!(unpacked("a.csv.zst", &frames, piece).unwrap(), [&text[..], b"more"].concat());
        }
        assert_eq!(unpacked("a.zst", &frames[zstd.len()..], 1).unwrap(), b"more");
        assert!(unpacked("a.zst", &zstd[..zstd.len() / 2], 100).is_err());
        assert!(unpacked("a.zst", b"this is no frame of zstd at all", 100).is_err());
    }
}
