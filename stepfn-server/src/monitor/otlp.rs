//! Spans to a collector, by OTLP over the server's own client.

use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};

use crate::client::{self, Client};

/// The time that a collector has for a batch, and the size of its answer.
const WITHIN: Duration = Duration::from_secs(10);
const ANSWER: usize = 64 * 1024;

/// Makes what sends spans to a collector: `http://localhost:4318`, or a URL with a path.
pub(super) fn exporter(endpoint: &str) -> Result<SpanExporter, String> {
    let url = client::url(endpoint)?;
    let mut url = url.to_string();
    // The path of the specification, where the URL has none of its own.
    if url.trim_end_matches('/').matches('/').count() == 2 {
        url = format!("{}/v1/traces", url.trim_end_matches('/'));
    }
    let exporter = SpanExporter::builder().with_http().with_http_client(Sender(Client::new()));
    let exporter = exporter.with_endpoint(url).with_protocol(Protocol::HttpBinary).with_timeout(WITHIN);
    exporter.build().map_err(|error| format!("`{endpoint}`: {error}"))
}

#[derive(Debug)]
struct Sender(Client);

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let answered = self.0.post_with(&head.uri, head.headers, body, ANSWER, WITHIN).await;
        let answered = answered.map_err(|failed| failed.to_string())?;
        let mut response = Response::new(answered.body);
        *response.status_mut() = answered.status;
        Ok(response)
    }
}
