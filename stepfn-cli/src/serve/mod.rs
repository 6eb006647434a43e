//! `stepfn serve`

mod arguments;
mod machines;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    time::Duration,
};

use stepfn_core::definition::Definition;
use stepfn_durable::{
    Host, HostBuilder, OnInterrupted,
    store::{self, StoreError},
};
use stepfn_executor::{ExecutorBuilder, Timestamp, mock_file::MockFile};
use stepfn_server::{Functions, Mocks, Monitor, Server, Settings};

use self::arguments::Place;
pub use self::arguments::{Serve, ServeOptions};
use crate::{
    Outcome, report,
    run::{Stop, parse_mocks, refuse},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The pause between two looks at whether the store fails.
const LOOK: Duration = Duration::from_secs(1);
/// The time that functions which never come back get when the process ends.
const END: Duration = Duration::from_secs(2);
/// A token of less can be guessed.
const TOKEN: usize = 16;

pub(crate) fn run(arguments: &Serve, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    match machines::read(&arguments.machines, &arguments.express, err) {
        Ok(machines) => arguments.options.serve(machines, &BTreeMap::new(), out, err),
        Err(stop) => stop.ended(),
    }
}

impl ServeOptions {
    /// Serves the API over these machines, with the functions that they were declared with, until the process gets a signal to stop.
    /// `buckets` has the real names of buckets that the program names otherwise.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn serve(
        &self,
        machines: Vec<Definition>,
        buckets: &BTreeMap<String, String>,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> io::Result<Outcome> {
        let prepared = self.prepare(err).and_then(|settings| {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
            match runtime {
                Ok(runtime) => Ok((settings, runtime)),
                Err(error) => refuse(err, &format!("no runtime could be started: {error}"), Outcome::Failure),
            }
        });
        let (settings, runtime) = match prepared {
            Ok(prepared) => prepared,
            Err(stop) => return stop.ended(),
        };
        let ended = runtime.block_on(self.work(settings, machines, buckets, out, err));
        // A function of the program may never come back: its execution goes on when the server is started again.
        runtime.shutdown_timeout(END);
        match ended {
            Ok(outcome) => Ok(outcome),
            Err(stop) => stop.ended(),
        }
    }

    /// The settings of the server, from the command line and the files that it names.
    fn prepare(&self, err: &mut dyn Write) -> Result<Settings, Stop> {
        let mut settings = Settings {
            address: self.address(),
            allow_remote: self.allow_remote,
            host_names: self.host_names.clone(),
            connections: self.connections as usize,
            body: self.max_request as usize,
            virtual_time: self.virtual_time,
            token: self.read_token(err)?,
            ..Settings::default()
        };
        if let Some(account) = &self.account {
            settings.account.clone_from(account);
        }
        if let Some(region) = &self.region {
            settings.region.clone_from(region);
        }
        if !settings.address.ip().is_loopback() && !self.allow_remote {
            let message = format!(
                "other machines can reach {}\nhelp: add `--allow-remote` and a token (`--token-file FILE`) or `--client-ca FILE` if they shall; else listen on 127.0.0.1",
                settings.address.ip()
            );
            return refuse(err, &message, Outcome::Unreadable);
        }
        self.encrypt(&mut settings).or_else(|reason| refuse(err, &reason, Outcome::Unreadable))?;
        if self.allow_remote && settings.token.is_none() && self.client_ca.is_none() {
            let message = "`--allow-remote` needs a token or clients with certificates, or anybody could run what this machine may\nhelp: add `--token-file FILE`, a file with 16 random characters or more, or `--client-ca FILE`";
            return refuse(err, message, Outcome::Unreadable);
        }
        settings.functions = self.functions().or_else(|reason| refuse(err, &reason, Outcome::Unreadable))?;
        settings.monitor = Monitor::with_records(self.logs.as_deref(), self.events.as_deref())
            .or_else(|reason| refuse(err, &reason, Outcome::Unreadable))?;
        if let Some(endpoint) = &self.otlp {
            settings.monitor = with_spans(settings.monitor, endpoint)
                .or_else(|reason| refuse(err, &reason, Outcome::Unreadable))?;
        }
        if let Some(path) = &self.mocks {
            let file = parse_mocks(path, err)?;
            self.check_test_case(&file, err)?;
            settings.mocks = Some(Mocks::new(file, self.test_case.clone()));
        }
        Ok(settings)
    }

    /// Reads the certificates.
    #[cfg(feature = "tls")]
    fn encrypt(&self, settings: &mut Settings) -> Result<(), String> {
        if let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) {
            settings.tls = Some(stepfn_server::Tls::from_files(certificate, key, self.client_ca.as_deref())?);
        }
        Ok(())
    }

    #[cfg(not(feature = "tls"))]
    fn encrypt(&self, _: &mut Settings) -> Result<(), String> {
        if self.tls_cert.is_none() {
            return Ok(());
        }
        Err("this `stepfn` was built without TLS\nhelp: `cargo install stepfn-cli --features tls`".to_owned())
    }

    /// The functions at URLs.
    fn functions(&self) -> Result<Functions, String> {
        let mut known = self.lambdas.iter();
        let functions =
            known.try_fold(Functions::default(), |functions, (name, url)| functions.with_url(name, url))?;
        match &self.lambda_endpoint {
            Some(url) => functions.with_endpoint(url),
            None => Ok(functions),
        }
    }

    fn check_test_case(&self, file: &MockFile, err: &mut dyn Write) -> Result<(), Stop> {
        let Some(case) = &self.test_case else { return Ok(()) };
        if file.state_machines().any(|machine| file.test_cases(machine).any(|known| known == case)) {
            return Ok(());
        }
        refuse(
            err,
            &format!("no state machine of the mock file has a test case `{case}`"),
            Outcome::Unreadable,
        )
    }

    fn read_token(&self, err: &mut dyn Write) -> Result<Option<String>, Stop> {
        let token = match (&self.token, &self.token_file) {
            (Some(token), _) => token.clone(),
            (None, Some(path)) => crate::run::read(path, err)?.text.trim().to_owned(),
            (None, None) => return Ok(None),
        };
        // As it is in a signature's `Credential=TOKEN/…`.
        let is_plain = token.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'/' | b','));
        if token.len() < TOKEN || !is_plain {
            let message = format!(
                "a token has {TOKEN} characters or more: letters, digits and signs, but no `/`, `,` or blank"
            );
            return refuse(err, &message, Outcome::Unreadable);
        }
        Ok(Some(token))
    }

    async fn work(
        &self,
        mut settings: Settings,
        machines: Vec<Definition>,
        buckets: &BTreeMap<String, String>,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Stop> {
        settings.functions = machines.iter().fold(settings.functions, Functions::with_program);
        let arns: Vec<(String, String)> = machines
            .iter()
            .map(|machine| {
                let (region, account, name) = (&settings.region, &settings.account, &machine.name);
                (name.clone(), format!("arn:aws:states:{region}:{account}:stateMachine:{name}"))
            })
            .collect();
        let builder = match self.with_store(Host::builder()).await {
            Ok(builder) => builder,
            Err(message) => return refuse(err, &message, Outcome::Failure),
        };
        let builder = self.configure(builder, &settings, buckets);
        let builder = machines.into_iter().fold(builder, HostBuilder::machine);
        let host = match builder.start().await {
            Ok(host) => host,
            Err(error) => return refuse(err, &error.to_string(), Outcome::Failure),
        };
        let token = settings.token.is_some();
        let region = settings.region.clone();
        let address = settings.address;
        let server = match Server::bind(settings, host.clone()).await {
            Ok(server) => server,
            Err(error) => {
                host.shut_down().await;
                return refuse(err, &format!("cannot listen on {address}: {error}"), Outcome::Failure);
            }
        };
        let stop = match Signals::new() {
            Ok(signals) => signals.received(),
            Err(error) => {
                return refuse(err, &format!("cannot wait for signals: {error}"), Outcome::Failure);
            }
        };
        self.greet(server.local_addr(), token, &region, &arns, out)?;
        let failed = {
            let mut reason = None;
            let end = async {
                tokio::select! {
                    () = stop => {}
                    stopped = host.stopped() => reason = Some(stopped),
                    never = report_trouble(&host, err) => match never {},
                }
            };
            server.run_until(end).await;
            reason
        };
        // Asked a second time, it waits for nothing.
        let again = Signals::new().map(Signals::received);
        match again {
            Ok(again) => tokio::select! {
                () = host.shut_down() => {}
                () = again => {}
            },
            Err(_) => host.shut_down().await,
        }
        if let Some(reason) = failed {
            let reason = reason.unwrap_or_else(|| "its loop has ended".to_owned());
            return refuse(err, &format!("the server cannot go on: {reason}"), Outcome::Failure);
        }
        match self.db {
            Place::Memory => writeln!(out, "stopped")?,
            _ => writeln!(out, "stopped; what runs goes on when it is started again")?,
        }
        Ok(Outcome::Success)
    }

    async fn with_store(&self, builder: HostBuilder) -> Result<HostBuilder, String> {
        let text = |error: StoreError| error.to_string();
        Ok(match &self.db {
            Place::Memory => builder.store(store::Memory::new()),
            Place::File(path) => builder.store(store::Sqlite::open(path).map_err(text)?),
            #[cfg(feature = "postgres")]
            Place::Postgres(url) => builder.store(store::Postgres::connect(url).await.map_err(text)?),
            #[cfg(not(feature = "postgres"))]
            Place::Postgres(_) => {
                return Err(
                    "this `stepfn` was built without Postgres\nhelp: `cargo install stepfn-cli --features postgres`"
                        .to_owned(),
                );
            }
        })
    }

    fn configure(
        &self,
        builder: HostBuilder,
        settings: &Settings,
        buckets: &BTreeMap<String, String>,
    ) -> HostBuilder {
        let (account, region) = (settings.account.clone(), settings.region.clone());
        let folders: Vec<(String, PathBuf)> = self
            .buckets
            .iter()
            .map(|(name, folder)| (buckets.get(name).unwrap_or(name).clone(), folder.clone()))
            .collect();
        let start = self.virtual_time.then(Timestamp::now);
        let each = move |executor: ExecutorBuilder| {
            let executor = executor.account(&account).region(&region).allow_unbound();
            let executor =
                folders.iter().fold(executor, |executor, (name, folder)| executor.bucket_dir(name, folder));
            match start {
                // What is not kept, an Express execution, has a clock of its own.
                Some(start) => executor.virtual_time_from(start),
                None => executor,
            }
        };
        let account = settings.account.clone();
        let mut builder = builder
            .executors(each)
            .details(move |definition| stepfn_server::details(definition, &account))
            .by_details(stepfn_server::by_details)
            .retention(DAY * self.retention_days)
            .grace(Duration::from_secs(self.grace.into()));
        if let Some(start) = start {
            builder = builder.virtual_time_from(start);
        }
        if self.rerun_interrupted {
            builder = builder.on_interrupted(OnInterrupted::Rerun);
        }
        let builder = settings.monitor.observe(settings.functions.bind(builder));
        match &settings.mocks {
            Some(mocks) => mocks.bind(builder),
            None => builder,
        }
    }

    /// Prints the address, and how a client gets there.
    fn greet(
        &self,
        address: SocketAddr,
        token: bool,
        region: &str,
        arns: &[(String, String)],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let scheme = if self.tls_cert.is_some() { "https" } else { "http" };
        writeln!(out, "listening on {scheme}://{address}")?;
        match &self.db {
            Place::Memory => writeln!(out, "executions are kept in memory: they end with this process")?,
            Place::File(path) => {
                let path = path.display().to_string();
                writeln!(out, "executions are kept in `{}`", report::line(&path))?;
            }
            Place::Postgres(_) => writeln!(out, "executions are kept in Postgres")?,
        }
        for (name, arn) in arns {
            writeln!(out, "{}: {}", report::line(name), report::line(arn))?;
        }
        let mut client = address;
        if address.ip().is_unspecified() {
            client.set_ip([127, 0, 0, 1].into());
        }
        let key = if token { "THE-TOKEN" } else { "local" };
        writeln!(out, "for clients of AWS:")?;
        writeln!(
            out,
            "  export AWS_ENDPOINT_URL_SFN={scheme}://{client} AWS_REGION={region} AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY=local"
        )?;
        writeln!(out, "  export AWS_DISABLE_HOST_PREFIX_INJECTION=true")?;
        if scheme == "https" {
            writeln!(out, "  export AWS_CA_BUNDLE=the certificates that vouch for that of the server")?;
        }
        if !address.ip().is_loopback() {
            let who = match (token, self.client_ca.is_some()) {
                (true, true) => "requests need the token and a certificate",
                (false, true) => "requests need a certificate",
                _ => "requests need the token",
            };
            let how = if scheme == "https" {
                ""
            } else {
                ", and nothing is encrypted without a proxy that does it"
            };
            writeln!(out, "other machines can reach it: {who}{how}")?;
        }
        out.flush()
    }
}

#[cfg(feature = "otel")]
fn with_spans(monitor: Monitor, endpoint: &str) -> Result<Monitor, String> {
    monitor.with_otlp(endpoint)
}

#[cfg(not(feature = "otel"))]
fn with_spans(_: Monitor, _: &str) -> Result<Monitor, String> {
    Err("this `stepfn` was built without OpenTelemetry\nhelp: `cargo install stepfn-cli --features otel`"
        .to_owned())
}

/// Says when the store fails, and when it answers again.
async fn report_trouble(host: &Host, err: &mut dyn Write) -> std::convert::Infallible {
    let mut before = None;
    let mut refused = BTreeSet::new();
    loop {
        for (arn, error) in host.refused() {
            if !refused.contains(&arn) {
                let _ = writeln!(err, "{arn} cannot go on: {}", report::printable(&error.to_string()));
                refused.insert(arn);
            }
        }
        tokio::time::sleep(LOOK).await;
        let now = host.trouble();
        if now != before {
            // An error output that cannot be written to stops nothing.
            let _ = match &now {
                Some(trouble) => writeln!(err, "nothing goes on: {}", report::printable(trouble)),
                None => writeln!(err, "the store answers again"),
            };
            before = now;
        }
    }
}

/// The signals that stop the process.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        let kind = tokio::signal::unix::SignalKind::terminate();
        Ok(Self { terminate: tokio::signal::unix::signal(kind)? })
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn received(mut self) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn received(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
