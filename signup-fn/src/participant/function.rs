//! What all requests share.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use catalog::Catalog;

use crate::people::identity::Identity;
use crate::people::token::TokenKeys;
use crate::rendered;
use crate::store::client::Store;
use crate::web::answers::Answers;

/// What all requests share; made once at start.
#[derive(Debug)]
pub struct Function {
    /// The events that participants can sign up for.
    pub catalog: Arc<Catalog>,
    /// The pages to respond with.
    pub answers: Answers,
    /// Where sign-ups are kept.
    pub store: Store,
    /// Identifies people.
    pub identity: Identity,
    /// Signs and verifies the links in mails.
    pub token_keys: TokenKeys,
    /// The origins that forms may come from: scheme and host.
    pub origins: Vec<String>,
}

impl Function {
    /// Opens the folder that site-gen wrote; forms may come from the catalogue's origin.
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
