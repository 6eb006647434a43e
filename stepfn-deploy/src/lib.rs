//! Deploys stepfn workflows to AWS Step Functions, and calls them there.
//!
//! Reached as `stepfn::deploy`, with the feature `deploy` of the crate `stepfn`. [`plan`] finds out what a deployment would change, and
//! [`Plan::apply`] does it:
//!
//! ```no_run
//! # mod machines {
//! #     use stepfn_core::{asl::StateMachine, definition::{Definition, Workflow, WorkflowType}, value::Value};
//! #     pub struct CsvProcessing;
//! #     impl Workflow for CsvProcessing {
//! #         type Input = Value;
//! #         type Output = Value;
//! #         const NAME: &'static str = "CsvProcessing";
//! #         fn definition() -> Definition {
//! #             Definition::from_asl("CsvProcessing", WorkflowType::Standard, StateMachine::default())
//! #         }
//! #     }
//! # }
//! use machines::CsvProcessing; // state_machine! { pub CsvProcessing(Upload) -> Value { … } }
//! # use stepfn_core::definition::Workflow;
//! # use stepfn_deploy as deploy; // stepfn::deploy
//! use deploy::Connection;
//! use stepfn_core::deployment::{Alias, Deployment}; // stepfn::deployment
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let sfn = Connection::new().region("eu-central-1").connect().await?;
//! let deployment = Deployment::from(CsvProcessing::definition())
//!     .role("arn:aws:iam::123456789012:role/csv-processing")
//!     .alias(Alias::new("live").step("10%:5m".parse()?));
//! let topic = ("SuccessTopic".to_owned(), "arn:aws:sns:eu-central-1:123456789012:csv-done".to_owned());
//!
//! let plan = deploy::plan(&sfn, &deployment, &[topic].into()).await?;
//! println!("{plan}"); // ~ state `ValidateCSV`: `TimeoutSeconds: 300` is now `600` …
//! if !plan.is_empty() {
//!     plan.apply_with(&sfn, |event| println!("{event}")).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The definition is validated by AWS itself first. It is compared as the language reads it, so that the order of fields and states and the
//! text's format are no change, and nothing is called where nothing changed; changes that break running executions are reported. With an
//! alias a version is published, and the alias moves to it in steps.
//!
//! # Calling what is deployed
//!
//! With [`WorkflowClient`] every machine of `state_machine!` has a client that takes its input and answers with its output; with
//! [`Callback`] the [`TaskToken`](stepfn_core::token::TaskToken) of a task that waits is answered with what the task declares:
//!
//! ```no_run
//! # use stepfn_core::{asl::StateMachine, definition::{Definition, Workflow, WorkflowType}, task::TaskError};
//! # use serde::{Deserialize, Serialize};
//! # #[derive(Serialize)] struct Order { order_id: String }
//! # #[derive(Deserialize)] struct Receipt { charged: u64 }
//! # #[derive(Serialize)] struct Approval { approved_by: String }
//! # struct OrderApproval;
//! # impl Workflow for OrderApproval {
//! #     type Input = Order;
//! #     type Output = Receipt;
//! #     const NAME: &'static str = "OrderApproval";
//! #     fn definition() -> Definition {
//! #         Definition::from_asl("OrderApproval", WorkflowType::Standard, StateMachine::default())
//! #     }
//! # }
//! use stepfn_core::token::TaskToken; // stepfn::TaskToken
//! use stepfn_deploy::{Callback, Client, WorkflowClient};
//!
//! async fn order(sfn: &Client) -> Result<u64, stepfn_deploy::ExecutionError> {
//!     let execution = OrderApproval::client(sfn).start(&Order { order_id: "o-1".into() }).await?;
//!     Ok(execution.wait().await?.charged)
//! }
//!
//! async fn approve(sfn: &Client, token: TaskToken<Approval>) -> Result<(), stepfn_deploy::Error> {
//!     token.succeed(sfn, &Approval { approved_by: "mina".into() }).await
//! }
//! ```
//!
//! # Emulators
//!
//! [`Connection::endpoint_url`] leads to one. Actions that it does not have are reported: the remote validation is left out with a note,
//! anything else is [`Error::Unsupported`].

mod apply;
mod callback;
mod children;
mod connect;
mod deployed;
mod error;
mod execution;
mod issue;
mod log_group;
mod loopback;
mod machine;
mod plan;
mod remote;
mod show;
mod wanted;

/// The client of AWS that all calls take.
pub use aws_sdk_sfn::Client;

pub use self::{
    apply::{Applied, Event},
    callback::Callback,
    connect::Connection,
    error::Error,
    execution::{Description, Execution, ExecutionError, Failure, Status},
    issue::Issue,
    machine::{Machine, WorkflowClient},
    plan::{Change, Plan, Route, plan},
    remote::Validation,
    wanted::MissingSubstitutions,
};
