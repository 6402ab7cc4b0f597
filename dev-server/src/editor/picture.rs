//! Pictures that are put beside their page.

use site_gen::assets::content;
use site_gen::words::slug::slug;

use super::desk::Desk;
use super::files::folder::FolderError;
use super::form::values::BODY;
use super::page::{Fault, FormPage, Picture};
use super::sent::{ALT, PICTURE, Sent, Typed};
use super::words::sentences;

/// The most letters of the name of a picture's file.
const MOST: usize = 60;

/// A picture as a browser sends it.
#[derive(Debug, Default)]
pub struct SentPicture {
    /// The name of the file on the editor's machine.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// What it shows, for those who do not see it.
    pub alt: String,
}

impl Desk {
    /// Puts a picture beside a page and returns the form with the picture at the end of its text, or with what is wrong.
    /// The page itself is not saved.
    ///
    /// # Errors
    /// Fails if there is no such page, or if a file cannot be read or written.
    pub fn add_picture(
        &self,
        path: &str,
        sent: &Sent,
        picture: &SentPicture,
    ) -> Result<FormPage, FolderError> {
        let alt = picture.alt.split_whitespace().collect::<Vec<_>>().join(" ");
        let ending = match picture.bytes.is_empty() {
            true => Err((PICTURE, "Kies een foto of tekening.".to_owned())),
            false => {
                content::ending(&picture.bytes).map_err(|(what, help)| (PICTURE, sentences(what, Some(help))))
            }
        };
        let ending = ending.and_then(|ending| match alt.is_empty() {
            true => Err((ALT, "Schrijf wat er te zien is, voor wie het niet ziet.".to_owned())),
            false => Ok(ending),
        });
        let ending = match ending {
            Ok(ending) => ending,
            Err((name, fault)) => {
                return self.with_fault(path, sent, alt, (name, fault));
            }
        };
        let stem = picture.name.rsplit_once('.').map_or(picture.name.as_str(), |(stem, _)| stem);
        let stem: String = slug(stem).chars().take(MOST).collect();
        let stem = if stem.is_empty() { "foto" } else { stem.trim_end_matches('-') };
        let name = self.folder.put_beside(path, (stem, ending), &picture.bytes)?;
        let alt = alt.replace('\\', "").replace('[', "(").replace(']', ")");
        let shown = format!("![{alt}]({name})");
        let mut sent = sent.clone();
        match &mut sent.typed {
            Typed::Values(values) => {
                let body = format!("{}\n\n{shown}", values.get(BODY).trim_end());
                values.set(BODY, body.trim_start());
            }
            Typed::Whole(text) => *text = format!("{}\n\n{shown}\n", text.trim_end()),
        }
        let mut page = self.as_typed(path, &sent)?;
        page.picture = Picture { alt: String::new(), fault: None, added: Some(shown) };
        Ok(page)
    }

    /// Returns the form of somebody who saves it without having added the picture that they chose or described.
    ///
    /// # Errors
    /// Fails if there is no such page, or if its file cannot be read.
    pub fn with_picture_left(&self, path: &str, sent: &Sent, alt: String) -> Result<FormPage, FolderError> {
        let fault = "Kies eerst Voeg toe, of maak deze velden leeg.".to_owned();
        self.with_fault(path, sent, alt, (ALT, fault))
    }

    fn with_fault(
        &self,
        path: &str,
        sent: &Sent,
        alt: String,
        (name, fault): (&str, String),
    ) -> Result<FormPage, FolderError> {
        let mut page = self.as_typed(path, sent)?;
        page.faults.push(Fault { name: name.to_owned(), text: format!("Afbeelding: {fault}") });
        page.picture = Picture { alt, fault: Some(fault), added: None };
        Ok(page)
    }
}
