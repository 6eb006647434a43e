//! Connections and requests.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body, Bytes, Incoming},
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};

use stepfn_durable::Host;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::{AbortHandle, JoinSet},
};

use crate::{
    api::Api,
    error::ApiError,
    guard,
    lambda::{self, invoke},
    patient::Patient,
    settings::Settings,
};

/// The header with the action of a request.
const TARGET: &str = "x-amz-target";
const PREFIX: &str = "AWSStepFunctions.";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const TYPE: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");
const METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
/// The pause between two looks for something that virtual time can pass to.
const LOOK: Duration = Duration::from_millis(5);
/// The time that requests which are under way may take when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// The most bytes that are read of a body that is not taken.
const DRAINED: u64 = 16 << 20;

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    state: Arc<State>,
    connections: usize,
}

struct State {
    api: Api,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("settings", &self.api.settings).finish_non_exhaustive()
    }
}

impl Server {
    /// Listens for requests. They are answered from [`run_until`](Self::run_until) on.
    ///
    /// # Errors
    /// When the address is taken, or reaches beyond this machine without [`allow_remote`](Settings::allow_remote) and either a token or clients
    /// that must show a certificate.
    pub async fn bind(settings: Settings, host: Host) -> io::Result<Self> {
        let is_open = !settings.address.ip().is_loopback();
        let knows_clients = settings.token.is_some() || settings.asks_certificates();
        if is_open && !(settings.allow_remote && knows_clients) {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!(
                    "{} can be reached from other machines: that needs `allow_remote`, and a token that requests must have or clients that must show a certificate",
                    settings.address
                ),
            ));
        }
        let listener = TcpListener::bind(settings.address).await?;
        let address = listener.local_addr()?;
        let connections = settings.connections;
        Ok(Self { listener, address, state: Arc::new(State { api: Api { host, settings } }), connections })
    }

    /// Returns the address on which it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until a future is done. Requests that are under way get some seconds more.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        let places = Arc::new(Semaphore::new(self.connections));
        let mut open = JoinSet::new();
        let (end, ends) = watch::channel(());
        let Settings { monitor, account, region, .. } = &self.state.api.settings;
        monitor.start(self.state.api.host.store(), account, region);
        let time = Passing::start(&self.state.api);
        tokio::pin!(stop);
        loop {
            let accepted = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (place, self.listener.accept().await)
            };
            tokio::select! {
                () = &mut stop => break,
                (place, accepted) = accepted => match (place, accepted) {
                    (Ok(place), Ok((stream, _))) => {
                        let (state, ends) = (Arc::clone(&self.state), ends.clone());
                        open.spawn(async move {
                            state.connection(stream, ends).await;
                            drop(place);
                        });
                    }
                    // Out of file handles, as a rule: it gets better when others are closed.
                    _ => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
            while open.try_join_next().is_some() {}
        }
        drop(time);
        drop(self.listener);
        // Connections that wait for another request are closed at once.
        let _ = end.send(());
        let _ = tokio::time::timeout(GRACE, async { while open.join_next().await.is_some() {} }).await;
        let _ = tokio::time::timeout(GRACE, self.state.api.settings.monitor.flush()).await;
    }
}

/// Lets virtual time pass, until it is dropped.
struct Passing(Option<AbortHandle>);

impl Passing {
    fn start(api: &Api) -> Self {
        if !api.settings.virtual_time {
            return Self(None);
        }
        let host = api.host.clone();
        let passing = tokio::spawn(async move {
            // Whoever asks for something meanwhile does not have to wait for it.
            while let Ok(passed) = host.pass_time_without_tokens().await {
                if passed.is_none() {
                    tokio::time::sleep(LOOK).await;
                }
            }
        });
        Self(Some(passing.abort_handle()))
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        if let Some(passing) = &self.0 {
            passing.abort();
        }
    }
}

type Answer = Response<Full<Bytes>>;

impl State {
    async fn connection(self: Arc<Self>, stream: TcpStream, ends: watch::Receiver<()>) {
        let patience = self.api.settings.patience;
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.api.settings.tls {
            // TLS itself answers who cannot agree on anything or shows no certificate.
            if let Ok(stream) = tls.accept(stream, patience).await {
                self.serve(Patient::new(stream, patience), ends).await;
            }
            return;
        }
        self.serve(Patient::new(stream, patience), ends).await;
    }

    async fn serve<S>(self: Arc<Self>, stream: Patient<S>, mut ends: watch::Receiver<()>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let service = service_fn(|request| {
            let state = Arc::clone(&self);
            async move { Ok::<_, Infallible>(state.answer(request).await) }
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.api.settings.patience).max_buf_size(64 * 1024);
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        // A client that goes away is its own affair.
        tokio::select! {
            _ = connection.as_mut() => {}
            _ = ends.changed() => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let is_open = request.uri().path() == "/health";
        if let Some(refusal) = guard::refusal(&self.api.settings, request.uri(), request.headers(), is_open) {
            return plain(StatusCode::FORBIDDEN, refusal);
        }
        match (request.method(), request.uri().path()) {
            (&Method::GET, "/health") => match self.api.host.trouble() {
                None => plain(StatusCode::OK, "ok\n"),
                Some(trouble) => plain(StatusCode::SERVICE_UNAVAILABLE, format!("{trouble}\n")),
            },
            (&Method::GET, "/metrics") => {
                let refused = self.api.host.refused().len();
                let mut answer = plain(StatusCode::OK, self.api.settings.monitor.text(refused));
                answer.headers_mut().insert(CONTENT_TYPE, METRICS);
                answer
            }
            (&Method::POST, "/") => self.action(request).await,
            (&Method::POST, path) => match invoke::function_of(path) {
                Some(name) => self.invoke(&name, request).await,
                None => not_found(),
            },
            _ => not_found(),
        }
    }

    /// Reads the whole body of a request, unless it is too large.
    async fn body(&self, mut body: Incoming, most: usize) -> Result<Bytes, Answer> {
        let large = || plain(StatusCode::PAYLOAD_TOO_LARGE, format!("a request has at most {most} bytes\n"));
        let patience = self.api.settings.patience;
        if body.size_hint().lower() > most as u64 {
            if body.size_hint().lower() <= DRAINED {
                drain(&mut body, patience).await;
            }
            return Err(large());
        }
        let all = Limited::new(&mut body, most).collect();
        match tokio::time::timeout(patience, all).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                drain(&mut body, patience).await;
                Err(large())
            }
            Ok(Err(_)) => Err(plain(StatusCode::BAD_REQUEST, "the request was cut short\n")),
            Err(_) => Err(plain(StatusCode::REQUEST_TIMEOUT, "the request took too long\n")),
        }
    }

    async fn invoke(&self, name: &str, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        // Lambda's own bound, whatever that of the API is.
        let body = match self.body(body, lambda::LARGEST).await {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        let settings = &self.api.settings;
        let identity = (settings.account.as_str(), settings.region.as_str());
        let invoked = invoke::invoke(&settings.functions, identity, name, &head.headers, &body).await;
        let mut answer = plain(invoked.status, invoked.body);
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in invoked.headers {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        answer
    }

    async fn action(&self, request: Request<Incoming>) -> Answer {
        let target = request.headers().get(TARGET).and_then(|value| value.to_str().ok());
        let Some(action) = target.and_then(|target| target.strip_prefix(PREFIX)).map(str::to_owned) else {
            let error = ApiError::new("UnknownOperationException", "the header X-Amz-Target names no action");
            return failed(&error);
        };
        let body = match self.body(request.into_body(), self.api.settings.body).await {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        let since = Instant::now();
        let called = self.api.call(&action, &body).await;
        let (answer, is_known) = match called {
            Ok(reply) => (json_answer(StatusCode::OK, &reply), true),
            Err(error) => (failed(&error), error.code != "UnknownOperationException"),
        };
        // Whoever asks for a thousand actions that are none makes one number of it.
        let action = if is_known { action.as_str() } else { "none" };
        self.api.settings.monitor.answered(action, answer.status().as_u16(), since.elapsed());
        answer
    }
}

/// Reads on in a body that is too large, so that its client, which writes before it reads, sees the answer.
async fn drain(body: &mut Incoming, patience: Duration) {
    let mut left = DRAINED;
    let drained = async {
        while let Some(Ok(frame)) = body.frame().await {
            let read = frame.data_ref().map_or(0, Bytes::len) as u64;
            let Some(more) = left.checked_sub(read) else { return };
            left = more;
        }
    };
    let _ = tokio::time::timeout(patience, drained).await;
}

fn not_found() -> Answer {
    plain(StatusCode::NOT_FOUND, "requests are POST / with the header X-Amz-Target\n")
}

fn failed(error: &ApiError) -> Answer {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json_answer(status, &error.body())
}

fn json_answer(status: StatusCode, body: &serde_json::Value) -> Answer {
    let mut answer = plain(status, body.to_string());
    answer.headers_mut().insert(CONTENT_TYPE, TYPE);
    answer
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(text.into()));
    *answer.status_mut() = status;
    let id = uuid::Uuid::new_v4().to_string();
    if let Ok(id) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer
}
