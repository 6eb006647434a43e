//! Encrypted connections to Postgres: a server's front with certificates of the test's own, before the Postgres of `STEPFN_POSTGRES_URL`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
#![cfg(feature = "postgres-tls")]

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use stepfn_durable::store::{NewExecution, Postgres, Started, Store, StoreError};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream, UnixStream},
};
use tokio_postgres::config::Host;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::WebPkiClientVerifier,
    },
};

/// An authority, and files of what it vouches for.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: PathBuf,
    file: PathBuf,
}

impl Authority {
    fn new(folder: &Path, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let file = folder.join(format!("{name}.pem"));
        std::fs::write(&file, params.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(params, key), folder: folder.to_owned(), file }
    }

    /// The files of a certificate and its key.
    fn vouch(&self, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = certificate.signed_by(&key, &self.issuer).unwrap();
        let files = (self.folder.join(format!("{name}.crt")), self.folder.join(format!("{name}.key")));
        std::fs::write(&files.0, certificate.pem()).unwrap();
        std::fs::write(&files.1, key.serialize_pem()).unwrap();
        files
    }
}

/// A front of a server. Without a certificate it does not encrypt.
struct Front {
    port: u16,
    encrypted: Arc<AtomicUsize>,
}

impl Front {
    async fn start(
        behind: tokio_postgres::Config,
        files: Option<&(PathBuf, PathBuf)>,
        clients: Option<&Path>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let encrypted = Arc::new(AtomicUsize::new(0));
        let acceptor = files.map(|(certificate, key)| {
            let provider = Arc::new(ring::default_provider());
            let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
            let config = config.with_safe_default_protocol_versions().unwrap();
            let config = match clients {
                None => config.with_no_client_auth(),
                Some(file) => {
                    let mut roots = RootCertStore::empty();
                    roots.add(CertificateDer::from_pem_file(file).unwrap()).unwrap();
                    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
                    config.with_client_cert_verifier(verifier.build().unwrap())
                }
            };
            let chain = vec![CertificateDer::from_pem_file(certificate).unwrap()];
            let config = config.with_single_cert(chain, PrivateKeyDer::from_pem_file(key).unwrap());
            TlsAcceptor::from(Arc::new(config.unwrap()))
        });
        let count = Arc::clone(&encrypted);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(stream, behind.clone(), acceptor.clone(), Arc::clone(&count)));
            }
        });
        Self { port, encrypted }
    }
}

async fn pass_on(
    mut stream: TcpStream,
    behind: tokio_postgres::Config,
    acceptor: Option<TlsAcceptor>,
    encrypted: Arc<AtomicUsize>,
) -> std::io::Result<()> {
    let mut first = [0; 8];
    stream.read_exact(&mut first).await?;
    // The request for encryption has the number 80877103.
    let asks = first == [0, 0, 0, 8, 4, 210, 22, 47];
    let mut to = connect(&behind).await?;
    match (asks, acceptor) {
        (true, Some(acceptor)) => {
            stream.write_all(b"S").await?;
            let mut stream = acceptor.accept(stream).await?;
            encrypted.fetch_add(1, Ordering::Relaxed);
            copy_bidirectional(&mut stream, &mut to).await?;
        }
        (true, None) => {
            stream.write_all(b"N").await?;
            copy_bidirectional(&mut stream, &mut to).await?;
        }
        (false, _) => {
            to.write_all(&first).await?;
            copy_bidirectional(&mut stream, &mut to).await?;
        }
    }
    Ok(())
}

trait Both: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send {}
impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send> Both for T {}

async fn connect(behind: &tokio_postgres::Config) -> std::io::Result<Box<dyn Both>> {
    let port = behind.get_ports().first().copied().unwrap_or(5432);
    Ok(match &behind.get_hosts()[0] {
        Host::Unix(folder) => Box::new(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?),
        Host::Tcp(name) => Box::new(TcpStream::connect((name.as_str(), port)).await?),
    })
}

#[tokio::test]
async fn connections_are_as_safe_as_the_url_asks() {
    let Ok(url) = std::env::var("STEPFN_POSTGRES_URL") else { return };
    let behind: tokio_postgres::Config = url.parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ours = Authority::new(folder.path(), "ours");
    let others = Authority::new(folder.path(), "others");
    let server = ours.vouch("localhost");
    let client = ours.vouch("client");
    let encrypts = Front::start(behind.clone(), Some(&server), None).await;
    let plain = Front::start(behind.clone(), None, None).await;
    let asks = Front::start(behind.clone(), Some(&server), Some(&ours.file)).await;
    let (user, name) = (behind.get_user().unwrap(), behind.get_dbname().unwrap());
    let open = async |front: &Front, host: &str, parameters: &str| {
        let url = format!("postgres://{user}@{host}:{}/{name}?{parameters}", front.port);
        Postgres::connect_to_schema(&url, "encrypted").await
    };
    let (ca, other) = (ours.file.display(), others.file.display());
    let certificate = format!("sslcert={}&sslkey={}", client.0.display(), client.1.display());
    for (front, host, parameters, refused) in [
        (&encrypts, "localhost", format!("sslmode=verify-full&sslrootcert={ca}"), None),
        (&encrypts, "127.0.0.1", format!("sslmode=verify-full&sslrootcert={ca}"), Some("not valid for name")),
        (&encrypts, "127.0.0.1", format!("sslmode=verify-ca&sslrootcert={ca}"), None),
        (&encrypts, "localhost", format!("sslmode=verify-full&sslrootcert={other}"), Some("UnknownIssuer")),
        (&encrypts, "localhost", format!("sslmode=verify-ca&sslrootcert={other}"), Some("UnknownIssuer")),
        (&encrypts, "localhost", format!("sslmode=require&sslrootcert={other}"), Some("UnknownIssuer")),
        (&encrypts, "localhost", "sslmode=require".to_owned(), None),
        (&encrypts, "localhost", String::new(), None),
        (&plain, "localhost", "sslmode=prefer".to_owned(), None),
        (&plain, "localhost", "sslmode=require".to_owned(), Some("does not support TLS")),
        (&plain, "localhost", format!("sslmode=verify-full&sslrootcert={ca}"), Some("does not support TLS")),
        (&asks, "localhost", format!("sslmode=verify-full&sslrootcert={ca}&{certificate}"), None),
        (&asks, "localhost", format!("sslmode=verify-full&sslrootcert={ca}"), Some("")),
        (&encrypts, "localhost", "sslmode=verify-full&sslrootcert=/none".to_owned(), Some("/none")),
    ] {
        let before = front.encrypted.load(Ordering::Relaxed);
        match (open(front, host, &parameters).await, refused) {
            (Ok(store), None) => {
                let new = NewExecution { arn: parameters.clone(), ..NewExecution::default() };
                let started = store.start(new).await.unwrap();
                assert!(matches!(started, Started::New { .. } | Started::Same(_)), "{parameters}");
                let is_encrypted = front.encrypted.load(Ordering::Relaxed) > before;
                assert_eq!(is_encrypted, front.port != plain.port, "{parameters}");
            }
            (Err(error), Some(expected)) => {
                assert!(error.to_string().contains(expected), "{parameters}: {error}");
                assert!(
                    matches!(error, StoreError::Unreachable(_) | StoreError::Misuse(_)),
                    "{parameters}: {error:?}"
                );
            }
            (Ok(_), Some(expected)) => panic!("{host} {parameters}: connected, not {expected}"),
            (Err(error), None) => panic!("{host} {parameters}: {error}"),
        }
    }
}
