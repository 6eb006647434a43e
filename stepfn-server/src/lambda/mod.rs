//! Lambda functions: those of the program, and those behind URLs.

mod answer;
pub(crate) mod invoke;

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use hyper::Uri;
use stepfn_core::{
    definition::Definition,
    json,
    task::{Handler, TaskFailure},
    value::Value,
};
use stepfn_durable::HostBuilder;
use stepfn_executor::{Attempt, TaskCall, TaskHandler};
use tokio::sync::Semaphore;

use crate::client::{self, Client, Failed};

/// The time that a function has on AWS at most.
const LONGEST: Duration = Duration::from_secs(900);
/// The most calls at once that nobody waits for.
const EVENTS: usize = 256;
/// The size of an answer at most: Lambda's own bound.
pub(crate) const LARGEST: usize = 6 * 1024 * 1024;

/// The Lambda functions that Tasks call: those of the program, and those that answer at a URL.
///
/// Behind a URL may be `cargo lambda watch`, the runtime interface emulator, `sam local start-lambda`, an emulator of AWS: whoever takes
/// `POST /2015-03-31/functions/NAME/invocations`.
#[derive(Clone)]
pub struct Functions {
    here: BTreeMap<String, Handler>,
    urls: BTreeMap<String, Uri>,
    others: Option<Uri>,
    client: Client,
    longest: Duration,
    /// The places for calls that nobody waits for.
    events: Arc<Semaphore>,
}

impl Default for Functions {
    fn default() -> Self {
        Self {
            here: BTreeMap::new(),
            urls: BTreeMap::new(),
            others: None,
            client: Client::new(),
            longest: LONGEST,
            events: Arc::new(Semaphore::new(EVENTS)),
        }
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Functions")
            .field("here", &self.here.keys())
            .field("urls", &self.urls)
            .field("others", &self.others)
            .finish_non_exhaustive()
    }
}

impl Functions {
    /// Adds the functions that a machine of the program was declared with.
    #[must_use]
    pub fn with_program(mut self, definition: &Definition) -> Self {
        for task in definition.functions() {
            if let Some(handler) = task.handler {
                // Machines may call it by either.
                self.here.insert(task.name.to_owned(), handler);
                self.here.insert(task.function_name.to_owned(), handler);
            }
        }
        self
    }

    /// Adds a function by the URL that it answers at. A URL without a path is that of a service which has functions by their names.
    ///
    /// # Errors
    /// When it is no URL that can be called.
    pub fn with_url(mut self, name: impl Into<String>, url: &str) -> Result<Self, String> {
        let name = name.into();
        let url = function_url(&client::url(url)?, &name)?;
        self.urls.insert(name, url);
        Ok(self)
    }

    /// Sets where all functions are that are not known by their names.
    ///
    /// # Errors
    /// When it is no URL that can be called.
    pub fn with_endpoint(mut self, url: &str) -> Result<Self, String> {
        self.others = Some(client::url(url)?);
        Ok(self)
    }

    /// Sets the time that a function behind a URL may take: 15 minutes by default, as on AWS.
    #[must_use]
    pub fn with_longest(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    /// Binds the functions to a host's machines, for the Tasks that nothing else is bound to.
    pub fn bind(&self, builder: HostBuilder) -> HostBuilder {
        let functions = Arc::new(self.clone());
        builder.executors(move |executor| {
            let functions = Arc::clone(&functions);
            executor.functions_by(move |name| functions.find(name))
        })
    }

    fn find(&self, name: &str) -> Option<Function> {
        if let Some(handler) = self.here.get(name) {
            return Some(Function::Here(*handler));
        }
        let url = match (self.urls.get(name), &self.others) {
            (Some(url), _) => url.clone(),
            (None, Some(url)) => function_url(url, name).ok()?,
            (None, None) => return None,
        };
        Some(Function::There(Box::new(There { url, client: self.client.clone(), longest: self.longest })))
    }
}

/// The URL of a function's invocations.
fn function_url(url: &Uri, name: &str) -> Result<Uri, String> {
    if !matches!(url.path(), "" | "/") {
        return Ok(url.clone());
    }
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string();
    // What Lambda itself takes in names.
    let name = name.replace("%2D", "-").replace("%5F", "_");
    let authority = url.authority().map(ToString::to_string).unwrap_or_default();
    format!("http://{authority}/2015-03-31/functions/{name}/invocations")
        .parse()
        .map_err(|error| format!("`{name}` is no name of a function: {error}"))
}

/// A function that is found.
#[derive(Clone)]
pub(crate) enum Function {
    Here(Handler),
    There(Box<There>),
}

/// A function behind a URL.
#[derive(Clone)]
pub(crate) struct There {
    url: Uri,
    client: Client,
    longest: Duration,
}

impl Function {
    /// Calls it.
    pub(crate) async fn call(self, input: Value) -> Result<Value, TaskFailure> {
        let There { url, client, longest } = match self {
            Self::Here(handler) => return handler(input).await,
            Self::There(there) => *there,
        };
        let headers = [("x-amz-invocation-type", "RequestResponse".to_owned())];
        match client.post(&url, &headers, input.to_string(), LARGEST, longest).await {
            Ok(answered) => answer::read(&answered),
            Err(Failed::Large(most)) => Err(TaskFailure::new(
                "Function.ResponseSizeTooLarge",
                format!("Response payload size exceeded maximum allowed payload size ({most} bytes)."),
            )),
            Err(failed @ (Failed::Connection(_) | Failed::Late(_))) => {
                Err(TaskFailure::with_cause("Lambda.SdkClientException", format!("{url}: {failed}")))
            }
        }
    }
}

impl TaskHandler for Function {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        Attempt::Work(Box::pin(self.clone().call(call.input.clone())))
    }
}

fn parse(body: &[u8]) -> Option<Value> {
    json::parse_value(std::str::from_utf8(body).ok()?).ok()
}
