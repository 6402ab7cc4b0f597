//! Renders shortcodes: a figure, a notice, the place of the form.

use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::Event;

use super::{FORM_MARK, Writer};
use crate::markdown::alert;
use crate::markdown::shortcode::{self, Figure, Notice, Shortcode};
use crate::words::html::Text;

impl<'e: 'a, 'a> Writer<'a> {
    pub(super) fn shortcode(&mut self, range: Range<usize>) -> Option<Event<'e>> {
        let text = self.source.text[range.clone()].trim_end();
        let range = range.start..range.start + text.len();
        let Some(read) = shortcode::read(self.source, range.clone(), self.problems) else {
            // A notice with a problem may still have an end, which is then not a problem of its own.
            if text.contains("notice") {
                self.notice = Some(range);
            }
            return None;
        };
        let html = match read {
            _ if self.depth > 0 => {
                let help = "zet het in een eigen alinea, buiten lijsten en citaten";
                self.tell(range, "hier kan geen bouwsteen staan", help);
                return None;
            }
            Shortcode::Figure(Figure { src, alt, caption }) => {
                // The span excludes the quotes.
                let span = src.span().start + 1..src.span().end - 1;
                let picture = self.picture(src.get_ref(), span, &alt)?;
                let mut html = format!("<figure>\n{picture}\n");
                if let Some(caption) = caption {
                    // Writing to a string can't fail.
                    let _ = writeln!(html, "<figcaption>{}</figcaption>", Text(&caption));
                }
                html + "</figure>\n"
            }
            Shortcode::Notice(_) if self.notice.is_some() => {
                self.tell(range, "een blok in een blok", "sluit het eerste af met een alinea `{% end %}`");
                return None;
            }
            Shortcode::Notice(Notice { kind, title }) => {
                self.notice = Some(range);
                let usual = alert::words(alert::named(&kind)).1;
                alert::open(&kind, title.as_deref().unwrap_or(usual))
            }
            Shortcode::End => {
                if self.notice.take().is_none() {
                    let help = "begin het blok met een alinea `{% notice(kind=\"tip\") %}`";
                    self.tell(range, "hier is geen blok dat eindigt", help);
                    return None;
                }
                "</aside>\n".to_owned()
            }
            Shortcode::SignupForm if !self.scope.has_form => {
                let help = "zet bovenaan de pagina een tabel `[event]`, of haal deze alinea weg";
                self.tell(range, "deze pagina heeft geen aanmeldformulier", help);
                return None;
            }
            Shortcode::SignupForm if self.has_form => {
                self.tell(range, "het aanmeldformulier staat er al", "haal deze alinea weg");
                return None;
            }
            Shortcode::SignupForm => {
                self.has_form = true;
                FORM_MARK.to_owned()
            }
        };
        Some(Event::Html(html.into()))
    }
}
