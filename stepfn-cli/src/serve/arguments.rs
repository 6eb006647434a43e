//! The command line of `stepfn serve`.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use clap::Args;

use crate::arguments::bucket;

/// The port of Step Functions Local.
const PORT: u16 = 8083;

/// Serve AWS's API of Step Functions here, over executions that outlive the process
///
/// Clients of AWS talk to it as to AWS: they create machines, start and describe executions, answer task tokens, page through
/// histories. Whatever happens to the process, executions go on when it is started again with the same `--db`. Services are not
/// called: Tasks are done by Lambda functions at URLs, by workers of activities, by callbacks and by mocks.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  it was told to stop, by Ctrl-C or SIGTERM
  1  a definition or the mocks have errors, or it could not listen or open the store
  2  the command line is wrong, or a file cannot be read")]
pub struct Serve {
    /// A machine that is there from the start, created or updated: NAME=FILE, a FILE whose name up to its first dot is the machine's,
    /// or a folder of such files; may be given more than once
    #[arg(long = "machine", value_name = "NAME=FILE", value_parser = machine)]
    pub(crate) machines: Vec<(Option<String>, PathBuf)>,
    /// A machine of `--machine` that is an Express workflow; may be given more than once
    #[arg(long = "express", value_name = "NAME")]
    pub(crate) express: Vec<String>,
    #[command(flatten)]
    pub(crate) options: ServeOptions,
}

/// The options of a server
#[derive(Clone, Debug, Args)]
pub struct ServeOptions {
    /// The port on this machine; 0 takes one that is free
    #[arg(long, value_name = "PORT", default_value_t = PORT, conflicts_with = "listen")]
    pub(crate) port: u16,
    /// Where to listen, in place of `--port`: ADDRESS or ADDRESS:PORT
    #[arg(long, value_name = "ADDRESS", value_parser = listen)]
    pub(crate) listen: Option<SocketAddr>,
    /// Where executions are kept: a file, `memory`, or the URL of a Postgres database (`postgres://…`)
    #[arg(long, value_name = "WHERE", default_value = "stepfn.db", value_parser = place)]
    pub(crate) db: Place,
    /// Listen on an address that other machines reach. Needs a token, or clients with certificates (`--client-ca`)
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Encrypt connections, with the certificate in this file (PEM, with those that vouch for it). Without it put a proxy with TLS before
    /// what other machines reach
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The file with the key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Answer only clients with a certificate that one of those in this file vouches for (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) client_ca: Option<PathBuf>,
    /// The token that requests must have, as the access key id of AWS clients, as `Authorization: Bearer …` or in the header X-Stepfn-Token:
    /// 16 characters or more. Others on this machine can see it in the command line
    #[arg(long, value_name = "TOKEN", conflicts_with = "token_file")]
    pub(crate) token: Option<String>,
    /// The file that has the token
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// A host that requests may name beside localhost, where there is no token; may be given more than once
    #[arg(long = "host-name", value_name = "NAME")]
    pub(crate) host_names: Vec<String>,
    /// The account in ARNs
    #[arg(long, value_name = "ID", value_parser = account)]
    pub(crate) account: Option<String>,
    /// The region in ARNs
    #[arg(long, value_name = "NAME", value_parser = region)]
    pub(crate) region: Option<String>,
    /// A mock file in the format of Step Functions Local: an execution of the machine ARN `…:Orders#Happy` is answered by its test
    /// case `Happy`
    #[arg(long, visible_alias = "mock", value_name = "FILE")]
    pub(crate) mocks: Option<PathBuf>,
    /// The test case of executions whose ARN names none, for machines that have it
    #[arg(long, value_name = "NAME", requires = "mocks")]
    pub(crate) test_case: Option<String>,
    /// The URL of a Lambda function: that of a service which has it by its name, or with a path that of the function itself
    /// (`charge=http://localhost:9000/2015-03-31/functions/function/invocations`); may be given more than once
    #[arg(long = "lambda", value_name = "NAME=URL", value_parser = function)]
    pub(crate) lambdas: Vec<(String, String)>,
    /// Where all other Lambda functions are: `cargo lambda watch`, the runtime interface emulator, `sam local start-lambda`, an emulator
    #[arg(long, value_name = "URL")]
    pub(crate) lambda_endpoint: Option<String>,
    /// Let waits, backoff and timeouts take no time. Time stops while a task waits for a callback or a worker
    #[arg(long)]
    pub(crate) virtual_time: bool,
    /// A folder whose files are the objects of a bucket, which distributed Maps read from and write to; may be given more than once
    #[arg(long = "bucket", value_name = "NAME=DIR", value_parser = bucket)]
    pub(crate) buckets: Vec<(String, PathBuf)>,
    /// The file that log events of machines with a loggingConfiguration are appended to: JSON lines, as CloudWatch Logs gets them
    #[arg(long, value_name = "FILE")]
    pub(crate) logs: Option<PathBuf>,
    /// Where changes of executions' statuses go, as EventBridge gets them: a file for JSON lines, or an `http://` URL for a POST each
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) events: Option<String>,
    /// The OpenTelemetry collector that gets spans of executions, states and tasks, by OTLP over HTTP: `http://localhost:4318`
    #[arg(long, value_name = "URL")]
    pub(crate) otlp: Option<String>,
    /// Make calls to functions again that were under way when the process ended. Else they fail, and the machine's own Retry decides
    #[arg(long)]
    pub(crate) rerun_interrupted: bool,
    /// The seconds that running functions have to end after the server is asked to stop: 0 to 15. Their answers are kept
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=15))]
    pub(crate) grace: u32,
    /// For how many days executions are kept after their end
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub(crate) retention_days: u32,
    /// The most connections that are open at once; more have to wait
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=65_535))]
    pub(crate) connections: u32,
    /// The most bytes of a request
    #[arg(long, value_name = "BYTES", default_value_t = 4 << 20, value_parser = clap::value_parser!(u32).range(1024..))]
    pub(crate) max_request: u32,
}

impl ServeOptions {
    pub(crate) fn address(&self) -> SocketAddr {
        self.listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, self.port).into())
    }

    /// Returns the options with an account and a region for ARNs where the command line has none.
    #[must_use]
    pub fn of(&self, account: Option<&str>, region: Option<&str>) -> Self {
        let mut options = self.clone();
        options.account = options.account.or_else(|| account.map(str::to_owned));
        options.region = options.region.or_else(|| region.map(str::to_owned));
        options
    }
}

/// The place of executions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Memory,
    File(PathBuf),
    Postgres(String),
}

fn place(text: &str) -> Result<Place, String> {
    match text {
        "" => Err("give a file, `memory` or the URL of a Postgres database".to_owned()),
        "memory" => Ok(Place::Memory),
        url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Ok(Place::Postgres(url.to_owned()))
        }
        url if url.contains("://") => {
            Err("expected a file, `memory` or the URL of a Postgres database (`postgres://…`)".to_owned())
        }
        file => Ok(Place::File(file.strip_prefix("sqlite:").unwrap_or(file).into())),
    }
}

/// Reads an account: other ARNs are none that clients take.
fn account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("expected the 12 digits of an account, such as `123456789012`".to_owned())
    }
}

/// Reads a region.
fn region(text: &str) -> Result<String, String> {
    let is_plain =
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !text.is_empty() && text.len() <= 64 && is_plain {
        Ok(text.to_owned())
    } else {
        Err("expected the name of a region, such as `eu-central-1`".to_owned())
    }
}

/// Reads `ADDRESS` or `ADDRESS:PORT`.
fn listen(text: &str) -> Result<SocketAddr, String> {
    let alone = || text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, PORT));
    text.parse().or_else(|_| alone()).map_err(|_| {
        "expected an IP address, with a port or without, such as `0.0.0.0:8083` or `[::1]:8083`".to_owned()
    })
}

/// Reads `NAME=URL`.
fn function(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, url)) if !name.is_empty() && !url.is_empty() => Ok((name.to_owned(), url.to_owned())),
        _ => Err("expected a function's name and a URL, such as `charge=http://localhost:9000`".to_owned()),
    }
}

/// Reads `NAME=FILE`, or a file alone.
fn machine(text: &str) -> Result<(Option<String>, PathBuf), String> {
    let (name, file) = match text.split_once('=') {
        Some((name, file)) => (Some(name.to_owned()), file),
        None => (None, text),
    };
    if file.is_empty() || name.as_deref() == Some("") {
        return Err("expected a name and a file, such as `Orders=orders.asl.json`".to_owned());
    }
    Ok((name, file.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_apart() {
        assert_eq!(place("memory"), Ok(Place::Memory));
        assert_eq!(place("orders.db"), Ok(Place::File("orders.db".into())));
        assert_eq!(place("sqlite:a/b.db"), Ok(Place::File("a/b.db".into())));
        assert_eq!(place("postgres://u@h/d"), Ok(Place::Postgres("postgres://u@h/d".into())));
        assert!(place("").is_err() && place("mysql://u@h/d").is_err() && place("sqlite://a/b.db").is_err());
    }

    #[test]
    fn accounts_and_regions_are_what_arns_can_have() {
        assert!(account("123456789012").is_ok() && region("eu-central-1").is_ok());
        for wrong in ["", "abc", "12345678901", "12345678901x", "1234567890123"] {
            assert!(account(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "x y", "EU", "a:b"] {
            assert!(region(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_may_have_a_port() {
        assert_eq!(listen("0.0.0.0").unwrap().to_string(), "0.0.0.0:8083");
        assert_eq!(listen("::1").unwrap().to_string(), "[::1]:8083");
        assert_eq!(listen("[::1]:9").unwrap().to_string(), "[::1]:9");
        assert!(listen("localhost:1").is_err());
    }
}
