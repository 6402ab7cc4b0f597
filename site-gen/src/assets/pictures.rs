//! PNG pictures of SVG drawings, for clients without SVG support: home screens and link previews.

use std::collections::BTreeMap;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::OutFile;
use crate::source::file::Asset;
use crate::source::problem::Problem;

/// Drawings in `templates/static/`, with the name of each picture and its width in pixels.
const WANTED: [(&str, &str, u32); 4] = [
    ("favicon.svg", "icon-32.png", 32),
    ("_app-icon.svg", "apple-touch-icon.png", 180),
    ("_app-icon.svg", "icon-192.png", 192),
    ("_app-icon.svg", "icon-512.png", 512),
];

/// A picture to render from a drawing.
#[derive(Debug)]
pub struct Picture {
    /// Path within the site, with the drawing's fingerprint in the name.
    path: String,
    drawing: Arc<Asset>,
    width: u32,
}

/// Returns the pictures of the drawings that exist, and adds their addresses under the names that
/// templates use.
///
/// A drawing whose name begins with `_` is not published itself, but only as pictures.
pub fn of(assets: &mut Vec<Arc<Asset>>, addresses: &mut BTreeMap<String, String>) -> Vec<Picture> {
    let mut pictures = Vec::new();
    for (from, name, width) in WANTED {
        let is_drawing = |asset: &&Arc<Asset>| asset.source == format!("templates/static/{from}");
        let Some(drawing) = assets.iter().find(is_drawing) else { continue };
        let stem = name.trim_end_matches(".png");
        let path = format!("{stem}.{}.png", drawing.fingerprint.short());
        addresses.insert(name.to_owned(), format!("/{path}"));
        pictures.push(Picture { path, drawing: Arc::clone(drawing), width });
    }
    assets.retain(|asset| !asset.source.starts_with("templates/static/_"));
    pictures
}

/// Draws a picture of a width in pixels.
///
/// # Errors
/// Returns the reason if the drawing has no size.
pub fn drawn(tree: &Tree, width: u32) -> Result<Pixmap, String> {
    let size = tree.size().to_int_size();
    let size = size.scale_to_width(width).ok_or("it has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("it has no size")?;
    let scale = width as f32 / tree.size().width();
    resvg::render(tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    Ok(pixels)
}

impl Picture {
    /// Returns the picture's file, without bytes if the one in place is up to date.
    ///
    /// # Errors
    /// Returns a problem if the drawing cannot be read.
    pub fn file(&self, is_unchanged: impl Fn(&str) -> bool) -> Result<OutFile, Problem> {
        let bytes = match is_unchanged(&self.path) {
            true => None,
            false => Some(self.draw().map_err(|error| self.unreadable(&error))?),
        };
        Ok((self.path.clone(), bytes))
    }

    fn draw(&self) -> Result<Vec<u8>, String> {
        let tree =
            Tree::from_data(&self.drawing.bytes, &Options::default()).map_err(|error| error.to_string())?;
        drawn(&tree, self.width)?.encode_png().map_err(|error| error.to_string())
    }

    fn unreadable(&self, error: &str) -> Problem {
        let problem =
            Problem::in_file(&self.drawing.source, format!("deze tekening is niet te lezen: {error}"));
        problem.help("bewaar die opnieuw als SVG, met de letters als lijnen")
    }
}
