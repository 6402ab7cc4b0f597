//! The embedded store: dynoxide in this process, with its file in the data folder.

use std::fs;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, anyhow};
use signup_fn::people::identity::Identity;
use signup_fn::people::token::TokenKeys;
use signup_fn::settings::local;
use signup_fn::store::client::Store;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A store in this process, reached over loopback with the same client as in the cloud.
#[derive(Debug)]
pub struct LocalStore {
    /// The client of the store.
    pub store: Store,
    /// The key that identifies people.
    pub identity: Identity,
    /// The key that signs the links in mails.
    pub token_keys: TokenKeys,
    /// The address of the store: `http://127.0.0.1:…`.
    pub endpoint: String,
    /// The file with the store's address.
    address: PathBuf,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), String>>,
}

impl LocalStore {
    /// Opens the store in a folder. Creates the folder, the keys and the table if they do not exist.
    ///
    /// # Errors
    /// Fails if the folder is not writable, or if the store's file or a key is damaged.
    pub async fn open(data: &Path) -> Result<Self> {
        fs::create_dir_all(data).with_context(|| format!("`{}` is niet te maken", data.display()))?;
        let identity = key(&local::identity_file(data))?;
        let token_keys = key(&data.join("token.key"))?;
        let file = data.join("signups.sqlite");
        let path = file.to_str().context("de map voor de gegevens is geen UTF-8")?;
        let database = dynoxide::Database::new(path)
            .map_err(|error| anyhow!("`{}` is niet te openen: {error}", file.display()))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, async {
            let _ = stopped.await;
        }));
        let store = Store::new(local::connection(&endpoint));
        store.create_table_if_absent().await?;
        // The organisers' command reads the address from this file.
        let address = local::endpoint_file(data);
        fs::write(&address, &endpoint).with_context(|| format!("`{}`", address.display()))?;
        Ok(Self { store, identity, token_keys, endpoint, address, stop, serving })
    }

    /// Waits for running requests, then closes the store.
    ///
    /// # Errors
    /// Fails if the store's server failed. The error is the server's own message.
    pub async fn close(self) -> Result<()> {
        let _ = self.stop.send(());
        // A failure does no harm: the next server overwrites the file.
        let _ = fs::remove_file(&self.address);
        self.serving.await?.map_err(|error| anyhow!(error))
    }
}

/// Reads the key from a file. If the file does not exist, creates it with a random key first.
fn key<K: FromStr<Err: std::error::Error + Send + Sync + 'static>>(file: &Path) -> Result<K> {
    let told = || format!("`{}`", file.display());
    if !file.exists() {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| anyhow!("geen willekeurige sleutel: {error}"))?;
        let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        // Written atomically: a partly written key is invalid, and the server would no longer start.
        let partial = file.with_extension("partial");
        write_private(&partial, &digits).and_then(|()| fs::rename(&partial, file)).with_context(told)?;
    }
    fs::read_to_string(file).with_context(told)?.parse().with_context(told)
}

/// Writes a file that only its owner may read.
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}
