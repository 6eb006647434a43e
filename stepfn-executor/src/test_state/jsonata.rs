//! The steps of a JSONata state: `Arguments`, the work, `Output` and `Assign` (developer guide, "Transforming data with JSONata in
//! Step Functions").

use stepfn_core::value::Value;

use super::flow::{Flow, Left, Stop, no_choice};
use crate::{
    eval::jsonata::Template,
    interpreter::Failure,
    program::{self, Jsonata, JsonataKind, Kind, jsonata_number, jsonata_text},
    time::VirtualTime,
};

impl Flow<'_> {
    pub(super) fn go_jsonata(&mut self, jsonata: &Jsonata) -> Result<Left, Stop> {
        let (state, frame, input) = (self.state, self.frame, &self.checked.input.value);
        match (&state.kind, &jsonata.kind) {
            (Kind::Task(_), JsonataKind::Task { timeout, heartbeat, credentials }) => {
                let scope = frame.jsonata(input);
                let seconds = |template: &Option<Template>, field| {
                    template.as_ref().map(|template| jsonata_number(template, field, &scope)).transpose()
                };
                let limits = (seconds(timeout, "TimeoutSeconds")?, seconds(heartbeat, "HeartbeatSeconds")?);
                if let Some(credentials) = credentials {
                    credentials.render(&scope)?;
                }
                let arguments = jsonata.arguments(&frame, input)?;
                self.seen.see("afterArguments", &arguments);
                let result = self.work(arguments, limits)?;
                self.seen.see("result", &result);
                self.complete(jsonata, &result)
            }
            (Kind::Parallel { .. }, _) => {
                jsonata.arguments(&frame, input)?;
                let result = self.mocked()?;
                self.complete(jsonata, &result)
            }
            (Kind::Map(map), _) => {
                self.iterate(map, input)?;
                let result = self.mocked()?;
                self.complete(jsonata, &result)
            }
            (Kind::Choice { default, .. }, JsonataKind::Choice(rules)) => {
                match jsonata.choose(rules, *default, &frame, input)? {
                    Some((left, way)) => Ok((self.left(left)?, way.next)),
                    None => Err(no_choice()),
                }
            }
            (_, JsonataKind::Fail { error, cause }) => {
                let scope = frame.jsonata(input);
                let text = |template: &Option<Template>, field| {
                    template.as_ref().map(|template| jsonata_text(template, field, &scope)).transpose()
                };
                Err(Stop::Failed(Failure::new(text(error, "Error")?, text(cause, "Cause")?)))
            }
            _ => {
                jsonata.span(VirtualTime::START, &frame, input)?;
                let left = jsonata.results.evaluate(&frame.jsonata(input), input, frame.limits)?;
                Ok((self.left(left)?, state.next))
            }
        }
    }

    fn complete(&mut self, jsonata: &Jsonata, result: &Value) -> Result<Left, Stop> {
        let left = jsonata.complete(&self.frame, &self.checked.input.value, result)?;
        Ok((self.left(left)?, self.state.next))
    }

    /// Notes what is assigned, and gives the output.
    pub(super) fn left(&mut self, left: program::Left) -> Result<Value, Stop> {
        self.assigned(left.assigned.as_deref());
        if left.extent.fits(self.frame.limits.payload()) {
            return Ok(left.output);
        }
        Err(Stop::Failed(Failure::data_limit(&self.state.name)))
    }
}
