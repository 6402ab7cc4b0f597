//! Where a session takes place.

use serde::{Deserialize, Serialize};

/// Where a session takes place: online, at an address, or both.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Name and address of the building, as participants read it; empty if the session is only online.
    pub address: String,
    /// Whether one can take part online.
    pub is_online: bool,
}

impl Default for Place {
    fn default() -> Self {
        Self { address: String::new(), is_online: true }
    }
}

impl Place {
    /// Returns the place in words, within a sentence.
    ///
    /// ```
    /// use catalog::place::Place;
    ///
    /// let place = |address: &str, is_online| Place { address: address.into(), is_online }.words();
    /// assert_eq!(place("", true), "digitaal");
    /// assert_eq!(place("De Werf, Plein 1, Utrecht", false), "De Werf, Plein 1, Utrecht");
    /// assert_eq!(place("De Werf, Plein 1, Utrecht", true), "De Werf, Plein 1, Utrecht, of digitaal");
    /// ```
    pub fn words(&self) -> String {
        match (self.address.is_empty(), self.is_online) {
            (true, _) => "digitaal".to_owned(),
            (false, false) => self.address.clone(),
            (false, true) => format!("{}, of digitaal", self.address),
        }
    }

    /// Returns the place in words, at the beginning of a line.
    pub fn heading(&self) -> String {
        if self.address.is_empty() { "Digitaal".to_owned() } else { self.words() }
    }
}
