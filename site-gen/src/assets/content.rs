//! What a file is, judged by its bytes: a name can say anything.

use image::ImageFormat;

/// The endings of images that pages can show.
const SHOWN: [&str; 9] = ["gif", "jfif", "jpeg", "jpg", "pjpeg", "pjp", "png", "svg", "webp"];

/// What a file contains, as far as that matters before it goes online.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Pixels that are encoded again, without whatever the camera wrote beside them.
    Photograph,
    /// An image that is published unchanged.
    Gif,
    /// An image that this program cannot read, with its name. It may contain the place where it was taken.
    Unreadable(&'static str),
    /// Anything else.
    Other,
}

/// A reason why a file cannot go online as it is, and what to do about it.
pub type Fault = (&'static str, &'static str);

/// Returns whether the name of a file is that of an image which pages can show.
pub fn is_image(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    SHOWN.iter().any(|shown| ending.eq_ignore_ascii_case(shown))
}

/// Returns the ending that the name of an image for a page should have, or what is wrong with the image.
///
/// # Errors
/// Fails if it is no image that pages can show, or not a whole one.
pub fn ending(bytes: &[u8]) -> Result<&'static str, Fault> {
    let ending = match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => "jpg",
        Ok(ImageFormat::Png) => "png",
        Ok(ImageFormat::WebP) => "webp",
        Ok(ImageFormat::Gif) => "gif",
        _ => "",
    };
    match Content::of(bytes).fault(&format!("afbeelding.{ending}"), bytes) {
        Some(fault) => Err(fault),
        None if ending.is_empty() => {
            Err(("dit bestand is geen foto of tekening", "kies een JPG, PNG, WebP of GIF"))
        }
        None => Ok(ending),
    }
}

impl Content {
    /// Returns what a file contains.
    pub fn of(bytes: &[u8]) -> Self {
        // An ISO base media file begins with the length of its first box, `ftyp` and a brand.
        let brand = bytes.get(4..8).filter(|kind| *kind == b"ftyp").and(bytes.get(8..12));
        match (image::guess_format(bytes), brand) {
            (Ok(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP), _) => Self::Photograph,
            (Ok(ImageFormat::Gif), _) => Self::Gif,
            (Ok(ImageFormat::Tiff), _) => Self::Unreadable("TIFF"),
            (_, Some(b"avif" | b"avis")) => Self::Unreadable("AVIF"),
            (_, Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1")) => {
                Self::Unreadable("HEIC")
            }
            _ => Self::Other,
        }
    }

    /// Returns what is wrong with a file that goes online under this name.
    pub fn fault(self, path: &str, bytes: &[u8]) -> Option<Fault> {
        match self {
            Self::Photograph if !is_image(path) => Some((
                "dit bestand is een foto, maar heet anders",
                "geef het een naam die op `.jpg` of `.png` eindigt",
            )),
            Self::Photograph if is_cut_off(bytes) => {
                Some(("deze foto is niet heel: het einde ontbreekt", "kopieer of download die opnieuw"))
            }
            Self::Photograph if moves(bytes) => Some((
                "deze afbeelding beweegt, en dat gaat op de site verloren",
                "bewaar die als GIF of als filmpje, of kies één beeld",
            )),
            Self::Unreadable(_) => Some((
                "dit soort afbeelding kan niet online: er kan in staan waar zij is gemaakt",
                "bewaar die als JPG of PNG",
            )),
            Self::Other if tells_its_place(bytes) => Some((
                "in dit filmpje staat waar het is gemaakt",
                "sla het op zonder locatie: op een telefoon is dat een keuze bij het delen",
            )),
            Self::Photograph | Self::Gif | Self::Other => None,
        }
    }
}

/// Returns whether a JPEG lacks its end: the marker after the last scan.
///
/// A decoder fills the missing part with grey. Source: ITU-T T.81, annex B.
fn is_cut_off(bytes: &[u8]) -> bool {
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return false;
    }
    let mut at = 2;
    // Segments before the first scan have a length. A thumbnail among them has an end marker of its own.
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        if marker == 0xda {
            return !bytes[at..].windows(2).rev().any(|pair| pair == [0xff, 0xd9]);
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    true
}

/// Returns whether a PNG or WebP has several frames.
fn moves(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"RIFF") {
        // The extended header has a flag for it.
        return bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 0x02 != 0);
    }
    // The chunk that announces the frames comes before the pixels.
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 8) {
        match &head[4..] {
            b"acTL" => return true,
            b"IDAT" => return false,
            _ => {}
        }
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        at = at.saturating_add(12).saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
    }
    false
}

/// Returns whether a film says where it was made.
fn tells_its_place(bytes: &[u8]) -> bool {
    if bytes.get(4..8) != Some(b"ftyp") {
        return false;
    }
    let mut at = 0_usize;
    while let Some(head) = bytes.get(at..).and_then(|rest| rest.get(..16)) {
        let short = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        let long = head[8..].iter().fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
        let length = match short {
            // The last box reaches to the end of the file.
            0 => u64::MAX,
            1 => long,
            short => short,
        };
        let end = usize::try_from(length).map_or(usize::MAX, |length| at.saturating_add(length.max(8)));
        if &head[4..8] == b"moov" {
            let movie = &bytes[at..end.min(bytes.len())];
            let has = |name: &[u8]| movie.windows(name.len()).any(|part| part == name);
            return has(b"\xa9xyz") || has(b"location.ISO6709");
        }
        at = end;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide_what_a_file_is() {
        let fault =
            |path: &str, bytes: &[u8]| Content::of(bytes).fault(path, bytes).map(|(message, _)| message);
        let jpeg = [&[0xff, 0xd8, 0xff, 0xe0, 0, 4, 0xff, 0xd9][..], &[0xff, 0xda, 0, 2, 1, 2, 3]].concat();
        assert!(fault("a.jpg", &jpeg).unwrap_or_default().contains("niet heel"), "only its thumbnail ends");
        let whole = [&jpeg[..], &[0xff, 0xd9]].concat();
        assert_eq!(fault("a.jfif", &whole), None);
        assert!(fault("a.pdf", &whole).unwrap_or_default().contains("heet anders"));
        assert!(
            fault("a.jpg", b"\0\0\0\x1cftypavif\0\0\0\0").unwrap_or_default().contains("kan niet online")
        );
        assert!(fault("a.png", b"II*\0\x08\0\0\0").unwrap_or_default().contains("kan niet online"));
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\0IHDR\0\0\0\0\0\0\0\x08acTL";
        assert!(fault("a.png", png).unwrap_or_default().contains("beweegt"));
        let webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0";
        assert!(fault("a.webp", webp).unwrap_or_default().contains("beweegt"));
        let film = |movie: &str| {
            let head = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x10mdatxxxxxxxx".as_slice();
            let length = u32::try_from(movie.len() + 8).unwrap_or_default().to_be_bytes();
            [head, &length, b"moov", movie.as_bytes()].concat()
        };
        assert!(
            fault("a.mp4", &film("udta....location.ISO6709")).unwrap_or_default().contains("waar het is")
        );
        assert_eq!(fault("a.mp4", &film("udta........................")), None);
        assert_eq!(fault("a.pdf", b"%PDF-1.7"), None);
    }
}
