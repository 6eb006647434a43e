//! Requests that the server makes itself.

use std::{fmt, time::Duration};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{HeaderMap, Method, Request, StatusCode, Uri, body::Bytes, header::CONTENT_TYPE};
use hyper_util::{
    client::legacy::{Client as Pool, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

/// The time within which a connection is there.
const CONNECT: Duration = Duration::from_secs(10);

/// A client with its connections.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
}

/// An answer, of a bounded size.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Nobody was reached, or the connection ended.
    Connection(String),
    /// It took too long.
    Late(Duration),
    /// The answer is too large.
    Large(usize),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(reason) => f.write_str(reason),
            Self::Late(time) => write!(f, "no answer within {} s", time.as_secs()),
            Self::Large(most) => write!(f, "the answer has more than {most} bytes"),
        }
    }
}

impl Client {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        let mut builder = Pool::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new()).pool_idle_timeout(Duration::from_secs(30));
        Self { pool: builder.build(connector) }
    }

    /// Posts a JSON text.
    pub(crate) async fn post(
        &self,
        uri: &Uri,
        headers: &[(&'static str, String)],
        body: impl Into<Bytes>,
        most: usize,
        within: Duration,
    ) -> Result<Answered, Failed> {
        let mut all = HeaderMap::new();
        all.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
        for (name, value) in headers {
            if let Ok(value) = value.parse() {
                all.insert(*name, value);
            }
        }
        self.post_with(uri, all, body, most, within).await
    }

    /// Posts anything.
    pub(crate) async fn post_with(
        &self,
        uri: &Uri,
        headers: HeaderMap,
        body: impl Into<Bytes>,
        most: usize,
        within: Duration,
    ) -> Result<Answered, Failed> {
        let mut request = Request::new(Full::new(body.into()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.clone();
        *request.headers_mut() = headers;
        let answer = async {
            let answer =
                self.pool.request(request).await.map_err(|error| Failed::Connection(reason(&error)))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, most).collect().await.map_err(|error| {
                if error.is::<http_body_util::LengthLimitError>() {
                    Failed::Large(most)
                } else {
                    Failed::Connection(reason(&*error))
                }
            })?;
            Ok(Answered { status: head.status, headers: head.headers, body: body.to_bytes() })
        };
        tokio::time::timeout(within, answer).await.unwrap_or(Err(Failed::Late(within)))
    }
}

/// An error with what caused it: hyper's own texts say little.
fn reason(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// Reads a URL that can be called.
pub(crate) fn url(text: &str) -> Result<Uri, String> {
    let uri: Uri = text.parse().map_err(|error| format!("`{text}` is no URL: {error}"))?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http"), Some(_)) => Ok(uri),
        (Some("https"), Some(_)) => Err(format!(
            "`{text}`: this server makes requests over http alone\nhelp: let a proxy on this machine do TLS"
        )),
        _ => Err(format!("`{text}` is no URL\nhelp: write it as `http://localhost:9000`")),
    }
}
