//! A deployment as a program of its own: what would change, the change, and an execution with the workflow's types.
//!
//! ```sh
//! cargo run --example deploy --features deploy -- --endpoint-url http://127.0.0.1:5000 --shop Mapo --order o-1 --total 120
//! ```
//!
//! Without an endpoint it goes to AWS, with the region and the credentials of the environment.

use std::{env, error::Error, process::ExitCode};

use serde::{Deserialize, Serialize};
use stepfn::{
    StateData, Workflow,
    deploy::{self, Connection, ExecutionError, WorkflowClient},
    deployment::Deployment,
    state_machine,
};

/// An order.
#[derive(Debug, Serialize, Deserialize, StateData)]
struct Order {
    total: i64,
}

/// An order with its price.
#[derive(Debug, Serialize, Deserialize, StateData)]
struct Priced {
    total: i64,
    shop: String,
}

state_machine! {
    /// Prices an order: what is dear costs less, and nothing is no order.
    Pricing(Order) -> Priced {
        start_at: CheckTotal,

        CheckTotal: Choice {
            choices: [
                $.total <= 0 => Refuse,
                $.total > 100 => Discount,
            ],
            default: FullPrice,
        },

        #[allow(stepfn::number_out_of_range)]
        Discount: Pass {
            parameters: { "total": States.MathAdd($.total, -10), "shop": ref_("ShopName") },
            end: true,
        },

        FullPrice: Pass {
            parameters: { "total": $.total, "shop": ref_("ShopName") },
            end: true,
        },

        Refuse: Fail { error: "NothingOrdered", cause: "the total is 0" },
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::new();
    let (mut shop, mut order, mut total) = ("Seoul".to_owned(), "o-1".to_owned(), None);
    let mut arguments = env::args().skip(1);
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("`{option}` takes a value"))?;
        match option.as_str() {
            "--endpoint-url" => connection = connection.endpoint_url(value),
            "--shop" => shop = value,
            "--order" => order = value,
            "--total" => total = Some(value.parse()?),
            _ => return Err(format!("`{option}` is no option of this example").into()),
        }
    }
    let sfn = connection.connect().await?;
    let deployment = Deployment::from(Pricing::definition())
        .role("arn:aws:iam::123456789012:role/pricing")
        .tag("example", "deploy");
    let values = [("ShopName".to_owned(), shop)].into();

    let plan = deploy::plan(&sfn, &deployment, &values).await?;
    println!("{plan}");
    plan.apply_with(&sfn, |event| println!("{event}")).await?;

    let Some(total) = total else { return Ok(()) };
    // Named after what it is about, an execution starts once, however often it is asked for.
    let execution = Pricing::client(&sfn).start_named(&order, &Order { total }).await?;
    match execution.wait().await {
        Ok(priced) => println!("{total} costs {} at {}", priced.total, priced.shop),
        Err(ExecutionError::Failed(failure)) => {
            println!("{total} is refused: {}", failure.cause.unwrap_or_default());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
