//! Responsive images for pages.
//!
//! Each JPEG, PNG or WebP of the content is published as WebP in a few widths, and
//! once in its own format for browsers without WebP support. Every file is encoded
//! from the pixels only, rotated upright. This strips camera metadata, such as the
//! location.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::Arc;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};
use moxcms::{ColorProfile, Layout, TransformOptions};
use rayon::prelude::*;

use super::OutFile;
use super::content::{Content, is_image};
use crate::progress::Task;
use crate::source::file::Asset;
use crate::source::fingerprint::Fingerprint;
use crate::source::link::encoded;
use crate::source::problem::{Problem, Problems};
use crate::words::html::{Href, Text};

/// Widths in pixels: a phone, a text column, and a text column on a high-density screen.
const WIDTHS: [u32; 3] = [480, 960, 1440];
/// Displayed width of an image, so that a browser can choose a file before it lays out the page.
const SIZES: &str = "(min-width: 44rem) 40rem, 92vw";
/// Quality of JPEG and WebP, out of 100: the loss is not visible on a page.
const QUALITY: u8 = 80;

/// The images of the content, by the path of their URL.
#[derive(Debug)]
pub struct Images {
    by_path: HashMap<String, Image>,
    /// Fingerprint of all images.
    pub fingerprint: Fingerprint,
}

/// An image as pages show it.
#[derive(Debug)]
pub struct Image {
    /// Path of the image in its own format.
    url: String,
    /// Width and height in pixels, upright; `None` if unknown.
    size: Option<(u32, u32)>,
    /// WebP variants, narrowest first; empty if the file is published unchanged.
    variants: Vec<Variant>,
}

#[derive(Debug)]
struct Variant {
    /// Path of the variant's URL.
    url: String,
    width: u32,
}

impl Images {
    /// Inspects each image of the content, and reports those that cannot be read.
    pub fn new(assets: &[Arc<Asset>], problems: &mut Problems) -> Self {
        let content: Vec<&Arc<Asset>> =
            assets.iter().filter(|asset| asset.source.starts_with("content/")).collect();
        let looked: Vec<_> = content.par_iter().filter_map(|asset| Some((asset, look(asset)?))).collect();
        let fingerprint =
            Fingerprint::of(&looked.iter().map(|(asset, _)| asset.fingerprint).collect::<Vec<_>>());
        let mut by_path = HashMap::new();
        for (asset, image) in looked {
            match image {
                Ok(image) => {
                    by_path.insert(format!("/{}", asset.path), image);
                }
                Err(problem) => problems.push(problem),
            }
        }
        Self { by_path, fingerprint }
    }

    /// Returns the image at the path of a URL.
    pub fn get(&self, path: &str) -> Option<&Image> {
        self.by_path.get(path)
    }

    /// Decodes every JPEG, PNG and WebP completely, and returns a problem for each broken one.
    pub fn check(&self, assets: &[Arc<Asset>]) -> Problems {
        let is_read = |asset: &&Arc<Asset>| {
            self.get(&format!("/{}", asset.path)).is_some_and(|image| !image.variants.is_empty())
        };
        let task = Task::begin("afbeeldingen nagaan", assets.len());
        let broken = |asset: &Arc<Asset>| {
            let decoded = decode(&asset.bytes);
            task.step();
            Some(unreadable(asset, &decoded.err()?))
        };
        let mut problems = Problems::default();
        let found: Vec<Problem> = assets.par_iter().filter(is_read).filter_map(broken).collect();
        found.into_iter().for_each(|problem| problems.push(problem));
        problems
    }

    /// Returns the files to publish for an asset, without bytes if all of them are up to date.
    ///
    /// # Errors
    /// Returns a problem if the asset cannot be read.
    pub fn files(&self, asset: &Asset, stands: impl Fn(&str) -> bool) -> Result<Vec<OutFile>, Problem> {
        let image = self.get(&format!("/{}", asset.path)).filter(|image| !image.variants.is_empty());
        let Some(image) = image else { return Ok(vec![(asset.path.clone(), Some(asset.bytes.clone()))]) };
        let urls = image.variants.iter().map(|variant| &variant.url).chain([&image.url]);
        let paths: Vec<&str> = urls.map(|url| url.trim_start_matches('/')).collect();
        // The names of the variants contain a fingerprint of their inputs. The file in the image's own format
        // was made together with them, so it is up to date as well.
        if paths.iter().all(|path| stands(path)) {
            return Ok(paths.into_iter().map(|path| (path.to_owned(), None)).collect());
        }
        let files = image.encode(asset).map_err(|error| unreadable(asset, &error))?;
        Ok(files.into_iter().map(|(path, bytes)| (path, Some(bytes))).collect())
    }
}

fn unreadable(asset: &Asset, error: &ImageError) -> Problem {
    let problem = Problem::in_file(&asset.source, format!("deze afbeelding is niet te lezen: {error}"));
    problem.help("bewaar die opnieuw als JPG of PNG")
}

impl Image {
    /// Returns the HTML element that shows the image.
    ///
    /// If `late` is set, the browser loads the image only when the visitor scrolls to it.
    pub fn html(&self, alt: &str, late: bool) -> String {
        let mut html = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut html, alt, late);
        html
    }

    fn write(&self, html: &mut String, alt: &str, late: bool) -> std::fmt::Result {
        if !self.variants.is_empty() {
            html.push_str("<picture><source type=\"image/webp\" srcset=\"");
            for (at, Variant { url, width }) in self.variants.iter().enumerate() {
                let comma = if at == 0 { "" } else { ", " };
                write!(html, "{comma}{} {width}w", Href(&encoded(url)))?;
            }
            let auto = if late { "auto, " } else { "" };
            write!(html, "\" sizes=\"{auto}{SIZES}\">")?;
        }
        write!(html, "<img src=\"{}\" alt=\"{}\"", Href(&encoded(&self.url)), Text(alt))?;
        if let Some((width, height)) = self.size {
            write!(html, " width=\"{width}\" height=\"{height}\"")?;
        }
        html.push_str(if late { " loading=\"lazy\" decoding=\"async\">" } else { ">" });
        if !self.variants.is_empty() {
            html.push_str("</picture>");
        }
        Ok(())
    }

    fn encode(&self, asset: &Asset) -> Result<Vec<(String, Vec<u8>)>, ImageError> {
        let format = image::guess_format(&asset.bytes)?;
        let is_drawn = format == ImageFormat::Png;
        let (width, _) = self.size.unwrap_or((1, 1));
        let widest = scaled(&decode(&asset.bytes)?, width).into_owned();
        let mut files = Vec::with_capacity(self.variants.len() + 1);
        for Variant { url, width } in &self.variants {
            let narrower = scaled(&widest, *width);
            files.push((url.trim_start_matches('/').to_owned(), webp(&narrower, is_drawn)));
        }
        let mut own = Vec::new();
        match format {
            ImageFormat::WebP => own = webp(&widest, is_drawn),
            ImageFormat::Png => widest.write_to(&mut Cursor::new(&mut own), format)?,
            _ => widest.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut own, QUALITY))?,
        }
        files.push((asset.path.clone(), own));
        Ok(files)
    }
}

/// Scales an image to a width that is at most its own.
fn scaled(image: &DynamicImage, width: u32) -> Cow<'_, DynamicImage> {
    if width == image.width() {
        return Cow::Borrowed(image);
    }
    let height = height_at(width, (image.width(), image.height()));
    Cow::Owned(image.resize_exact(width, height, FilterType::Lanczos3))
}

/// Inspects an image without decoding it. Returns `None` if the file is not an image.
fn look(asset: &Asset) -> Option<Result<Image, Problem>> {
    let content = Content::of(&asset.bytes);
    if let Some((message, help)) = content.fault(&asset.path, &asset.bytes) {
        return Some(Err(Problem::in_file(&asset.source, message).help(help)));
    }
    let (stem, ending) = asset.path.rsplit_once('.').filter(|_| is_image(&asset.path))?;
    let own = || format!("/{}", asset.path);
    let is_svg = ending.eq_ignore_ascii_case("svg");
    match content {
        Content::Other if is_svg => {
            let size = std::str::from_utf8(&asset.bytes).ok().and_then(svg_size);
            Some(Ok(Image { url: own(), size, variants: Vec::new() }))
        }
        Content::Gif => Some(Ok(Image { url: own(), size: gif_size(&asset.bytes), variants: Vec::new() })),
        _ => Some(size_upright(&asset.bytes).map_err(|error| unreadable(asset, &error)).map(
            |(width, height)| {
                // The name contains a fingerprint of all inputs. An existing file with it is up to date.
                let made_of = Fingerprint::of(&(asset.fingerprint, WIDTHS, QUALITY)).short();
                let widest = width.min(WIDTHS[WIDTHS.len() - 1]);
                // Skips a step if the widest variant is at most 20% wider: it would save next to nothing.
                let steps = WIDTHS.into_iter().filter(|step| step + step / 5 < widest).chain([widest]);
                let variants: Vec<Variant> = steps
                    .map(|width| Variant { url: format!("/{stem}.{made_of}.{width}.webp"), width })
                    .collect();
                Image { url: own(), size: Some((widest, height_at(widest, (width, height)))), variants }
            },
        )),
    }
}

fn height_at(wanted: u32, (width, height): (u32, u32)) -> u32 {
    let scaled = f64::from(height) * f64::from(wanted) / f64::from(width.max(1));
    // At least 1. Fits in a `u32`: `wanted` is at most `width`, so the result is at most `height`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the height")]
    let scaled = scaled.round().max(1.0) as u32;
    scaled
}

fn decoder(bytes: &[u8]) -> Result<impl ImageDecoder + '_, ImageError> {
    ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(ImageError::IoError)?.into_decoder()
}

/// Returns the width and height after rotation to upright.
fn size_upright(bytes: &[u8]) -> Result<(u32, u32), ImageError> {
    let mut decoder = decoder(bytes)?;
    let (width, height) = decoder.dimensions();
    let is_on_its_side = matches!(
        decoder.orientation()?,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    Ok(if is_on_its_side { (height, width) } else { (width, height) })
}

/// Decodes the pixels, rotated upright and converted to sRGB, with eight bits per channel.
fn decode(bytes: &[u8]) -> Result<DynamicImage, ImageError> {
    let mut decoder = decoder(bytes)?;
    let orientation = decoder.orientation()?;
    let profile = decoder.icc_profile()?;
    let image = DynamicImage::from_decoder(decoder)?;
    let mut image = match image.color().has_alpha() {
        true => DynamicImage::ImageRgba8(image.into_rgba8()),
        false => DynamicImage::ImageRgb8(image.into_rgb8()),
    };
    if let Some(profile) = profile {
        to_srgb(&mut image, &profile);
    }
    image.apply_orientation(orientation);
    Ok(image)
}

/// Converts the pixels from the colour space of a profile to sRGB.
///
/// Ignores an unusable profile, as browsers do.
fn to_srgb(image: &mut DynamicImage, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    let (layout, bytes): (_, &mut [u8]) = match image {
        DynamicImage::ImageRgb8(pixels) => (Layout::Rgb, pixels),
        DynamicImage::ImageRgba8(pixels) => (Layout::Rgba, pixels),
        _ => return,
    };
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default());
    let mut turned = vec![0; bytes.len()];
    if transform.is_ok_and(|transform| transform.transform(bytes, &mut turned).is_ok()) {
        bytes.copy_from_slice(&turned);
    }
}

/// Encodes an image as WebP. A drawing is encoded losslessly if that is smaller.
fn webp(image: &DynamicImage, is_drawn: bool) -> Vec<u8> {
    let (width, height) = (image.width(), image.height());
    let rgb;
    let encoder = match image {
        DynamicImage::ImageRgba8(pixels) => webp::Encoder::from_rgba(pixels, width, height),
        image => {
            rgb = image.to_rgb8();
            webp::Encoder::from_rgb(&rgb, width, height)
        }
    };
    let lossy = encoder.encode(QUALITY.into()).to_vec();
    if !is_drawn {
        return lossy;
    }
    let lossless = encoder.encode_lossless().to_vec();
    if lossless.len() < lossy.len() { lossless } else { lossy }
}

/// Returns the size from the `<svg>` tag: from `width` and `height`, or else from `viewBox`.
fn svg_size(text: &str) -> Option<(u32, u32)> {
    let tag = &text[text.find("<svg")?..];
    let tag = &tag[..tag.find('>')?];
    let value = |name: &str| {
        let (_, after) = tag.split_once(&format!(" {name}="))?;
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        after[1..].split(quote).next()
    };
    let pixels = |text: &str| text.trim().trim_end_matches("px").parse::<f64>().ok();
    let whole = |number: f64| {
        let whole = number.round().clamp(1.0, 10_000.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 10,000")]
        let whole = whole as u32;
        whole
    };
    if let (Some(width), Some(height)) = (value("width").and_then(pixels), value("height").and_then(pixels)) {
        return Some((whole(width), whole(height)));
    }
    let view: Vec<f64> = value("viewBox")?.split([' ', ',']).filter_map(pixels).collect();
    match view[..] {
        [_, _, width, height] => Some((whole(width), whole(height))),
        _ => None,
    }
}

/// Returns the size from a GIF's header.
fn gif_size(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes {
        [b'G', b'I', b'F', _, _, _, w0, w1, h0, h1, ..] => {
            Some((u16::from_le_bytes([*w0, *w1]).into(), u16::from_le_bytes([*h0, *h1]).into()))
        }
        _ => None,
    }
}
