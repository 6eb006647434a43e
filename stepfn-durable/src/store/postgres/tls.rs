//! Encrypted connections to Postgres.

use std::{fmt, fs, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::url::{Mode, Ssl};
use crate::store::StoreError;

/// Makes what connections are encrypted by.
pub(super) fn connector(ssl: &Ssl) -> Result<MakeRustlsConnect, StoreError> {
    let provider = Arc::new(ring::default_provider());
    let lenient = |known| Arc::new(Lenient { known, provider: Arc::clone(&provider) });
    let verifier: Arc<dyn ServerCertVerifier> = match ssl.mode {
        Mode::Disable | Mode::Prefer | Mode::Require => lenient(None),
        Mode::VerifyCa | Mode::VerifyFull => {
            let roots = Arc::new(roots(ssl.root.as_deref())?);
            let known = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
            let known = known.map_err(|error| misuse(format!("no certificates to trust: {error}")))?;
            if ssl.mode == Mode::VerifyFull { known } else { lenient(Some(known)) }
        }
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(misuse)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let config = match (&ssl.certificate, &ssl.key) {
        (None, None) => config.with_no_client_auth(),
        (Some(certificate), Some(key)) => {
            let chain = certificates(certificate)?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| misuse(format!("{key}: {error}")))?;
            config.with_client_auth_cert(chain, key).map_err(misuse)?
        }
        _ => return Err(misuse("`sslcert` and `sslkey` go together")),
    };
    Ok(MakeRustlsConnect::new(config))
}

fn misuse(what: impl fmt::Display) -> StoreError {
    StoreError::Misuse(format!("the URL of Postgres: {what}"))
}

fn certificates(path: &str) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let bytes = fs::read(path).map_err(|error| misuse(format!("{path}: {error}")))?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let all = all.map_err(|error| misuse(format!("{path}: {error}")))?;
    if all.is_empty() { Err(misuse(format!("{path} has no certificate"))) } else { Ok(all) }
}

fn roots(path: Option<&str>) -> Result<RootCertStore, StoreError> {
    let mut roots = RootCertStore::empty();
    match path {
        None | Some("system") => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                return Err(misuse(
                    "this system trusts no certificates; name a file of some as `sslrootcert`",
                ));
            }
        }
        Some(path) => {
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(|error| misuse(format!("{path}: {error}")))?;
            }
        }
    }
    Ok(roots)
}

/// Judges servers as libpq does, where that is less than the name in their certificate.
#[derive(Debug)]
struct Lenient {
    /// Somebody trusted vouches for the server, whatever its name; without it any server is taken: what is read over the shoulder is of no
    /// use then, but nobody vouches for it.
    known: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(known) = &self.known else { return Ok(ServerCertVerified::assertion()) };
        match known.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            // The chain is looked at before the name.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
