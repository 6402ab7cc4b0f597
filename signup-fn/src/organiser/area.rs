//! State that all requests of organisers share.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use catalog::Catalog;

use crate::people::identity::Identity;
use crate::people::organiser::Organisers;
use crate::people::token::TokenKeys;
use crate::rendered;
use crate::store::client::Store;
use crate::web::answers::Answers;

/// The state that all requests share, created once at start. The table is reached only through a
/// [`super::desk::Desk`], and by the log-in.
#[derive(Debug)]
pub struct Area {
    /// The events that participants can sign up for.
    pub catalog: Arc<Catalog>,
    /// The pages to respond with.
    pub answers: Answers,
    /// Who may log in.
    pub organisers: Organisers,
    /// The key that identifies people.
    pub identity: Identity,
    /// The keys of links, codes and forms.
    pub token_keys: TokenKeys,
    /// The origins from which forms are accepted: scheme and host.
    pub origins: Vec<String>,
    pub(super) store: Store,
}

impl Area {
    /// Opens the folder that site-gen wrote. Accepts forms only from the catalogue's origin.
    ///
    /// # Errors
    /// Fails if the catalogue is missing or invalid, or if a page is missing.
    pub fn open(
        folder: &Path,
        store: Store,
        (identity, token_keys): (Identity, TokenKeys),
        organisers: Organisers,
    ) -> Result<Self> {
        let catalog = rendered::catalog::read(folder)?;
        let answers = Answers::open_for_organisers(folder)?;
        let origins = vec![catalog.origin().to_owned()];
        Ok(Self { catalog: Arc::new(catalog), answers, organisers, identity, token_keys, origins, store })
    }

    /// Accepts forms from these origins instead.
    pub fn at(self, origins: Vec<String>) -> Self {
        Self { origins, ..self }
    }
}
