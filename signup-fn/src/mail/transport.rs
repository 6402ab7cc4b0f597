//! Where mails go: Amazon SES in the cloud, a folder on a development machine.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::time::Instant;

use super::message::Message;
use super::send_error::SendError;
#[cfg(feature = "ses")]
use super::ses::Ses;

/// The destination of mails.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Amazon SES.
    #[cfg(feature = "ses")]
    Ses(Ses),
    /// A folder with one file per mail. The file name depends only on the mail, so a mail that is sent
    /// twice is still one file.
    Folder(PathBuf),
}

impl Transport {
    /// Sends a mail. `name` is its own among all mails, and the same for each attempt.
    ///
    /// # Errors
    /// Fails if the transport does not accept the mail. The reason contains no personal data.
    pub async fn send(&self, name: &str, message: &Message, deadline: Instant) -> Result<(), SendError> {
        match self {
            #[cfg(feature = "ses")]
            Self::Ses(ses) => {
                let _ = name;
                ses.send(message, deadline).await
            }
            Self::Folder(folder) => {
                let _ = deadline;
                let file = folder.join(format!("{name}.eml"));
                write(&file, &message.bytes).map_err(|error| SendError::Later(format!("{error:#}")))
            }
        }
    }
}

/// Writes a file atomically, through a temporary file.
fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let context = || format!("cannot write `{}`", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(context)?;
    }
    let partial = file.with_extension("partial");
    std::fs::write(&partial, bytes).and_then(|()| std::fs::rename(&partial, file)).with_context(context)
}
