use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use crate::{lambda::Functions, mocks::Mocks, monitor::Monitor};

/// The settings of a server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address to listen on: `127.0.0.1:8083` by default, the port of Step Functions Local.
    pub address: SocketAddr,
    /// The account in ARNs.
    pub account: String,
    /// The region in ARNs.
    pub region: String,
    /// Hosts that requests may name beside `localhost`, `127.0.0.1` and `[::1]`.
    pub host_names: Vec<String>,
    /// Takes requests from elsewhere than this machine: an address that is not loopback is refused without it.
    pub allow_remote: bool,
    /// The token that requests must have: as the access key id of AWS's signature, as `Authorization: Bearer`, or in the header `x-stepfn-token`.
    /// Needed where [`allow_remote`](Self::allow_remote) is set, unless clients must show a certificate. With it requests may name any host.
    pub token: Option<String>,
    /// Encrypts connections. Where clients must show a certificate, they need no token, and may name any host.
    #[cfg(feature = "tls")]
    pub tls: Option<crate::tls::Tls>,
    /// The most connections that are open at once.
    pub connections: usize,
    /// The most bytes of a request.
    pub body: usize,
    /// The time that a client may take for the headers of a request, for its body, and for taking each part of an answer.
    pub patience: Duration,
    /// The mocks of executions, where they are also [bound](Mocks::bind) to the host.
    pub mocks: Option<Mocks>,
    /// The Lambda functions that the Invoke path calls; Tasks call them where they are also [bound](Functions::bind) to the host.
    pub functions: Functions,
    /// The monitor, where it also [observes](Monitor::observe) the host: what `GET /metrics` answers, logs and events.
    pub monitor: Monitor,
    /// Lets time pass on a host whose time is virtual: at once, while no task waits for a token.
    pub virtual_time: bool,
    /// The time for which `GetActivityTask` waits for a task: 60 seconds, as on AWS.
    pub activity_poll: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8083)),
            account: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            host_names: Vec::new(),
            allow_remote: false,
            token: None,
            #[cfg(feature = "tls")]
            tls: None,
            connections: 1024,
            body: 4 << 20,
            patience: Duration::from_secs(15),
            mocks: None,
            functions: Functions::default(),
            monitor: Monitor::default(),
            virtual_time: false,
            activity_poll: Duration::from_secs(60),
        }
    }
}

impl Settings {
    /// Whether clients must show a certificate.
    pub(crate) fn asks_certificates(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.tls.as_ref().is_some_and(crate::tls::Tls::asks_clients);
        #[cfg(not(feature = "tls"))]
        false
    }
}
