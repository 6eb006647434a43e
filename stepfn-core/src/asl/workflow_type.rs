/// The kind of a workflow: the `type` of a state machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorkflowType {
    /// `STANDARD`: exactly once, up to a year, with a history.
    #[default]
    Standard,
    /// `EXPRESS`: at least once, up to five minutes, no callbacks, no `.sync`, no history.
    Express,
}

crate::named!(WorkflowType, "type of workflow");

impl WorkflowType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Express];

    /// Returns AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}
