//! Images on pages, from the camera's file to the sizes that a browser can choose from.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};
use site_gen::output::staging::Written;
use site_gen::page::publication::Wanted;
use site_gen::site::last_build::LastBuild;
use support::{build, site};

/// Writes a photograph as a camera does: stored sideways, with its location in the Exif data.
fn photograph(file: &Path, width: u32, height: u32) {
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        let shade = |part: u32, whole: u32| u8::try_from(255 * part / whole).unwrap();
        Rgb([shade(x, width), shade(y, height), 120])
    });
    pixels.save_with_format(file, ImageFormat::Jpeg).unwrap();
    let jpeg = fs::read(file).unwrap();
    // TIFF, little-endian, one entry: orientation (0x0112), one short, 6 = rotate 90° clockwise to display.
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    exif.extend(b"52.0907 N, 5.1214 E");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let marked = [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat();
    fs::write(file, marked).unwrap();
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn a_photograph_is_published_upright_in_several_sizes_without_exif_data() {
    let root = site("![Een klas](klas.jpg)\n\n![De klas nog eens](klas.jpg)");
    photograph(&root.path().join("content/proef/klas.jpg"), 2400, 1200);
    build(root.path()).unwrap();
    let folder = root.path().join("dist/site/proef");
    let html = fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(html.contains("width=\"1200\" height=\"2400\""), "{html}");
    assert_eq!(html.matches("loading=\"lazy\"").count(), 1, "only the second image loads lazily: {html}");
    let files = below(&folder);
    let images: Vec<&PathBuf> = files.iter().filter(|file| !file.ends_with("index.html")).collect();
    assert_eq!(images.len(), 4, "{files:?}");
    let mut sizes = Vec::new();
    for file in images {
        let bytes = fs::read(file).unwrap();
        assert!(!bytes.windows(4).any(|part| part == b"Exif"), "{}", file.display());
        assert!(!bytes.windows(7).any(|part| part == b"52.0907"), "{}", file.display());
        let address = format!("/proef/{}", file.file_name().unwrap().to_str().unwrap());
        assert!(html.contains(&address), "{address}\n{html}");
        let image = image::load_from_memory(&bytes).unwrap();
        sizes.push((image.width(), image.height()));
        // Rotated clockwise: the left edge is now at the top.
        let top = image.to_rgb8().get_pixel(image.width() / 2, 1).0;
        assert!(top[0] < 30, "{top:?}");
    }
    sizes.sort_unstable();
    assert_eq!(sizes, [(480, 960), (960, 1920), (1200, 2400), (1200, 2400)]);
}

#[test]
fn encoded_images_are_reused_until_their_source_changes() {
    let root = site("![Een klas](klas.jpg)");
    photograph(&root.path().join("content/proef/klas.jpg"), 800, 400);
    build(root.path()).unwrap();
    let folder = root.path().join("dist/site/proef");
    let changed = |folder: &Path| -> Vec<_> {
        let images = below(folder).into_iter().filter(|file| !file.ends_with("index.html"));
        images.map(|file| (fs::metadata(&file).unwrap().modified().unwrap(), file)).collect()
    };
    let before = changed(&folder);
    let page = root.path().join("content/proef/index.md");
    fs::write(&page, fs::read_to_string(&page).unwrap() + "\nMeer.\n").unwrap();
    let Written { written, .. } = build(root.path()).unwrap().written;
    assert_eq!(written, 1, "only the page");
    assert_eq!(changed(&folder), before);
    photograph(&root.path().join("content/proef/klas.jpg"), 900, 400);
    let Written { removed, .. } = build(root.path()).unwrap().written;
    assert!(removed > 0, "the variants of the old image are removed");
}

#[test]
fn a_file_that_is_not_a_readable_image_is_reported() {
    let root = site("![Een klas](klas.jpg)");
    fs::write(root.path().join("content/proef/klas.jpg"), "geen foto").unwrap();
    let told = build(root.path()).unwrap_err().to_string();
    assert!(told.contains("content/proef/klas.jpg") && told.contains("niet te lezen"), "{told}");
    let root = site("![Een klas](klas.png)");
    let file = root.path().join("content/proef/klas.png");
    RgbImage::new(600, 300).save(&file).unwrap();
    let half = fs::read(&file).unwrap();
    fs::write(&file, &half[..half.len() / 2]).unwrap();
    let told = site_gen::check(
        root.path(),
        &LastBuild::default(),
        Wanted::public("2026-11-24T12:00:00Z".parse().unwrap()),
    );
    let told = told.unwrap().problems.to_string();
    assert!(told.contains("content/proef/klas.png"), "`check` reports a truncated image as well: {told}");
}

#[test]
fn what_a_file_is_depends_on_its_bytes() {
    let root = site("![Een klas](klas.jfif) en ![nog eens](<klas #1 50%.jpg>)");
    let content = root.path().join("content/proef");
    photograph(&content.join("klas.jfif"), 800, 400);
    photograph(&content.join("klas #1 50%.jpg"), 500, 400);
    let page = content.join("index.md");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, text.replace("#1 50%", "%231 50%25")).unwrap();
    build(root.path()).unwrap();
    let folder = root.path().join("dist/site/proef");
    let bytes = fs::read(folder.join("klas.jfif")).unwrap();
    assert!(!bytes.windows(7).any(|part| part == b"52.0907"), "without the place where it was made");
    let html = fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(html.contains("src=\"/proef/klas%20%231%2050%25.jpg\""), "{html}");
    assert!(folder.join("klas #1 50%.jpg").exists());
    let whole = fs::read(content.join("klas.jfif")).unwrap();
    for (name, bytes, expected) in [
        ("half.jpg", &whole[..whole.len() / 2], "het einde ontbreekt"),
        ("verslag.pdf", &whole[..], "heet anders"),
        ("plaat.png", b"\0\0\0\x1cftypavif\0\0\0\0", "kan niet online"),
    ] {
        fs::write(content.join(name), bytes).unwrap();
        let told = build(root.path()).unwrap_err().to_string();
        assert!(told.contains(&format!("content/proef/{name}")) && told.contains(expected), "{told}");
        fs::remove_file(content.join(name)).unwrap();
    }
}

#[test]
fn a_drawing_is_encoded_losslessly_and_a_content_image_can_be_linked_to() {
    let root = site("![Een lijn](lijn.png)\n\n[groot](lijn.png)");
    let pixels =
        RgbImage::from_fn(600, 300, |x, y| if x == y { Rgb([0, 0, 0]) } else { Rgb([255, 255, 255]) });
    pixels.save(root.path().join("content/proef/lijn.png")).unwrap();
    build(root.path()).unwrap();
    let folder = root.path().join("dist/site/proef");
    let own = image::open(folder.join("lijn.png")).unwrap().to_rgb8();
    assert_eq!(own, pixels);
    let is_widest = |file: &&PathBuf| file.to_str().unwrap().ends_with(".600.webp");
    let widest = below(&folder);
    let widest = image::open(widest.iter().find(is_widest).unwrap()).unwrap().to_rgb8();
    assert_eq!(widest, pixels, "lossless where that is smaller");
}
