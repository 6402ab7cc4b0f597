//! The state that all requests share.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use tokio::sync::{Notify, watch};

use crate::builder::Live;
use crate::editor::desk::Desk;

/// The state that all requests share.
#[derive(Debug, Clone)]
pub struct Served {
    /// The build that is served.
    pub live: watch::Receiver<Live>,
    /// The signal that wakes the delivery of mail.
    pub wake: Arc<Notify>,
    /// The folder with the delivered mails.
    pub mail: PathBuf,
    /// Where an editor works.
    pub desk: Arc<Desk>,
}

/// The extractor of the shared state.
pub(super) type Shared = State<Served>;
