//! `stepfn run`

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
};

use stepfn_core::{
    asl::StateMachine,
    check::{Options, check_text},
    definition::{Definition, WorkflowType},
    diagnostic::{Severity, list},
    json::{self, Span},
    placeholder,
    validate::validate,
    value::Value,
};
use stepfn_executor::{
    Executor, ExecutorBuilder, History, Outcome as Ended, RunError,
    mock_file::{MockCase, MockFile, MockFileError},
};

use crate::{
    Outcome,
    arguments::{Format, Run, RunData, workflow_type},
    report,
    source::{self, Source},
};

/// The reason why nothing was run.
pub(crate) enum Stop {
    /// It was reported, and the command ends so.
    Reported(Outcome),
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Stop {
    /// Returns the outcome of the command.
    pub(crate) fn ended(self) -> io::Result<Outcome> {
        match self {
            Self::Reported(outcome) => Ok(outcome),
            Self::Output(error) => Err(error),
        }
    }
}

pub(crate) fn run(arguments: &Run, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    match perform(arguments, out, err) {
        Ok(outcome) => Ok(outcome),
        Err(stop) => stop.ended(),
    }
}

fn perform(arguments: &Run, out: &mut dyn Write, err: &mut dyn Write) -> Result<Outcome, Stop> {
    let data = &arguments.data;
    only_one_is_stdin([Some(&arguments.file), data.input.as_ref(), data.mocks.as_ref()], err)?;
    let machine = machine(arguments, err)?;
    let (input, mocks) = data.read(arguments.name.as_deref(), &file_name(&arguments.file), &machine, err)?;

    let name = match (&mocks, &arguments.name) {
        (Some(case), _) => case.state_machine().to_owned(),
        (None, Some(name)) => name.clone(),
        (None, None) => file_name(&arguments.file),
    };
    let definition = Definition::from_asl(name, workflow_type(arguments.express), machine);
    // What is not mocked need not be reached.
    let mut builder = Executor::builder().virtual_time().seed(data.seed).allow_unbound();
    for (name, value) in &arguments.substitutions {
        builder = builder.substitute(name, value);
    }
    if let Some(case) = &mocks {
        builder = builder.mocks(case);
    }
    let executor = match data.bind_buckets(builder, &BTreeMap::new()).build(&definition) {
        Ok(executor) => executor,
        Err(error) => return refuse(err, &error.to_string(), Outcome::Failure),
    };
    let mut execution = executor.start(input);
    let ended = execution.run_to_end().clone();
    write_history(&execution.history(), data.history, err)?;
    match ended {
        Ok(ended) => finish(&ended, out, err),
        Err(error) => refuse(err, &cause(&error, mocks.as_ref()), Outcome::Failure),
    }
}

fn only_one_is_stdin(files: [Option<&PathBuf>; 3], err: &mut dyn Write) -> Result<(), Stop> {
    let stdin = |path: &&PathBuf| source::is_stdin(path);
    if files.into_iter().flatten().filter(stdin).count() > 1 {
        return refuse(err, "only one file can be standard input", Outcome::Unreadable);
    }
    Ok(())
}

impl RunData {
    /// Reads the input and the mocks for a machine of the program, and reports errors in them.
    ///
    /// # Errors
    /// When the output cannot be written; the inner error is how the command ends then.
    pub fn read_for(
        &self,
        definition: &Definition,
        err: &mut dyn Write,
    ) -> io::Result<Result<(Value, Option<MockCase>), Outcome>> {
        let read = only_one_is_stdin([self.input.as_ref(), self.mocks.as_ref(), None], err)
            .and_then(|()| self.read(Some(&definition.name), &definition.name, &definition.machine, err));
        match read {
            Ok(data) => Ok(Ok(data)),
            Err(Stop::Reported(outcome)) => Ok(Err(outcome)),
            Err(Stop::Output(error)) => Err(error),
        }
    }

    /// Binds folders in place of buckets; `names` has the real names of buckets that the program names otherwise. A name without one
    /// is that of a placeholder, too: `Uploads` in a definition with `${Uploads}`.
    #[must_use]
    pub fn bind_buckets(
        &self,
        builder: ExecutorBuilder,
        names: &BTreeMap<String, String>,
    ) -> ExecutorBuilder {
        self.buckets.iter().fold(builder, |builder, (name, folder)| match names.get(name) {
            Some(real) => builder.bucket_dir(real, folder),
            None => builder.bucket_dir(name, folder).bucket_dir(format!("${{{name}}}"), folder),
        })
    }

    fn read(
        &self,
        name: Option<&str>,
        fallback: &str,
        machine: &StateMachine,
        err: &mut dyn Write,
    ) -> Result<(Value, Option<MockCase>), Stop> {
        let input = match &self.input {
            Some(path) => input(path, err)?,
            None => Value::empty_object(),
        };
        let mocks = match &self.mocks {
            Some(path) => Some(mocks(path, (name, fallback), self.test_case.as_deref(), machine, err)?),
            None => None,
        };
        Ok((input, mocks))
    }
}

/// Reports why nothing is run.
pub(crate) fn refuse<T>(err: &mut dyn Write, message: &str, outcome: Outcome) -> Result<T, Stop> {
    report::error(err, &message.replace("\nhelp: ", "\n  = help: "))?;
    Err(Stop::Reported(outcome))
}

pub(crate) fn read(path: &Path, err: &mut dyn Write) -> Result<Source, Stop> {
    readable(source::read(path), err)
}

fn readable(source: Result<Source, String>, err: &mut dyn Write) -> Result<Source, Stop> {
    match source {
        Ok(source) => Ok(source),
        Err(message) => refuse(err, &message, Outcome::Unreadable),
    }
}

/// The machine of a definition that AWS creates.
fn machine(arguments: &Run, err: &mut dyn Write) -> Result<StateMachine, Stop> {
    let values = &arguments.substitutions;
    machine_of(&arguments.file, values, workflow_type(arguments.express), arguments.deny_errors, "run", err)
}

/// Returns the machine of a file, if it is one that AWS creates. `done` is the verb for what is done with it.
pub(crate) fn machine_of(
    file: &Path,
    values: &[(String, String)],
    workflow_type: WorkflowType,
    deny_errors: bool,
    done: &str,
    err: &mut dyn Write,
) -> Result<StateMachine, Stop> {
    let mut source = read(file, err)?;
    let value =
        |name: &str| values.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    source.text = placeholder::fill_unquoted(&source.text, &value);
    if let Some(message) = json::parse(&source.text)
        .err()
        .and_then(|error| placeholder::without_value(&source.text, error.offset))
    {
        return refuse(err, &format!("`{}` is not {done}: {message}", source.name), Outcome::Failure);
    }
    let checked = check_text(&source.text, &Options { workflow_type });
    if !checked.has_errors() {
        return Ok(checked.machine);
    }
    for found in checked.diagnostics.iter().filter(|found| found.diagnostic.severity == Severity::Error) {
        report::text(err, &source, found)?;
    }
    let answer = match &checked.document {
        Some(_) => validate(&source.text, workflow_type),
        None => {
            return refuse(
                err,
                &format!("`{}` is not {done}: it is not JSON", source.name),
                Outcome::Failure,
            );
        }
    };
    if !answer.is_ok() {
        for issue in &answer.diagnostics {
            report::issue(err, issue)?;
        }
        return refuse(err, &format!("`{}` is not {done}: AWS refuses it", source.name), Outcome::Failure);
    }
    if deny_errors {
        return refuse(err, &format!("`{}` is not {done}: it has errors", source.name), Outcome::Failure);
    }
    let name = report::line(&source.name);
    writeln!(err, "`{name}` has errors, but AWS creates it: it is {done} as AWS would run it")?;
    Ok(checked.machine)
}

fn input(argument: &Path, err: &mut dyn Write) -> Result<Value, Stop> {
    let source = match source::inline(argument) {
        Some(source) => source,
        None => read(argument, err)?,
    };
    match json::parse_value(&source.text) {
        Ok(input) => Ok(input),
        Err(error) => {
            let span = Span { range: error.offset..error.offset, line: error.line, column: error.column };
            let message = format!("the input is not JSON: {}", error.message);
            report::error_at(err, &source, &span, &message, error.help.as_deref())?;
            Err(Stop::Reported(Outcome::Failure))
        }
    }
}

/// The name of the definition's file up to its first dot: `order.asl.json` is `order`.
pub(crate) fn file_name(file: &Path) -> String {
    let file = file.file_name().unwrap_or_default().to_string_lossy();
    match file.split('.').next() {
        Some(name) if !name.is_empty() && name != "-" => name.to_owned(),
        _ => "StateMachine".to_owned(),
    }
}

/// The mocks of a file.
#[cfg(feature = "serve")]
pub(crate) fn parse_mocks(path: &Path, err: &mut dyn Write) -> Result<MockFile, Stop> {
    mock_file(&readable(source::read_data(path), err)?, err)
}

fn mock_file(source: &Source, err: &mut dyn Write) -> Result<MockFile, Stop> {
    MockFile::parse(&source.text).or_else(|error| faults(source, &error, err))
}

/// Reports the errors of a mock file.
fn faults<T>(source: &Source, error: &MockFileError, err: &mut dyn Write) -> Result<T, Stop> {
    for fault in &error.faults {
        report::error_at(err, source, &fault.span, &fault.message, fault.help.as_deref())?;
    }
    Err(Stop::Reported(Outcome::Failure))
}

fn mocks(
    path: &Path,
    (name, fallback): (Option<&str>, &str),
    test_case: Option<&str>,
    machine: &StateMachine,
    err: &mut dyn Write,
) -> Result<MockCase, Stop> {
    let source = readable(source::read_data(path), err)?;
    let file = mock_file(&source, err)?;
    let fail = |error: MockFileError, err: &mut dyn Write| faults(&source, &error, err);
    let only = file.state_machines().next().filter(|_| file.state_machines().len() == 1);
    let name = match (name, only) {
        (None, Some(only)) => only,
        (name, _) => name.unwrap_or(fallback),
    };
    let mut cases = file.test_cases(name);
    let case = match (test_case, cases.next(), cases.next()) {
        (Some(case), _, _) => case,
        (None, Some(only), None) => only,
        (None, Some(_), Some(_)) => {
            let message = format!(
                "`{}` has several test cases of `{name}`\n  = help: choose one by `--test-case`: {}",
                source.name,
                list(file.test_cases(name))
            );
            return refuse(err, &message, Outcome::Unreadable);
        }
        // The file itself shows that there is none, or no such machine.
        (None, None, _) => "",
    };
    let case = match file.test_case(name, case) {
        Ok(case) => case,
        Err(error) => return fail(error, err),
    };
    match case.check(machine) {
        Ok(()) => Ok(case),
        Err(error) => fail(error, err),
    }
}

/// Returns the reason why an execution could not go on, and what to add to which file.
pub fn cause(error: &RunError, mocks: Option<&MockCase>) -> String {
    let (state, what) = match error {
        RunError::Unbound(unbound) => {
            (&unbound.state, format!("nothing is mocked for `{}`", unbound.resource))
        }
        RunError::Stuck { states } => match &states[..] {
            [state, ..] => (state, "nobody is there to answer it".to_owned()),
            [] => return error.to_string(),
        },
        _ => return error.to_string(),
    };
    let help = match mocks {
        Some(case) => format!(
            "add `\"{state}\"` with the name of a mocked response to the test case `{}` of `{}`",
            case.name(),
            case.state_machine()
        ),
        None => format!("give a mock file by `--mocks`, with a test case that has a response for `{state}`"),
    };
    format!("state `{state}`: {what}\nhelp: {help}")
}

/// Reports the events so far: the history, where a format is asked for, and the path.
///
/// # Errors
/// When it cannot be written.
pub fn write_history(history: &History, format: Option<Format>, err: &mut dyn Write) -> io::Result<()> {
    match format {
        Some(Format::Text) => write!(err, "{}", report::printable(&history.to_string()))?,
        Some(Format::Json) => {
            writeln!(err, "{}", report::printable_json(&history.to_json().to_pretty_string()))?;
        }
        None => {}
    }
    let route = history.route();
    if !route.steps.is_empty() {
        writeln!(err, "path: {}", report::line(&route.to_string()))?;
    }
    Ok(())
}

fn finish(ended: &Ended, out: &mut dyn Write, err: &mut dyn Write) -> Result<Outcome, Stop> {
    if let Some(output) = ended.output() {
        writeln!(out, "{}", report::printable_json(&output.to_pretty_string()))?;
        out.flush()?;
    }
    if let Some(failed) = ended.expression_error() {
        report::expression_error(err, failed)?;
    }
    report::ended(err, &ended.status, ended.duration(), ended.transitions)?;
    Ok(if ended.output().is_some() { Outcome::Success } else { Outcome::Failure })
}
