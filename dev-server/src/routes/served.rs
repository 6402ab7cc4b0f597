//! What all requests share.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use tokio::sync::{Notify, watch};

use crate::builder::Live;

/// What all requests share.
#[derive(Debug, Clone)]
pub struct Served {
    /// What is served at the moment.
    pub live: watch::Receiver<Live>,
    /// Wakes the delivery of mail.
    pub wake: Arc<Notify>,
    /// The folder with mails.
    pub mail: PathBuf,
}

/// The extractor of it.
pub(super) type Shared = State<Served>;
