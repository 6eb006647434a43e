//! The bytes of objects that are compressed, unpacked as they are asked for: a few bytes may hold very many.

use std::io::Write;

use flate2::write::MultiGzDecoder;
use ruzstd::decoding::FrameDecoder;

use super::IoError;

/// The number of bytes that are unpacked at once from zstd.
const PIECE: usize = 8192;

/// The number of bytes of gzip that are unpacked at once: a thousand times as many come out at most.
const PACKED: usize = 512;

/// The most bytes that the header of a frame has.
const FRAME_HEADER: usize = 18;

/// Bytes as they come, and what is in them.
pub(super) struct Unpack {
    packed: Vec<u8>,
    /// The bytes of `packed` that were taken.
    taken: usize,
    is_over: bool,
    packing: Packing,
}

/// The compression of an object, by the end of its key.
enum Packing {
    Plain,
    Gzip(Option<Box<MultiGzDecoder<Vec<u8>>>>),
    Zstd(Box<Zstd>),
}

struct Zstd {
    decoder: FrameDecoder,
    /// Whether a frame has begun.
    is_inside: bool,
}

impl Unpack {
    pub(super) fn of_key(key: &str) -> Self {
        let packing = if key.ends_with(".gz") {
            Packing::Gzip(Some(Box::new(MultiGzDecoder::new(Vec::new()))))
        } else if key.ends_with(".zst") {
            Packing::Zstd(Box::new(Zstd { decoder: FrameDecoder::new(), is_inside: false }))
        } else {
            Packing::Plain
        };
        Self { packed: Vec::new(), taken: 0, is_over: false, packing }
    }

    /// Takes bytes of the object.
    pub(super) fn feed(&mut self, mut bytes: Vec<u8>) {
        self.packed.drain(..self.taken);
        self.taken = 0;
        if self.packed.is_empty() {
            self.packed = bytes;
        } else {
            self.packed.append(&mut bytes);
        }
    }

    /// Takes the end of the object.
    pub(super) fn end(&mut self) {
        self.is_over = true;
    }

    /// Returns the next unpacked bytes; none where more have to be fed, and when all was given.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, IoError> {
        let rest = self.packed.get(self.taken..).unwrap_or_default();
        match &mut self.packing {
            Packing::Plain if rest.is_empty() => Ok(None),
            Packing::Plain => Ok(Some(std::mem::take(&mut self.packed))),
            Packing::Gzip(None) => Ok(None),
            Packing::Gzip(Some(decoder)) => {
                let piece = rest.get(..PACKED.min(rest.len())).unwrap_or_default();
                if piece.is_empty() && !self.is_over {
                    return Ok(None);
                }
                self.taken += piece.len();
                decoder.write_all(piece).map_err(IoError::failed)?;
                if piece.is_empty() {
                    decoder.try_finish().map_err(IoError::failed)?;
                }
                let unpacked = std::mem::take(decoder.get_mut());
                if piece.is_empty() {
                    self.packing = Packing::Gzip(None);
                }
                Ok(Some(unpacked))
            }
            Packing::Zstd(zstd) => {
                let (taken, unpacked) = zstd.next(rest, self.is_over)?;
                self.taken += taken;
                Ok(unpacked)
            }
        }
    }
}

impl Zstd {
    /// Returns how many bytes were taken, and what was in them.
    fn next(&mut self, packed: &[u8], is_over: bool) -> Result<(usize, Option<Vec<u8>>), IoError> {
        if !self.is_inside && (packed.is_empty() || !is_over && packed.len() < FRAME_HEADER) {
            return Ok((0, None));
        }
        let mut piece = vec![0; PIECE];
        // The decoder unpacks all whole blocks that it is given, and holds them.
        let mut given = PACKED.min(packed.len());
        let (read, written) = loop {
            let blocks = packed.get(..given).unwrap_or_default();
            let made = self.decoder.decode_from_to(blocks, &mut piece).map_err(IoError::failed)?;
            if made != (0, 0) || given == packed.len() || self.decoder.is_finished() {
                break made;
            }
            given = (2 * given).min(packed.len());
        };
        self.is_inside = true;
        piece.truncate(written);
        if self.decoder.is_finished() && self.decoder.can_collect() == 0 {
            // Another frame may follow.
            self.decoder = FrameDecoder::new();
            self.is_inside = false;
        } else if read == 0 && written == 0 {
            return if is_over {
                Err(IoError::failed("the object ends in the middle of a frame"))
            } else {
                Ok((0, None))
            };
        }
        Ok((read.min(packed.len()), Some(piece)))
    }
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn unpacked(key: &str, bytes: &[u8], piece: usize) -> Result<Vec<u8>, IoError> {
        let (mut unpack, mut out) = (Unpack::of_key(key), Vec::new());
        let mut take = |unpack: &mut Unpack| {
            while let Some(bytes) = unpack.next()? {
                // A window more may come of what was taken before.
                let most = 1_040 * PACKED + (64 << 10);
                assert!(key == "a.csv" || bytes.len() <= most, "{} bytes at once", bytes.len());
                out.extend(bytes);
            }
            Ok(())
        };
        for piece in bytes.chunks(piece) {
            unpack.feed(piece.to_vec());
            take(&mut unpack)?;
        }
        unpack.end();
        take(&mut unpack)?;
        Ok(out)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(text).unwrap();
        gzip.finish().unwrap()
    }

    #[test]
    fn compressed_objects_come_out_whole_in_pieces_of_any_length() {
        let text: Vec<u8> =
            (0..200_000u32).flat_map(|number| (number % 977).to_string().into_bytes()).collect();
        let packed = gzip(&text);
        let zstd = compress_to_vec(&text[..], CompressionLevel::Fastest);
        let members = [&packed[..], &gzip(b"more")].concat();
        let frames = [zstd.clone(), compress_to_vec(&b"more"[..], CompressionLevel::Fastest)].concat();
        let both = [&text[..], b"more"].concat();
        for piece in [100, 1_000, 4_096, 1 << 20] {
            assert_eq!(unpacked("a.csv", &text, piece).unwrap(), text);
            assert_eq!(unpacked("a.csv.gz", &packed, piece).unwrap(), text);
            assert_eq!(unpacked("a.csv.gz", &members, piece).unwrap(), both);
            assert_eq!(unpacked("a.csv.zst", &zstd, piece).unwrap(), text);
            assert_eq!(unpacked("a.csv.zst", &frames, piece).unwrap(), both);
        }
        assert_eq!(unpacked("a.zst", &frames[zstd.len()..], 1).unwrap(), b"more");
        for (key, whole) in [("a.zst", &zstd), ("a.gz", &packed)] {
            assert!(unpacked(key, &whole[..whole.len() / 2], 100).is_err(), "{key}");
            assert!(unpacked(key, b"this is no frame of zstd and no gzip at all", 100).is_err(), "{key}");
        }
    }

    /// Few bytes that hold very many never come out at once.
    #[test]
    fn what_is_packed_a_thousandfold_comes_out_in_small_pieces() {
        let zeros = vec![0; 20 << 20];
        let packed = gzip(&zeros);
        assert!(packed.len() < 30_000);
        assert_eq!(unpacked("a.gz", &packed, usize::MAX).unwrap().len(), zeros.len());
        let packed = compress_to_vec(&zeros[..], CompressionLevel::Fastest);
        assert_eq!(unpacked("a.zst", &packed, usize::MAX).unwrap().len(), zeros.len());
        let mut unpack = Unpack::of_key("a.zst");
        unpack.feed(packed.clone());
        assert!(unpack.next().unwrap().is_some());
        let Packing::Zstd(zstd) = &unpack.packing else { panic!("{}", packed.len()) };
        let held = zstd.decoder.can_collect();
        assert!(unpack.taken < packed.len() && held < 18 << 20, "{held} of {}", packed.len());
    }
}
