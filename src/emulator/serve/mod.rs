//! The server on sockets: listeners, connections and their bounds, TLS, the clock.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is where the server has sockets, threads, files and a clock"
)]

mod body;
mod connection;
mod page;
mod shared;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use super::faults::Faults;
use super::gate::Expected;
use super::machine::{Machine, Settings};
use super::store::DiskStore;
pub use shared::{Exchange, Observer};
use shared::{Shared, clock};
pub use tls::TlsError;

/// How to serve.
#[derive(Debug)]
pub struct Options {
    /// Where to listen for HTTP. Port 0 takes a free one.
    pub address: SocketAddr,
    /// Where to listen for HTTPS too. Absent: there is no TLS.
    pub tls_address: Option<SocketAddr>,
    /// The folder for uploads, and for the certificates of TLS.
    pub storage: PathBuf,
    /// Limits and times.
    pub settings: Settings,
    /// Who may call. Absent: everybody.
    pub expected: Option<Expected>,
    /// What goes wrong on demand.
    pub faults: Faults,
    /// How long to wait for a slow client.
    pub timeouts: Timeouts,
    /// Is told of every call.
    pub observer: Option<Observer>,
}

/// How long to wait for a slow client.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the head of a request, and for the next request of a connection.
    pub header: Duration,
    /// For the next bytes of a body.
    pub idle: Duration,
    /// For a whole body.
    pub body: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { header: Duration::from_secs(15), idle: Duration::from_secs(30), body: Duration::from_secs(600) }
    }
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Nobody can listen there.
    #[error("{address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
    /// The folder for uploads cannot be used.
    #[error("{}: {cause}", .path.display())]
    Storage {
        /// The folder.
        path: PathBuf,
        /// What the system said, or what is wrong in it.
        cause: io::Error,
    },
    /// There is no TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The threads could not be started.
    #[error("the threads could not be started: {0}")]
    Threads(#[source] io::Error),
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    runtime: Runtime,
    shared: Arc<Shared>,
    plain: TcpListener,
    tls: Option<Tls>,
}

struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    authority: PathBuf,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("listener", &self.listener)
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Listens, and reads what the storage holds. Nobody is answered before [`Server::run`].
    pub fn bind(options: Options) -> Result<Self, ServeError> {
        let storage = |cause| ServeError::Storage { path: options.storage.clone(), cause };
        let store = DiskStore::open(&options.storage).map_err(storage)?;
        let machine = Machine::new(store.clone(), options.settings.clone()).map_err(storage)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .max_blocking_threads(BLOCKING)
            .enable_all()
            .build()
            .map_err(ServeError::Threads)?;
        let listen = |address| {
            let bound = runtime.block_on(TcpListener::bind(address));
            bound.map_err(|cause| ServeError::Listen { address, cause })
        };
        let plain = listen(options.address)?;
        let tls = match options.tls_address {
            Some(address) => {
                let (acceptor, authority) = tls::acceptor(&options.storage.join("tls"), clock())?;
                Some(Tls { listener: listen(address)?, acceptor, authority })
            }
            None => None,
        };
        let shared = Arc::new(Shared::new(store, machine, options));
        Ok(Self { runtime, shared, plain, tls })
    }

    /// Where it listens for HTTP.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.plain.local_addr()
    }

    /// Where it listens for HTTPS, and the file of the authority that clients are to trust; `None` without TLS.
    pub fn tls(&self) -> io::Result<Option<(SocketAddr, &std::path::Path)>> {
        self.tls.as_ref().map(|tls| Ok((tls.listener.local_addr()?, tls.authority.as_path()))).transpose()
    }

    /// Serves until `stop` is raised.
    pub fn run(self, stop: &AtomicBool) {
        let Self { runtime, shared, plain, tls } = self;
        runtime.block_on(async {
            shared.resume();
            let connections = Arc::new(Semaphore::new(CONNECTIONS));
            tokio::spawn(accept(plain, None, Arc::clone(&shared), Arc::clone(&connections)));
            if let Some(tls) = tls {
                tokio::spawn(accept(tls.listener, Some(tls.acceptor), Arc::clone(&shared), connections));
            }
            while !stop.load(Ordering::Relaxed) {
                tokio::time::sleep(LOOK).await;
            }
        });
        // Whatever is under way is cut, as a kill would; the storage is made for it.
        runtime.shutdown_timeout(GRACE);
    }
}

/// Takes connections, as many at a time as there are permits.
async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>, connections: Arc<Semaphore>) {
    loop {
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, or a connection that was gone at once.
            tokio::time::sleep(LOOK).await;
            continue;
        };
        // Answers are small and complete: they need not wait for more.
        let _ = stream.set_nodelay(true);
        let (shared, tls) = (Arc::clone(&shared), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => connection::serve(stream, shared).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(shared.timeouts.header, tls.accept(stream)).await {
                        connection::serve(stream, shared).await;
                    }
                }
            }
            drop(permit);
        });
    }
}

/// Threads that move bytes.
const WORKERS: usize = 2;
/// Threads that make and check contents.
const BLOCKING: usize = 4;
/// Connections at a time; more wait to be accepted.
const CONNECTIONS: usize = 256;
/// How often the wish to stop is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How long is waited for checks under way when the server stops.
const GRACE: Duration = Duration::from_millis(200);
