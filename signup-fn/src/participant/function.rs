//! State that all requests share.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use catalog::Catalog;

use crate::people::identity::Identity;
use crate::people::token::TokenKeys;
use crate::rendered;
use crate::store::client::Store;
use crate::web::answers::Answers;

/// The state that all requests share, created once at start.
#[derive(Debug)]
pub struct Function {
    /// The events that participants can sign up for.
    pub catalog: Arc<Catalog>,
    /// The pages to respond with.
    pub answers: Answers,
    /// The table of sign-ups.
    pub store: Store,
    /// The key that identifies people.
    pub identity: Identity,
    /// The keys that sign and verify the links in mails.
    pub token_keys: TokenKeys,
    /// The origins from which forms are accepted: scheme and host.
    pub origins: Vec<String>,
}

impl Function {
    /// Opens the folder that site-gen wrote. Accepts forms only from the catalogue's origin.
    ///
    /// # Errors
    /// Fails if the catalogue is missing or invalid, or if a page is missing.
    pub fn open(folder: &Path, store: Store, identity: Identity, token_keys: TokenKeys) -> Result<Self> {
        let catalog = rendered::catalog::read(folder)?;
        let answers = Answers::open(folder, &catalog)?;
        let origins = vec![catalog.origin().to_owned()];
        Ok(Self { catalog: Arc::new(catalog), answers, store, identity, token_keys, origins })
    }
}
