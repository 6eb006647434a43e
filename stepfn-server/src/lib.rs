//! AWS's own API of Step Functions over executions that outlive the process: every client of AWS talks to it.
//!
//! A [`Server`] answers requests for the executions of a [`Host`]. It listens on this machine alone by
//! default, and takes nothing from web pages of other origins.
//!
//! ```no_run
//! use stepfn_durable::{Host, store::Memory};
//! use stepfn_server::{Server, Settings};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let host = Host::builder().store(Memory::new()).start().await?;
//! let server = Server::bind(Settings::default(), host).await?;
//! println!("listening on http://{}", server.local_addr());
//! server.run_until(std::future::pending()).await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Requests are those of AWS: `POST /` with `X-Amz-Target: AWSStepFunctions.StartExecution`. Signatures are taken unchecked.

mod api;
mod arn;
mod client;
mod error;
mod guard;
mod http;
mod lambda;
mod mocks;
mod model;
mod monitor;
mod patient;
mod request;
mod settings;
#[cfg(feature = "tls")]
mod tls;

pub use self::{
    api::{by_details, details},
    http::Server,
    lambda::Functions,
    mocks::Mocks,
    monitor::Monitor,
    settings::Settings,
};
#[doc(no_inline)]
pub use stepfn_durable::Host;
#[cfg(feature = "tls")]
pub use tls::Tls;
