//! Encrypted connections, over loopback, with certificates of the test's own.
#![allow(missing_docs, clippy::unwrap_used)]
#![cfg(feature = "tls")]

mod support;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use stepfn_server::{Server, Settings, Tls};
use support::{Served, builder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    },
};

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

    fn vouch(&self, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = certificate.signed_by(&key, &self.issuer).unwrap();
        let files = (self.folder.join(format!("{name}.crt")), self.folder.join(format!("{name}.key")));
        std::fs::write(&files.0, certificate.pem()).unwrap();
        std::fs::write(&files.1, key.serialize_pem()).unwrap();
        files
    }
}

fn settings(tls: Tls) -> Settings {
    Settings { tls: Some(tls), patience: Duration::from_secs(5), ..Settings::default() }
}

/// Asks for a path over TLS, as a client who trusts an authority; the status, or why there is none.
async fn get(
    address: SocketAddr,
    authority: &Authority,
    own: Option<&(PathBuf, PathBuf)>,
    headers: &str,
) -> Result<String, String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&authority.file).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let config = match own {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = vec![CertificateDer::from_pem_file(certificate).unwrap()];
            config.with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(key).unwrap()).unwrap()
        }
    };
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(name, stream).await.map_err(|error| error.to_string())?;
    let body = "{}";
    let request = format!(
        "POST / HTTP/1.1\r\nX-Amz-Target: AWSStepFunctions.ListStateMachines\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
    let mut answer = String::new();
    match stream.read_to_string(&mut answer).await {
        Ok(_) if !answer.is_empty() => Ok(answer.split(' ').nth(1).unwrap_or_default().to_owned()),
        Ok(_) => Err("closed".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[tokio::test]
async fn requests_are_encrypted_and_the_server_is_who_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, others) = (Authority::new(folder.path(), "ours"), Authority::new(folder.path(), "others"));
    let (certificate, key) = ours.vouch("server");
    let served = Served::start(settings(Tls::from_files(&certificate, &key, None).unwrap()), builder()).await;
    assert_eq!(get(served.address, &ours, None, "Host: localhost\r\n").await.as_deref(), Ok("200"));
    // The rules of unencrypted requests hold.
    assert_eq!(get(served.address, &ours, None, "Host: evil.example\r\n").await.as_deref(), Ok("403"));
    let refused = get(served.address, &others, None, "Host: localhost\r\n").await.unwrap_err();
    assert!(refused.contains("UnknownIssuer"), "{refused}");
    // Nothing is said to who does not encrypt.
    let plain = served.raw(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(!plain.contains("HTTP"), "{plain}");
    assert_eq!(get(served.address, &ours, None, "Host: localhost\r\n").await.as_deref(), Ok("200"));
    served.stop().await;
}

#[tokio::test]
async fn clients_have_to_show_certificates_where_they_are_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, others) = (Authority::new(folder.path(), "ours"), Authority::new(folder.path(), "others"));
    let (certificate, key) = ours.vouch("server");
    let tls = Tls::from_files(&certificate, &key, Some(&ours.file)).unwrap();
    assert!(tls.asks_clients());
    let served = Served::start(settings(tls), builder()).await;
    let known = ours.vouch("client");
    // They are known, and may call the server what they like.
    assert_eq!(get(served.address, &ours, Some(&known), "Host: 10.0.0.7\r\n").await.as_deref(), Ok("200"));
    let page = "Host: localhost\r\nOrigin: https://evil.example\r\n";
    assert_eq!(get(served.address, &ours, Some(&known), page).await.as_deref(), Ok("403"));
    get(served.address, &ours, None, "Host: localhost\r\n").await.unwrap_err();
    let stranger = others.vouch("stranger");
    get(served.address, &ours, Some(&stranger), "Host: localhost\r\n").await.unwrap_err();
    served.stop().await;
}

#[tokio::test]
async fn other_machines_are_let_in_by_a_token_or_by_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let ours = Authority::new(folder.path(), "ours");
    let (certificate, key) = ours.vouch("server");
    let host = builder().start().await.unwrap();
    let open = async |tls: Option<Tls>, allow_remote: bool, token: Option<&str>| {
        let address = SocketAddr::from(([0, 0, 0, 0], 0));
        let token = token.map(str::to_owned);
        let settings = Settings { address, tls, allow_remote, token, ..Settings::default() };
        Server::bind(settings, host.clone()).await.map(drop).map_err(|error| error.to_string())
    };
    let with = |clients: Option<&Path>| Some(Tls::from_files(&certificate, &key, clients).unwrap());
    open(with(Some(&ours.file)), true, None).await.unwrap();
    open(with(None), true, Some("0123456789abcdef")).await.unwrap();
    open(None, true, Some("0123456789abcdef")).await.unwrap();
    for (tls, allow_remote) in [(with(None), true), (None, true), (with(Some(&ours.file)), false)] {
        let error = open(tls, allow_remote, None).await.unwrap_err();
        assert!(error.contains("`allow_remote`") && error.contains("certificate"), "{error}");
    }
    host.shut_down().await;
}

#[test]
fn files_that_are_no_certificates_are_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let ours = Authority::new(folder.path(), "ours");
    let (certificate, key) = ours.vouch("server");
    let (_, other_key) = ours.vouch("other");
    let empty = folder.path().join("empty");
    std::fs::write(&empty, "nothing").unwrap();
    let none = folder.path().join("none");
    for (certificate, key, clients, expected) in [
        (&none, &key, None, "cannot read"),
        (&empty, &key, None, "no certificate in PEM"),
        (&certificate, &empty, None, "no private key in PEM"),
        (&certificate, &other_key, None, "with the key"),
        (&certificate, &key, Some(&empty), "no certificate in PEM"),
    ] {
        let error = Tls::from_files(certificate, key, clients.map(PathBuf::as_path)).unwrap_err();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

/// Who connects and says nothing, or anything but TLS, takes a place for a while and no more.
#[tokio::test(start_paused = true)]
async fn who_does_not_agree_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let ours = Authority::new(folder.path(), "ours");
    let (certificate, key) = ours.vouch("server");
    let tls = Tls::from_files(&certificate, &key, None).unwrap();
    let settings = Settings { connections: 2, ..settings(tls) };
    let served = Served::start(settings, builder()).await;
    for _ in 0..8 {
        let mut stream = served.connect().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert_eq!(answer, b"");
    }
    served.stop().await;
}
