//! The organisers: a short list in the settings.

use std::str::FromStr;

use super::field::Email;
use super::identity::{Identity, OrganiserId};

/// Somebody who may use the organisers' area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organiser {
    /// The name, as other organisers see it.
    pub name: String,
    /// The address to which links and codes go.
    pub email: Email,
}

/// Everybody who may use the organisers' area.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisers(Vec<Organiser>);

/// The error for text that is not a list of organisers.
#[derive(Debug, thiserror::Error)]
#[error("expected organisers as `Name <name@example.org>`, separated by semicolons")]
pub struct BadOrganisers;

impl Organisers {
    /// Returns everybody on the list.
    pub fn all(&self) -> &[Organiser] {
        &self.0
    }

    /// Returns the organiser with this id, if they are on the list.
    pub fn with_id(&self, identity: &Identity, id: &OrganiserId) -> Option<&Organiser> {
        self.0.iter().find(|organiser| identity.organiser(&organiser.email) == *id)
    }
}

impl FromStr for Organisers {
    type Err = BadOrganisers;

    fn from_str(text: &str) -> Result<Self, BadOrganisers> {
        let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
        parts.map(organiser).collect::<Result<_, _>>().map(Self)
    }
}

fn organiser(text: &str) -> Result<Organiser, BadOrganisers> {
    let (name, address) =
        text.strip_suffix('>').and_then(|text| text.split_once('<')).ok_or(BadOrganisers)?;
    let (name, email) = (name.trim().to_owned(), Email::new(address).map_err(|_| BadOrganisers)?);
    if name.is_empty() { Err(BadOrganisers) } else { Ok(Organiser { name, email }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_names_and_addresses() {
        let list: Organisers = "Ria Vos <ria@pos.example>; Jan, de <Jan@pos.example> ;".parse().unwrap();
        let names: Vec<&str> = list.all().iter().map(|organiser| organiser.name.as_str()).collect();
        assert_eq!(names, ["Ria Vos", "Jan, de"]);
        assert!("".parse::<Organisers>().unwrap().all().is_empty());
        for text in ["ria@pos.example", "Ria", "Ria <ria>", "<ria@pos.example>", "a <a@b.nl> c <d@e.nl>"] {
            assert!(text.parse::<Organisers>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_organiser_is_found_by_the_id_of_the_address() {
        let identity = Identity::new([7; 32]);
        let list: Organisers = "Ria Vos <ria@pos.example>".parse().unwrap();
        let id = |address: &str| identity.organiser(&Email::new(address).unwrap());
        assert_eq!(list.with_id(&identity, &id("RIA@pos.example")), list.all().first());
        assert_eq!(list.with_id(&identity, &id("jan@pos.example")), None);
    }
}
