//! What the facade makes public can be sent to other threads, and shared between them. The house's tests keep the list whole: a new
//! type is put into it, or below the reason why it can only be sent.

stepfn::state_machine! { Any() { start_at: Done, Done: Succeed {} } }

macro_rules! shareable {
    ($($type:ty,)*) => {
        #[test]
        fn types_can_be_shared_between_threads() {
            fn assert_shareable<T: Send + Sync>() {}
            $(assert_shareable::<$type>();)*
        }
    };
}

#[cfg(feature = "executor")]
macro_rules! sendable {
    ($($type:ty,)*) => {
        #[test]
        fn types_can_be_sent_to_other_threads() {
            fn assert_sendable<T: Send>() {}
            $(assert_sendable::<$type>();)*
        }
    };
}

mod workflows {
    use super::Any;

    shareable! {
        stepfn::Definition,
        stepfn::TaskToken<Any>,
        stepfn::WorkflowType,
        stepfn::asl::Amount,
        stepfn::asl::Catcher,
        stepfn::asl::Choice,
        stepfn::asl::ChoiceRule,
        stepfn::asl::Comparison,
        stepfn::asl::Condition,
        stepfn::asl::Fail,
        stepfn::asl::Map,
        stepfn::asl::OperandKind,
        stepfn::asl::Parallel,
        stepfn::asl::Pass,
        stepfn::asl::PathField,
        stepfn::asl::QueryLanguage,
        stepfn::asl::Resource,
        stepfn::asl::Retrier,
        stepfn::asl::State,
        stepfn::asl::StateKind,
        stepfn::asl::StateMachine,
        stepfn::asl::Task,
        stepfn::asl::Wait,
        stepfn::builder::Catcher,
        stepfn::builder::ChoiceRule,
        stepfn::builder::Expr,
        stepfn::builder::ItemBatcher,
        stepfn::builder::ItemReader,
        stepfn::builder::Machine,
        stepfn::builder::Operand,
        stepfn::builder::Ordered,
        stepfn::builder::ResultWriter,
        stepfn::builder::Retrier,
        stepfn::builder::Rule,
        stepfn::builder::Scope,
        stepfn::builder::StateDef,
        stepfn::builder::StateRef,
        stepfn::check::Checked,
        stepfn::check::Fixed,
        stepfn::check::Located,
        stepfn::check::Options,
        stepfn::check::Page,
        stepfn::definition::Call,
        stepfn::definition::Definition,
        stepfn::definition::LogLevel,
        stepfn::definition::LoggingConfiguration,
        stepfn::definition::Reference,
        stepfn::definition::Source,
        stepfn::definition::TaskBinding,
        stepfn::definition::WorkflowType,
        stepfn::deployment::Alarm,
        stepfn::deployment::Alias,
        stepfn::deployment::Authorization,
        stepfn::deployment::Cycle,
        stepfn::deployment::Deployment,
        stepfn::deployment::DeploymentProblem,
        stepfn::deployment::Encryption,
        stepfn::deployment::EventRule,
        stepfn::deployment::ExecutionStatus,
        stepfn::deployment::Http,
        stepfn::deployment::Identifier,
        stepfn::deployment::InvalidDeployment,
        stepfn::deployment::InvalidStep,
        stepfn::deployment::LogGroup,
        stepfn::deployment::Method,
        stepfn::deployment::Metric,
        stepfn::deployment::Notification,
        stepfn::deployment::Payload,
        stepfn::deployment::RetryPolicy,
        stepfn::deployment::Routing,
        stepfn::deployment::Schedule,
        stepfn::deployment::ScheduleMethod,
        stepfn::deployment::Step,
        stepfn::deployment::Target,
        stepfn::deployment::TreatMissingData,
        stepfn::deployment::Trigger,
        stepfn::deployment::Version,
        stepfn::diagnostic::Diagnostic,
        stepfn::diagnostic::Diagnostics,
        stepfn::diagnostic::Edit,
        stepfn::diagnostic::Fix,
        stepfn::diagnostic::Label,
        stepfn::diagnostic::Severity,
        stepfn::diagnostic::Subject,
        stepfn::json::Cursor<'_>,
        stepfn::json::Document,
        stepfn::json::JsonError,
        stepfn::json::Pointer,
        stepfn::json::Span,
        stepfn::task::TaskFailure,
        stepfn::task::TaskInfo,
        stepfn::validate::Issue,
        stepfn::validate::Validation,
        stepfn::value::Array,
        stepfn::value::Map<Any>,
        stepfn::value::Number,
        stepfn::value::Shared<stepfn::value::Map>,
        stepfn::value::Size,
        stepfn::value::Text,
        stepfn::value::Value,
    }
}

#[cfg(feature = "executor")]
mod executor {
    use super::Any;

    shareable! {
        stepfn::executor::ActivityTask,
        stepfn::executor::BuildError,
        stepfn::executor::CompileError,
        stepfn::executor::Control,
        stepfn::executor::Executor,
        stepfn::executor::ExecutorBuilder,
        stepfn::executor::ExpressionError,
        stepfn::executor::Fault,
        stepfn::executor::FaultKind,
        stepfn::executor::History,
        stepfn::executor::HistoryEvent<'_>,
        stepfn::executor::Limits,
        stepfn::executor::MapRun,
        stepfn::executor::Mock,
        stepfn::executor::Objects,
        stepfn::executor::Outcome,
        stepfn::executor::OutputError,
        stepfn::executor::PendingToken,
        stepfn::executor::Program,
        stepfn::executor::RealTime,
        stepfn::executor::RedriveError,
        stepfn::executor::Route,
        stepfn::executor::RouteStep,
        stepfn::executor::RunError,
        stepfn::executor::Status,
        stepfn::executor::TaskCall<'_>,
        stepfn::executor::TokenError,
        stepfn::executor::Unbound,
        stepfn::executor::VirtualTime,
        stepfn::executor::Waiting,
        stepfn::executor::WaitingOn,
        stepfn::executor::delivery::StatusChange<'_>,
        stepfn::executor::mock_file::MockCase,
        stepfn::executor::mock_file::MockFault,
        stepfn::executor::mock_file::MockFile,
        stepfn::executor::mock_file::MockFileError,
        stepfn::executor::test_state::FieldValidationMode,
        stepfn::executor::test_state::InspectionLevel,
        stepfn::executor::test_state::StateConfiguration,
        stepfn::executor::test_state::StateMock,
        stepfn::executor::test_state::TestState,
        stepfn::executor::test_state::TestStateError,
        stepfn::executor::test_state::TestStateReply,
        stepfn::executor::test_state::TestStatus,
        stepfn::executor::turns::Answer,
        stepfn::executor::turns::Asked,
        stepfn::executor::turns::Begin,
        stepfn::executor::turns::Call,
        stepfn::executor::turns::ChildEnd,
        stepfn::executor::turns::Input,
        stepfn::executor::turns::MapChild,
        stepfn::executor::turns::MapRunCounts,
        stepfn::executor::turns::MapRunState,
        stepfn::executor::turns::MapRunUpdate,
        stepfn::executor::turns::OpenToken,
        stepfn::executor::turns::Reply,
        stepfn::executor::turns::Request,
        stepfn::executor::turns::Start,
        stepfn::executor::turns::Turn,
        stepfn::testing::Coverage,
        stepfn::testing::Exploration,
        stepfn::testing::ExploredRun,
        stepfn::testing::Run<Any>,
        stepfn::testing::Test<Any>,
        stepfn::testing::TestStateRequest,
        stepfn::testing::Way,
    }

    // They hold the futures of the functions that run, which are `Send` alone: one owner drives them.
    sendable! {
        stepfn::executor::Attempt,
        stepfn::executor::Execution,
        stepfn::executor::turns::Turns,
        stepfn::testing::Running<Any>,
    }
}

#[cfg(feature = "codegen")]
mod codegen {
    shareable! {
        stepfn::codegen::Error,
        stepfn::codegen::Problem,
        stepfn::codegen::generate::Change,
        stepfn::codegen::generate::Difference,
        stepfn::codegen::generate::Format,
        stepfn::codegen::generate::Plan,
        stepfn::codegen::generate::UnknownFormat,
        stepfn::codegen::iam::Condition,
        stepfn::codegen::iam::Effect,
        stepfn::codegen::iam::Needless,
        stepfn::codegen::iam::Policy,
        stepfn::codegen::iam::Resource,
        stepfn::codegen::iam::Statement,
        stepfn::codegen::iam::Unknown,
    }
}

#[cfg(feature = "durable")]
mod durable {
    use super::Any;

    shareable! {
        stepfn::durable::Commit<'_>,
        stepfn::durable::Committed<'_>,
        stepfn::durable::Host,
        stepfn::durable::HostBuilder,
        stepfn::durable::HostError,
        stepfn::durable::MachineError,
        stepfn::durable::OnInterrupted,
        stepfn::durable::RecoverError,
        stepfn::durable::StartOf<'_>,
        stepfn::durable::StartedExecution,
        stepfn::durable::WorkerTask,
        stepfn::durable::store::Activity,
        stepfn::durable::store::ActivityTask,
        stepfn::durable::store::Address,
        stepfn::durable::store::Alias,
        stepfn::durable::store::AliasPut,
        stepfn::durable::store::AliasesOf,
        stepfn::durable::store::Claim,
        stepfn::durable::store::Claiming,
        stepfn::durable::store::Committed,
        stepfn::durable::store::Counts,
        stepfn::durable::store::Created<Any>,
        stepfn::durable::store::Deleted,
        stepfn::durable::store::Delivered,
        stepfn::durable::store::Delivery,
        stepfn::durable::store::Effects,
        stepfn::durable::store::End,
        stepfn::durable::store::Entry,
        stepfn::durable::store::Event,
        stepfn::durable::store::Execution,
        stepfn::durable::store::ExecutionId,
        stepfn::durable::store::Executions,
        stepfn::durable::store::ExecutionsOf,
        stepfn::durable::store::Hint,
        stepfn::durable::store::HistoryOf,
        stepfn::durable::store::Inbox,
        stepfn::durable::store::Lease,
        stepfn::durable::store::Load,
        stepfn::durable::store::Machine,
        stepfn::durable::store::MachineKind,
        stepfn::durable::store::MapRun,
        stepfn::durable::store::MapRunsOf,
        stepfn::durable::store::Memory,
        stepfn::durable::store::Message,
        stepfn::durable::store::MessageId,
        stepfn::durable::store::NewActivity,
        stepfn::durable::store::NewExecution,
        stepfn::durable::store::NewMachine,
        stepfn::durable::store::OpenedToken,
        stepfn::durable::store::Page<Any>,
        stepfn::durable::store::PageAt,
        stepfn::durable::store::Parent,
        stepfn::durable::store::Publish,
        stepfn::durable::store::Published,
        stepfn::durable::store::PutAlias,
        stepfn::durable::store::Redrive,
        stepfn::durable::store::Redriven,
        stepfn::durable::store::Renewal,
        stepfn::durable::store::Retag,
        stepfn::durable::store::Retagged,
        stepfn::durable::store::Revision,
        stepfn::durable::store::Route,
        stepfn::durable::store::Started,
        stepfn::durable::store::Status,
        stepfn::durable::store::StoreError,
        stepfn::durable::store::Summary,
        stepfn::durable::store::Sweep,
        stepfn::durable::store::Tag,
        stepfn::durable::store::TakeTask,
        stepfn::durable::store::TakenTask,
        stepfn::durable::store::Token,
        stepfn::durable::store::Turn,
        stepfn::durable::store::Update,
        stepfn::durable::store::Version,
        stepfn::durable::store::VersionId,
        stepfn::durable::store::VersionsOf,
    }
}

#[cfg(feature = "deploy")]
mod deploy {
    use super::Any;

    shareable! {
        stepfn::deploy::Applied,
        stepfn::deploy::Change,
        stepfn::deploy::Connection,
        stepfn::deploy::Description<Any>,
        stepfn::deploy::Error,
        stepfn::deploy::Event,
        stepfn::deploy::Execution<Any>,
        stepfn::deploy::ExecutionError,
        stepfn::deploy::Failure,
        stepfn::deploy::Issue,
        stepfn::deploy::Machine<Any>,
        stepfn::deploy::MissingSubstitutions,
        stepfn::deploy::Plan,
        stepfn::deploy::Route,
        stepfn::deploy::Status<Any>,
        stepfn::deploy::Validation,
    }
}

#[cfg(feature = "lambda")]
mod lambda {
    shareable! {
        stepfn::lambda::Error,
    }
}
