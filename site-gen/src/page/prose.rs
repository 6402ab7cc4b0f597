//! Prose outside the body of a page, such as a title or a caption.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize};

use crate::words::quotes::curly;

/// A text that visitors read, with curly quotes and apostrophes as in a body.
#[derive(Debug, Hash, Serialize)]
pub struct Prose(String);

impl<'de> Deserialize<'de> for Prose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(curly(&text).into_owned()))
    }
}

impl Deref for Prose {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<Prose> for String {
    fn from(prose: Prose) -> Self {
        prose.0
    }
}
