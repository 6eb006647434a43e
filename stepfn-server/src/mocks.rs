//! Mock files of Step Functions Local: the test case of an execution is behind `#` in the ARN that it is started by.

use std::sync::Arc;

use stepfn_core::{asl, definition::Definition};
use stepfn_durable::HostBuilder;
use stepfn_executor::{
    ExecutorBuilder,
    mock_file::{MockCase, MockFile},
};

/// The mocks of a server's machines.
#[derive(Clone, Debug)]
pub struct Mocks {
    file: Arc<MockFile>,
    test_case: Option<String>,
}

impl Mocks {
    /// The mocks of a file. `test_case` is that of executions whose ARN names none; without it these are not mocked.
    pub fn new(file: MockFile, test_case: Option<String>) -> Self {
        Self { file: Arc::new(file), test_case }
    }

    /// Binds the mocks of those executions of a host that have a test case.
    pub fn bind(&self, builder: HostBuilder) -> HostBuilder {
        let file = Arc::clone(&self.file);
        builder.variants(move |case: &str, definition: &Definition, builder: ExecutorBuilder| {
            match file.test_case(&definition.name, case) {
                Ok(case) => builder.mocks(&case),
                // It was looked for before the execution started; the file is another one since.
                Err(_) => builder,
            }
        })
    }

    /// The test case for an execution of a machine.
    ///
    /// # Errors
    /// There is no such test case, or the machine does not have its states.
    pub(crate) fn case(
        &self,
        machine: &str,
        named: Option<&str>,
        definition: &str,
    ) -> Result<Option<String>, String> {
        let by_default = || {
            let case = self.test_case.as_deref()?;
            self.file.test_cases(machine).any(|known| known == case).then_some(case)
        };
        let Some(name) = named.or_else(by_default) else { return Ok(None) };
        let case: MockCase = self.file.test_case(machine, name).map_err(|error| error.to_string())?;
        if let Ok((machine, _)) = asl::read_str(definition) {
            case.check(&machine).map_err(|error| error.to_string())?;
        }
        Ok(Some(name.to_owned()))
    }
}
