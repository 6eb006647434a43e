//! Endpoints on this machine.

use std::net::IpAddr;

use aws_sdk_sfn::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextMut},
    error::BoxError,
};

/// Returns `true` if the URL is one of this machine.
pub(crate) fn is_loopback(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `StartSyncExecution` goes to a host of its own, `sync-states.…`. An emulator on a loopback address has no `sync-127.0.0.1`.
#[derive(Debug)]
pub(crate) struct WithoutHostPrefix;

impl Intercept for WithoutHostPrefix {
    fn name(&self) -> &'static str {
        "WithoutHostPrefix"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        if let Some((scheme, rest)) = request.uri().split_once("://sync-") {
            let url = format!("{scheme}://{rest}");
            if is_loopback(&url) {
                request.set_uri(url)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_this_machine_alone() {
        for url in
            ["http://localhost:8083", "http://127.0.0.1:5000/x", "https://[::1]:1/", "http://127.9.9.9"]
        {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "http://sync-127.0.0.1",
            "https://states.us-east-1.amazonaws.com",
            "http://10.0.0.1:5000",
            "http://localhost.example.com",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
