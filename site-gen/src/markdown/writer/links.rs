//! Links and images within a body.

use std::ops::Range;

use pulldown_cmark::Event;

use super::Writer;
use crate::assets::content::is_image;
use crate::source::link::{self, Link, Target};

impl<'e: 'a, 'a> Writer<'a> {
    /// Records a link, and returns the address to write in its place, if any.
    pub(super) fn link(&mut self, address: &str, range: Range<usize>) -> Option<String> {
        let target = link::target(address, self.folder);
        // The span covers only the address if the source contains it verbatim, or else the whole link.
        let span = match place_of(address, &self.source.text[range.clone()]) {
            Some(at) if !address.is_empty() => range.start + at..range.start + at + address.len(),
            _ => range,
        };
        if target == Target::Refused {
            let message = format!("een link naar `{address}` kan hier niet");
            self.tell(span.clone(), message, "gebruik een pad, een adres met https://, mailto: of tel:");
        }
        let rewritten = link::rewritten(address, &target);
        self.links.push(Link { target, span });
        rewritten
    }

    /// Renders an inline image, and reports a missing text alternative.
    pub(super) fn image(&mut self, address: &str, span: Range<usize>, alt: &str) -> Option<Event<'e>> {
        if alt.trim().is_empty() {
            let help = "zet tussen de blokhaken wat er te zien is, voor wie het niet ziet; is de afbeelding alleen \
                        versiering, schrijf dan `{{ figure(src=\"…\", alt=\"\") }}`";
            self.tell(span.clone(), "deze afbeelding heeft geen alternatieve tekst", help);
        }
        self.picture(address, span, alt).map(|html| Event::InlineHtml(html.into()))
    }

    /// Returns the HTML of an image of this site, and reports an image of another site.
    pub(super) fn picture(&mut self, address: &str, span: Range<usize>, alt: &str) -> Option<String> {
        let target = link::target(address, self.folder);
        let path = match &target {
            Target::Inside { path, .. } => path,
            Target::Outside(_) => {
                let help = "zet de afbeelding in de map van de pagina: de site laadt niets van andere sites";
                self.tell(span, "deze afbeelding staat op een andere site", help);
                return None;
            }
            Target::Person | Target::Refused => {
                let help = "bewaar de afbeelding als bestand in de map van de pagina";
                self.tell(span, "dit is geen adres van een afbeelding", help);
                return None;
            }
        };
        if !is_image(path) {
            let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
            let help = match ending.as_str() {
                "heic" | "heif" | "tif" | "tiff" | "bmp" | "avif" | "jxl" | "raw" | "psd" => {
                    "browsers tonen dit soort afbeelding niet, of niet allemaal: bewaar die als JPG of PNG"
                }
                _ => "zet er een link heen, zonder uitroepteken: `[tekst](…)`",
            };
            self.tell(span, format!("`{address}` is geen afbeelding voor op een pagina"), help);
            return None;
        }
        // Only the first image may be in view before the reader scrolls.
        let late = self.images > 0;
        self.images += 1;
        let html = match self.scope.images.get(path) {
            Some(image) => image.html(alt, late),
            // The link check reports that the image is missing.
            None => String::new(),
        };
        self.link(address, span);
        Some(html)
    }
}

/// Returns where the address stands in a link: behind its words rather than in its title, if it has both.
fn place_of(address: &str, link: &str) -> Option<usize> {
    let behind_words = link.rmatch_indices("](").find_map(|(at, opening)| {
        let rest = link[at + opening.len()..].trim_start();
        let rest = rest.strip_prefix('<').unwrap_or(rest);
        rest.starts_with(address).then_some(link.len() - rest.len())
    });
    behind_words.or_else(|| link.rfind(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_not_looked_for_in_the_title() {
        let check = |link: &str, at: Option<usize>| assert_eq!(place_of("/a/", link), at, "{link}");
        check("[x](/a/)", Some(4));
        check("[/a/](/a/ \"naar /a/\")", Some(6));
        check("[x]( </a/> 'bij /a/')", Some(6));
        check("[![y](/a/)](/b/)", Some(6));
        check("<figure src=\"/a/\">", Some(13));
        check("[x][ref]", None);
    }
}
