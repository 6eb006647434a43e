//! Log groups: made before the machine that logs into them.

use stepfn_core::definition::{Definition, LogLevel, LoggingConfiguration};
use stepfn_core::deployment::LogGroup;
use stepfn_core::value::Value;
use stepfn_deploy::Error;

use crate::{
    fake::Fake,
    plans::{Settings, deploy, orders, plan, settings},
};

const GROUP: &str = "/aws/vendedlogs/states/orders-dev";

fn logged() -> Definition {
    let logging = LoggingConfiguration {
        level: LogLevel::All,
        include_execution_data: false,
        destinations: Vec::new(),
    };
    Definition { logging: Some(logging), ..orders(5) }
}

fn with_group(days: u32) -> Settings {
    let group = LogGroup::new("/aws/vendedlogs/states/orders-${Stage}").retention_in_days(days);
    settings().value("Stage", "dev").log_group(group)
}

#[tokio::test(start_paused = true)]
async fn a_log_group_is_made_before_the_machine_that_logs_there() {
    let fake = Fake::default();
    let shown = deploy(&fake, &logged(), &with_group(30)).await;
    assert!(
        shown.contains(&format!("+ log group `{GROUP}`, keeps logs for 30 days\n  + STANDARD")),
        "{shown}"
    );
    let destination = format!("arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}:*");
    let request = fake.requests("CreateStateMachine").remove(0);
    let made = &request["loggingConfiguration"]["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"];
    assert_eq!(made.as_str(), Some(destination.as_str()));
    let actions = fake.actions();
    let place = |action: &str| actions.iter().position(|called| called == action).unwrap();
    assert!(place("CreateLogGroup") < place("CreateStateMachine"), "{actions:?}");
    assert_eq!(fake.state().log_groups[GROUP], Value::from(30));

    assert_eq!(deploy(&fake, &logged(), &with_group(30)).await, "Orders: nothing changes");
    let shown = deploy(&fake, &logged(), &with_group(90)).await;
    assert!(shown.ends_with(&format!("~ log group `{GROUP}`, keeps logs for 90 days")), "{shown}");
    assert_eq!(fake.state().log_groups[GROUP], Value::from(90));
}

#[tokio::test(start_paused = true)]
async fn a_group_that_nothing_is_logged_to_is_refused() {
    let fake = Fake::default();
    let refusal = plan(&fake.client(), &orders(5), &with_group(30)).await.unwrap_err();
    assert!(refusal.to_string().contains("nothing is logged to the group"), "{refusal}");
    assert_eq!(fake.actions(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_without_log_groups_is_noted_and_a_refusal_is_an_error() {
    let fake = Fake::default();
    fake.refuse("DescribeLogGroups", "UnknownOperationException", "what?");
    let shown = deploy(&fake, &logged(), &with_group(30)).await;
    assert!(
        shown.contains(&format!("note: the endpoint has no log groups; `{GROUP}` is not made there")),
        "{shown}"
    );

    let fake = Fake::default();
    fake.refuse("CreateLogGroup", "AccessDeniedException", "not you");
    let client = fake.client();
    let plan = plan(&client, &logged(), &with_group(30)).await.unwrap();
    let error = plan.apply(&client).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { action: "CreateLogGroup", .. }), "{error}");
    assert!(fake.requests("CreateStateMachine").is_empty());
}
