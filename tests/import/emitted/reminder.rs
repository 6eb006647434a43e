use serde::{Deserialize, Serialize};
use stepfn::{StateData, state_machine};

/// The input of [`Reminder`].
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct ReminderInput {
    pub reminder: ReminderData,
}

/// `reminder` of [`ReminderInput`].
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct ReminderData {
    pub delay: i64,
    pub channel: String,
}

state_machine! {
    /// Types that the definition tells.
    #[name = "reminder"]
    pub Reminder(ReminderInput) {
        start_at: Later,

        Later: Wait { seconds_path: $.reminder.delay, next: Which },

        Which: Choice { choices: [$.reminder.channel == "mail" => Mail], default: Mail },

        Mail: Task {
            input_path: $.reminder,
            resource: "arn:aws:lambda:eu-west-1:123456789012:function:mail",
            end: true,
        },
    }
}
