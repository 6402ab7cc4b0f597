//! The pictures that other sites show with a link to a page: its title, set in the site's own font.
//!
//! `templates/share.svg` draws them, with a font from `templates/static/` whose name begins with `_`.

use std::collections::HashMap;
use std::sync::Arc;

use png::{ColorType, DeflateCompression, Encoder, EncodingError, Filter};
use resvg::tiny_skia::{Pixmap, PremultipliedColorU8};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

use super::pictures::drawn;
use crate::source::file::{Asset, Source};
use crate::source::fingerprint::Fingerprint;

/// The name of the template.
pub const TEMPLATE: &str = "share.svg";
/// Width in pixels of the picture that other sites expect. Its height is 630.
const WIDTH: u32 = 1200;
/// Width in pixels that a line of the title may take.
const LINE: f32 = 620.0;
/// The most lines of a title.
const LINES: usize = 4;
/// The sizes of a title in pixels. The largest at which it fits is taken.
const SIZES: [u8; 5] = [76, 66, 56, 48, 40];

/// Draws the pictures.
#[derive(Debug)]
pub struct Share {
    options: Options<'static>,
    font: Arc<Asset>,
    /// Fingerprint of the drawing and the font.
    basis: Fingerprint,
}

/// A title in lines.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct Lines {
    /// The lines.
    pub lines: Vec<String>,
    /// The size in pixels at which they fit.
    pub size: u8,
}

impl Share {
    /// Returns `None` for a site without the drawing or without a font for it.
    pub fn of(assets: &[Arc<Asset>], templates: &[Arc<Source>]) -> Option<Self> {
        let drawing = templates.iter().find(|source| source.path == format!("templates/{TEMPLATE}"))?;
        let is_font = |asset: &&Arc<Asset>| {
            asset.source.starts_with("templates/static/_") && asset.source.ends_with(".ttf")
        };
        let font = assets.iter().find(is_font)?;
        let mut fonts = Database::new();
        fonts.load_font_data(font.bytes.clone());
        let font_family = fonts.faces().next()?.families.first()?.0.clone();
        let options = Options { font_family, fontdb: Arc::new(fonts), ..Options::default() };
        Some(Self {
            options,
            font: Arc::clone(font),
            basis: Fingerprint::of(&(drawing.fingerprint, font.fingerprint)),
        })
    }

    /// Returns the path within the site of the picture with a title.
    ///
    /// It contains a fingerprint of all that the picture is made of, so that a picture is drawn once.
    pub fn path(&self, title: &str, site_title: &str) -> String {
        format!("deel/{}.png", Fingerprint::of(&(self.basis, title, site_title)).short())
    }

    /// Breaks a title into lines.
    pub fn lines(&self, title: &str) -> Lines {
        for size in SIZES {
            let lines = self.broken(title, size);
            if lines.len() <= LINES && lines.iter().all(|line| self.width(line, size) <= LINE) {
                return Lines { lines, size };
            }
        }
        let size = SIZES[SIZES.len() - 1];
        let mut lines = self.broken(title, size);
        if lines.len() > LINES {
            lines.truncate(LINES);
            lines[LINES - 1].push('…');
        }
        Lines { lines, size }
    }

    fn broken(&self, title: &str, size: u8) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in title.split_whitespace() {
            if let Some(line) = lines.last_mut() {
                let longer = format!("{line} {word}");
                if self.width(&longer, size) <= LINE {
                    *line = longer;
                    continue;
                }
            }
            lines.push(word.to_owned());
        }
        lines
    }

    /// Returns the width in pixels, without the kerning, which only makes it narrower.
    fn width(&self, text: &str, size: u8) -> f32 {
        let Ok(font) = FontRef::new(&self.font.bytes) else { return 0.0 };
        let letters = font.charmap();
        let metrics = font.glyph_metrics(Size::new(f32::from(size)), LocationRef::default());
        let widths = text.chars().filter_map(|c| metrics.advance_width(letters.map(c)?));
        widths.sum()
    }

    /// Returns whether the font has all letters of a text.
    pub fn can_write(&self, text: &str) -> bool {
        let font = FontRef::new(&self.font.bytes);
        font.is_ok_and(|font| {
            text.split_whitespace().flat_map(str::chars).all(|c| font.charmap().map(c).is_some())
        })
    }

    /// Draws a picture.
    ///
    /// # Errors
    /// Returns the reason if the drawing is not valid SVG.
    pub fn draw(&self, svg: &str) -> Result<Vec<u8>, String> {
        let tree = Tree::from_str(svg, &self.options).map_err(|error| error.to_string())?;
        encoded(&drawn(&tree, WIDTH)?).map_err(|error| error.to_string())
    }
}

/// Encodes an opaque picture as PNG: with a palette if it has at most 256 colours, which is a third of the size.
fn encoded(pixels: &Pixmap) -> Result<Vec<u8>, EncodingError> {
    let rgb = |pixel: &PremultipliedColorU8| [pixel.red(), pixel.green(), pixel.blue()];
    let mut numbers = HashMap::new();
    let mut palette = Vec::new();
    let mut indexed = Vec::with_capacity(pixels.pixels().len());
    // The drawing is mostly even, so whole runs of pixels need one look-up.
    for run in pixels.pixels().chunk_by(PartialEq::eq) {
        let number = *numbers.entry(rgb(&run[0])).or_insert_with(|| {
            palette.extend(rgb(&run[0]));
            palette.len() / 3 - 1
        });
        indexed.resize(indexed.len() + run.len(), u8::try_from(number).unwrap_or_default());
    }
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, pixels.width(), pixels.height());
    // Level 3 takes half the time of level 6 for a fifth more bytes.
    encoder.set_filter(Filter::NoFilter);
    encoder.set_deflate_compression(DeflateCompression::Level(3));
    if numbers.len() <= 256 {
        encoder.set_color(ColorType::Indexed);
        encoder.set_palette(palette);
        encoder.write_header()?.write_image_data(&indexed)?;
    } else {
        encoder.set_color(ColorType::Rgb);
        let data: Vec<u8> = pixels.pixels().iter().flat_map(rgb).collect();
        encoder.write_header()?.write_image_data(&data)?;
    }
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::html::Text;

    fn share() -> Share {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates");
        let font = std::fs::read(root.join("static/_bricolage-grotesque.ttf")).unwrap();
        let font = Arc::new(Asset::new("templates/static/_bricolage-grotesque.ttf", "a.ttf", font));
        let drawing = Arc::new(Source::new("templates/share.svg", "<svg/>"));
        Share::of(&[font], &[drawing]).unwrap()
    }

    #[test]
    fn a_title_fits_at_the_largest_size_and_loses_its_end_only_if_it_must() {
        let share = share();
        let set = |title: &str| share.lines(title);
        assert_eq!(set("Contact"), Lines { lines: vec!["Contact".into()], size: 76 });
        let long = set("Lerend Netwerk over meetbare en merkbare indicatoren");
        assert!(long.size >= 56 && long.lines.len() <= LINES, "{long:?}");
        assert_eq!(long.lines.join(" "), "Lerend Netwerk over meetbare en merkbare indicatoren");
        let longest = set(&"woord ".repeat(60));
        assert!(longest.lines.len() == LINES && longest.lines[3].ends_with('…'), "{longest:?}");
        assert!(set("").lines.is_empty());
    }

    #[test]
    fn letters_are_drawn_as_they_are() {
        let share = share();
        let draw = |text: &str| {
            let text = Text(text);
            let svg = format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><text fill="white" y="90">{text}</text></svg>"#
            );
            share.draw(&svg).unwrap()
        };
        // Letters that the font lacks would all be the same box.
        let seen: Vec<Vec<u8>> = ["A", "B", "é", "’", "&", "ij", "–"].map(draw).into();
        assert!(seen.iter().enumerate().all(|(at, one)| !seen[..at].contains(one) && *one != draw("")));
        assert!(share.can_write("’s Ochtends – één & al") && !share.can_write("日本"));
        // A gradient has too many colours for a palette.
        let gradient = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><linearGradient id="g">
            <stop stop-color="red"/><stop offset="0.5" stop-color="lime"/><stop offset="1" stop-color="blue"/></linearGradient><path fill="url(#g)" d="M0 0h1200v630H0z"/></svg>"#;
        for (drawn, is_indexed) in [(draw("A"), true), (share.draw(gradient).unwrap(), false)] {
            let mut reader = png::Decoder::new(std::io::Cursor::new(&drawn)).read_info().unwrap();
            assert_eq!(reader.info().color_type == ColorType::Indexed, is_indexed);
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            assert_eq!((reader.info().width, reader.info().height), (1200, 630));
        }
        assert_ne!(share.path("A", "POS"), share.path("B", "POS"));
    }
}
