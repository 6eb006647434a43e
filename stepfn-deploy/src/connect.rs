//! A client of AWS Step Functions, or of an emulator.

use std::env;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_sfn::{Client, config::Credentials};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use crate::{error::Error, loopback::is_loopback};

/// The settings of the connection. Those that are not set come from the environment, as for the AWS CLI: variables,
/// profiles, the roles of containers and instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connection {
    /// The region.
    pub region: Option<String>,
    /// The profile of `~/.aws/config`.
    pub profile: Option<String>,
    /// The URL of an emulator. On a loopback address credentials and region need not be known: `test` and `us-east-1` are the defaults.
    pub endpoint_url: Option<String>,
}

impl Connection {
    /// Takes everything from the environment.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`region`](Self::region).
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sets [`profile`](Self::profile).
    #[must_use]
    pub fn profile(mut self, profile: impl Into<String>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// Sets [`endpoint_url`](Self::endpoint_url).
    #[must_use]
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`Error::MissingRegion`].
    pub async fn connect(&self) -> Result<Client, Error> {
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http);
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(url) = &self.endpoint_url {
            loader = loader.endpoint_url(url);
            if is_loopback(url) {
                let is_set = |variable| env::var_os(variable).is_some();
                if self.profile.is_none() && !is_set("AWS_ACCESS_KEY_ID") && !is_set("AWS_PROFILE") {
                    loader =
                        loader.credentials_provider(Credentials::new("test", "test", None, None, "emulator"));
                }
                if self.region.is_none() && !is_set("AWS_REGION") && !is_set("AWS_DEFAULT_REGION") {
                    loader = loader.region(Region::from_static("us-east-1"));
                }
            }
        }
        let config = loader.load().await;
        if config.region().is_none() {
            return Err(Error::MissingRegion);
        }
        Ok(Client::new(&config))
    }
}
