//! Encrypted connections, and clients that show a certificate.

use std::{fmt, fs, io, path::Path, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::WebPkiClientVerifier,
    },
    server::TlsStream,
};

/// The certificate of a server, and whose certificates its clients must have.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    asks_clients: bool,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is a secret.
        f.debug_struct("Tls").field("asks_clients", &self.asks_clients).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads a certificate with those that vouch for it, and its key, from files in PEM. Where there is a file of authorities, a client
    /// must show a certificate that one of them vouches for.
    ///
    /// # Errors
    /// When a file cannot be read or has nothing of its kind, or the key is not that of the certificate.
    pub fn from_files(
        certificate: &Path,
        key: &Path,
        client_authorities: Option<&Path>,
    ) -> Result<Self, String> {
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let config = match client_authorities {
            None => config.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for authority in certificates(path)? {
                    roots.add(authority).map_err(|error| format!("`{}`: {error}", path.display()))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                config.with_client_cert_verifier(
                    verifier.map_err(|error| format!("`{}`: {error}", path.display()))?,
                )
            }
        };
        let chain = certificates(certificate)?;
        let private = PrivateKeyDer::from_pem_slice(&read(key)?)
            .map_err(|error| format!("`{}` has no private key in PEM: {error}", key.display()))?;
        let mut config = config.with_single_cert(chain, private).map_err(|error| {
            format!("`{}` with the key `{}`: {error}", certificate.display(), key.display())
        })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), asks_clients: client_authorities.is_some() })
    }

    /// Returns `true` if clients must show a certificate.
    pub fn asks_clients(&self) -> bool {
        self.asks_clients
    }

    /// Agrees with a client, who has so much time for it.
    pub(crate) async fn accept<S>(&self, stream: S, patience: Duration) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        timeout(patience, self.acceptor.accept(stream)).await.unwrap_or_else(|late| Err(late.into()))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(path)?).collect();
    let all = all.map_err(|error| format!("`{}` is not in PEM: {error}", path.display()))?;
    if all.is_empty() { Err(format!("`{}` has no certificate in PEM", path.display())) } else { Ok(all) }
}
