//! What the machines of other crates share: `tests/used.rs` is one of those.

/// How this shop tells its customers.
pub mod telling {
    use serde::{Deserialize, Serialize};
    use stepfn::{StateData, fragment, lambda};

    use crate::retries::Transient;

    /// Who is told of what.
    #[derive(Debug, Serialize, Deserialize, StateData)]
    pub struct Message {
        id: String,
    }

    /// Writes the text of a message.
    #[lambda]
    pub async fn write(message: Message) -> String {
        format!("order {}", message.id)
    }

    /// The seconds that the customer has.
    pub const PATIENCE: u32 = 30;

    fragment! {
        /// Tells the customer, waits, and goes on at `Told`.
        pub Notify {
            Write: Task {
                resource: lambda(write),
                parameters: { "id": $.id },
                result_path: $.text,
                retry: [..Transient],
                next: Patience,
            },
            Patience: Wait { seconds: 2 * PATIENCE, next: Told },
        }
    }

    fragment! {
        /// Waits for a person of any kind: the machine says who is asked.
        pub Ask(who) {
            AskThem: Task {
                resource: lambda(who),
                parameters: { "id": $.id },
                result_path: $.answer,
                timeout_seconds: crate::telling::PATIENCE,
                retry: [..crate::retries::Transient],
                next: Answered,
            },
        }
    }
}

/// What is tried again.
pub mod retries {
    use stepfn::fragment;

    fragment! {
        /// Waits out what passes by itself.
        pub Transient [
            { error_equals: [Lambda.ServiceException, Lambda.TooManyRequestsException], interval_seconds: 2, max_attempts: 3 },
        ]
    }

    fragment! {
        /// What goes wrong otherwise.
        pub ToFailed [ { error_equals: [States.ALL], result_path: $.error, next: Failed } ]
    }
}

/// Names of sizes.
pub mod sizes {
    use stepfn::fragment;

    fragment! {
        /// Large, or of medium size.
        pub Sizes [ $.total > 1000 => Large, $.total > 100 => Medium ]
    }
}
