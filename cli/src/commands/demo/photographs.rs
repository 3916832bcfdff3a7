//! Two photographs that go with a report, and whether they are the same at every partner. They are drawn, not taken.

use super::Party;
use crate::error::{Error, Exit, Result};
use crate::lang::tr;
use flate2::{Compression, Crc, write::ZlibEncoder};
use serde::Serialize;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;

/// A photograph that a partner has opened.
#[derive(Debug, Serialize)]
pub(super) struct Arrived {
    pub(super) organisation: String,
    pub(super) name: String,
    pub(super) bytes: u64,
    /// SHA-256, equal to that which the author signed.
    pub(super) hash: String,
}

/// Draws two photographs below a directory.
pub(super) fn draw(base: &Path) -> Result<[PathBuf; 2]> {
    let dir = base.join("camera");
    let paths = [dir.join("checkpoint-1.png"), dir.join("checkpoint-2.png")];
    for (path, seed) in paths.iter().zip(1..) {
        let picture = picture(seed).map_err(|e| Error::io(tr!("demo-not-drawn"), path, &e))?;
        crate::files::write_private(path, &picture)?;
    }
    Ok(paths)
}

/// Every party brings the files of a report to itself, and they are the ones that were sent.
pub(super) async fn everywhere(
    parties: &[Party],
    base: &Path,
    report: &str,
    sent: &[PathBuf],
) -> Result<Vec<Arrived>> {
    let mut arrived = Vec::new();
    for (party, n) in parties.iter().zip(1..) {
        let dir = base.join(format!("opened-{n}"));
        crate::files::private_dir(&dir)?;
        let to = super::script::text(&dir);
        let files = party
            .json(&["attachment", "fetch", report, "-o", &to])
            .await?;
        for path in sent {
            let name = path.file_name().unwrap_or_default();
            let (before, after) = (std::fs::read(path), std::fs::read(dir.join(name)));
            let name = name.to_string_lossy().into_owned();
            let same = before.is_ok() && before.ok() == after.ok();
            let file = files
                .as_array()
                .into_iter()
                .flatten()
                .find(|f| f["name"] == name.as_str());
            let Some(file) = file.filter(|_| same) else {
                return Err(Error::new(
                    Exit::Failed,
                    tr!("demo-not-got", party = party.name, name),
                ));
            };
            arrived.push(Arrived {
                organisation: party.name.into(),
                name,
                bytes: file["size"].as_u64().unwrap_or_default(),
                hash: file["hash"].as_str().unwrap_or_default().into(),
            });
        }
    }
    Ok(arrived)
}

/// A PNG (W3C, third edition) of a hazy landscape: the same for the same seed, and no smaller than a photograph.
fn picture(seed: u32) -> std::io::Result<Vec<u8>> {
    let mut grain = seed.wrapping_mul(0x9e37_79b9) | 1;
    let mut pixels = Vec::new();
    for y in 0..HEIGHT {
        // No filter.
        pixels.push(0);
        for x in 0..WIDTH {
            grain ^= grain << 13;
            grain ^= grain >> 17;
            grain ^= grain << 5;
            let hill = HEIGHT / 2 + (x * seed) % 90;
            let light = if y < hill { 180 - y / 4 } else { 60 + y / 8 };
            for (colour, at) in [0u32, 8, 16].iter().zip(0..) {
                let value = light + at * 10 + ((grain >> colour) & 31);
                pixels.push(u8::try_from(value.min(255)).unwrap_or(u8::MAX));
            }
        }
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&pixels)?;
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [WIDTH.to_be_bytes(), HEIGHT.to_be_bytes()].concat();
    // Eight bits for each of three colours.
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    block(&mut png, b"IHDR", &header);
    block(&mut png, b"IDAT", &encoder.finish()?);
    block(&mut png, b"IEND", &[]);
    Ok(png)
}

fn block(png: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    png.extend_from_slice(&length.to_be_bytes());
    png.extend_from_slice(kind);
    png.extend_from_slice(content);
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(content);
    png.extend_from_slice(&crc.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_picture() {
        let first = picture(1).expect("drawn");
        assert_eq!(first, picture(1).expect("drawn"));
        assert_ne!(first, picture(2).expect("drawn"));
        assert!(first.len() > 256 << 10, "more than one chunk");
        assert!(first.starts_with(b"\x89PNG\r\n\x1a\n") && first.ends_with(b"IEND\xaeB\x60\x82"));
    }
}
