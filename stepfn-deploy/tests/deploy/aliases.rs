//! Versions and aliases: what is published, and how an alias moves.

use stepfn_core::{deployment::Alias, value::Value};
use stepfn_deploy::Error;

use crate::{
    fake::{Fake, arn},
    plans::{Settings, deploy, orders, plan, settings},
};

fn live(steps: &[&str]) -> Settings {
    let alias = steps.iter().fold(Alias::new("live"), |alias, step| alias.step(step.parse().unwrap()));
    settings().alias(alias)
}

/// The routes that the alias was given, in turn: version and weight.
fn routes(fake: &Fake) -> Vec<String> {
    let requests = fake.requests("UpdateStateMachineAlias");
    let text = |item: &Value| {
        let version = item["stateMachineVersionArn"].as_str().unwrap().rsplit(':').next().unwrap();
        format!("{version}: {}", item["weight"])
    };
    let routes = requests.iter().map(|request| request["routingConfiguration"].as_array().unwrap());
    routes.map(|items| items.iter().map(text).collect::<Vec<_>>().join(", ")).collect()
}

/// Leads the alias to two versions, as a deployment leaves it that is interrupted.
fn split(fake: &Fake, first: u8, second: u8) {
    let route = |number: u8, weight: u8| {
        let version = Value::from(arn(&format!("Orders:{number}")));
        Value::object([("stateMachineVersionArn", version), ("weight", u64::from(weight).into())])
    };
    let routes = Value::array([route(1, first), route(2, second)]);
    let mut state = fake.state();
    let alias = state.machines.get_mut("Orders").unwrap().aliases.get_mut("live").unwrap();
    alias.insert("routingConfiguration".into(), routes);
}

#[tokio::test(start_paused = true)]
async fn a_new_alias_leads_to_the_new_version_at_once() {
    let fake = Fake::default();
    let client = fake.client();
    let planned = plan(&client, &orders(5), &live(&["10%:5m"])).await.unwrap();
    assert!(
        planned.to_string().ends_with("\n  + version\n  + alias `live`: 100% the new version"),
        "{planned}"
    );
    let applied = planned.apply(&client).await.unwrap();
    assert_eq!(applied.version_arn, Some(arn("Orders:1")));
    assert_eq!(applied.alias_arns, [arn("Orders:live")]);
    assert_eq!(deploy(&fake, &orders(5), &live(&["10%:5m"])).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn an_alias_moves_step_by_step() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &live(&[])).await;
    let client = fake.client();
    let planned = plan(&client, &orders(60), &live(&["10%:5m", "50%:1h"])).await.unwrap();
    assert!(
        planned
            .to_string()
            .ends_with("\n  + version\n  ~ alias `live`: 100% 1 -> 10%:5m, 50%:1h, 100% the new version"),
        "{planned}"
    );
    let mut told = Vec::new();
    planned.apply_with(&client, |event| told.push(event.to_string())).await.unwrap();
    assert_eq!(routes(&fake), ["1: 90, 2: 10", "1: 50, 2: 50", "2: 100"]);
    assert_eq!(fake.times("UpdateStateMachineAlias"), [0, 300, 3900]);
    assert_eq!(
        told,
        [
            format!("updated {}", arn("Orders")),
            "published version 2".to_owned(),
            "alias `live` leads to 90% 1, 10% 2 for 300s".to_owned(),
            "alias `live` leads to 50% 1, 50% 2 for 3600s".to_owned(),
            "alias `live` leads to 100% 2".to_owned(),
        ]
    );
    assert_eq!(deploy(&fake, &orders(60), &live(&["10%:5m"])).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_was_interrupted_goes_on_where_it_stopped() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &live(&[])).await;
    deploy(&fake, &orders(60), &settings().publish("by hand")).await;
    split(&fake, 50, 50);
    fake.actions();
    let shown = deploy(&fake, &orders(60), &live(&["10%:5m", "50%:5m", "90%:5m"])).await;
    assert!(shown.ends_with("\n  ~ alias `live`: 50% 1, 50% 2 -> 50%:5m, 90%:5m, 100% 2"), "{shown}");
    assert_eq!(routes(&fake), ["1: 50, 2: 50", "1: 10, 2: 90", "2: 100"]);
    assert_eq!(fake.requests("PublishStateMachineVersion"), []);
}

#[tokio::test(start_paused = true)]
async fn of_two_versions_the_one_with_most_executions_is_left_step_by_step() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &live(&[])).await;
    deploy(&fake, &orders(60), &settings().publish("")).await;
    split(&fake, 20, 80);
    deploy(&fake, &orders(90), &live(&["10%:5m"])).await;
    assert_eq!(routes(&fake), ["2: 90, 3: 10", "3: 100"]);
}

#[tokio::test(start_paused = true)]
async fn several_aliases_move_one_after_the_other() {
    let fake = Fake::default();
    let two = || live(&["10%:5m"]).alias(Alias::new("canary"));
    deploy(&fake, &orders(5), &two()).await;
    let shown = deploy(&fake, &orders(60), &two()).await;
    let aliases = "\n  ~ alias `live`: 100% 1 -> 10%:5m, 100% the new version\n  ~ alias `canary`: 100% 1 -> 100% the new version";
    assert!(shown.ends_with(aliases), "{shown}");
    assert_eq!(routes(&fake), ["1: 90, 2: 10", "2: 100", "2: 100"]);
    assert_eq!(deploy(&fake, &orders(60), &two()).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn a_version_is_published_once() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &settings()).await;
    let shown = deploy(&fake, &orders(5), &settings().publish("first")).await;
    assert!(shown.ends_with("\n  + version"), "{shown}");
    assert_eq!(fake.requests("PublishStateMachineVersion")[0]["description"].as_str(), Some("first"));
    assert_eq!(deploy(&fake, &orders(5), &settings().publish("first")).await, "Orders: nothing changes");
    deploy(&fake, &orders(60), &settings().publish("second")).await;
    let update = fake.requests("UpdateStateMachine").remove(0);
    assert_eq!(update["versionDescription"].as_str(), Some("second"));
    assert_eq!(deploy(&fake, &orders(60), &settings().publish("")).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn an_alias_that_is_described_anew_stays_where_it_is() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &live(&[])).await;
    let described = Alias::new("live").description("what customers use");
    let settings = settings().alias(described.step("10%:5m".parse().unwrap()));
    let shown = deploy(&fake, &orders(5), &settings).await;
    assert!(
        shown.ends_with("~ alias `live`: 100% 1 -> 100% 1, described as \"what customers use\""),
        "{shown}"
    );
    assert_eq!(routes(&fake), ["1: 100"]);
    assert_eq!(deploy(&fake, &orders(5), &settings).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn an_emulator_without_versions_is_said_to_have_none() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &settings()).await;
    fake.refuse("ListStateMachineVersions", "UnknownOperationException", "no");
    let refusal = plan(&fake.client(), &orders(5), &settings().publish("")).await.unwrap_err();
    assert!(matches!(refusal, Error::Unsupported { action: "ListStateMachineVersions" }), "{refusal}");
    assert_eq!(refusal.to_string(), "the endpoint does not know the action `ListStateMachineVersions`");
}
