//! `cargo xtask deploy` against a server of the test's own.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use stepfn_core::deployment::{Alarm, Alias, Deployment, Encryption, Metric};
use stepfn_core::{
    asl,
    builder::{Machine, Task, path},
    definition::{Definition, Reference, Workflow, WorkflowType},
    value::{Map, Value},
};
use stepfn_xtask::Xtask;

const ARN: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:Orders";
const ROLE: [&str; 2] = ["--role-arn", "arn:aws:iam::123456789012:role/orders"];

/// Step Functions, as far as a deployment asks it.
#[derive(Clone, Default)]
struct Server {
    machines: Arc<Mutex<Vec<Map>>>,
    actions: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Its URL. It serves as long as the test's process runs.
    fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = self.clone();
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                server.serve(&stream);
            }
        });
        url
    }

    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let (mut action, mut length, mut line) = (String::new(), 0, String::new());
        while reader.read_line(&mut line).unwrap() > 2 {
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            match name.to_ascii_lowercase().as_str() {
                "x-amz-target" => {
                    value.trim().trim_start_matches("AWSStepFunctions.").clone_into(&mut action);
                }
                "content-length" => length = value.trim().parse().unwrap(),
                _ => {}
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let asked: Value = String::from_utf8(body).unwrap().parse().unwrap();
        let (status, answer) = match self.perform(&action, &asked) {
            Some(answer) => ("200 OK", answer),
            None => {
                ("400 Bad Request", Value::object([("__type", Value::from("UnknownOperationException"))]))
            }
        };
        let answer = answer.to_string();
        let mut stream = stream;
        write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
            answer.len()
        )
        .unwrap();
        self.actions.lock().unwrap().push(action);
    }

    fn perform(&self, action: &str, asked: &Value) -> Option<Value> {
        let mut machines = self.machines.lock().unwrap();
        let arn = match action {
            "CreateStateMachine" => {
                format!("{}{}", ARN.trim_end_matches("Orders"), asked["name"].as_str().unwrap())
            }
            _ => asked["stateMachineArn"].as_str().unwrap_or_default().to_owned(),
        };
        let place = machines.iter().position(|fields| fields["stateMachineArn"].as_str() == Some(&arn));
        match action {
            "ListStateMachines" => {
                let listed = machines.iter().map(|fields| Value::from(fields.clone()));
                Some(Value::object([("stateMachines", Value::array(listed))]))
            }
            "DescribeStateMachine" => Some(Value::from(machines[place?].clone())),
            "CreateStateMachine" | "UpdateStateMachine" => {
                let place = place.unwrap_or_else(|| {
                    machines.push(Map::new());
                    machines.len() - 1
                });
                let fields = &mut machines[place];
                fields.extend(asked.as_object().unwrap().clone());
                fields.insert("stateMachineArn".into(), arn.as_str().into());
                fields.insert("creationDate".into(), 1.into());
                let answer = [
                    ("stateMachineArn", Value::from(arn)),
                    ("creationDate", 1.into()),
                    ("updateDate", 1.into()),
                ];
                Some(Value::object(answer))
            }
            _ => None,
        }
    }
}

/// A server that is not Step Functions, such as a proxy, and lets nobody through.
fn forbidding() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut request = [0; 65536];
            let _ = stream.read(&mut request).unwrap();
            stream
                .write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno")
                .unwrap();
        }
    });
    url
}

fn orders() -> Definition {
    let text = r#"{"StartAt":"Ship","States":{"Ship":{"Type":"Task","Resource":"${ShipArn}","End":true}}}"#;
    Definition::from_asl("Orders", WorkflowType::Standard, asl::read_str(text).unwrap().0)
}

struct Ran {
    code: u8,
    out: String,
    err: String,
}

fn deploy(url: &str, more: &[&str]) -> Ran {
    run(&Xtask::new().machine(orders), url, more)
}

fn run(xtask: &Xtask, url: &str, more: &[&str]) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = [&["xtask", "deploy", "Orders", "--endpoint-url", url], more].concat();
    let code = xtask.run(arguments, &mut out, &mut err);
    Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

#[test]
fn it_shows_deploys_and_then_has_nothing_to_do() {
    let server = Server::default();
    let url = server.start();
    let options =
        [&["--substitution", "ShipArn=arn:aws:lambda:us-east-1:123456789012:function:ship"], &ROLE[..]]
            .concat();
    let shown = deploy(&url, &[&options[..], &["--dry-run"]].concat());
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    assert_eq!(
        shown.out,
        "Orders: new\n  + STANDARD state machine of 1 state\n  + roleArn: arn:aws:iam::123456789012:role/orders\n\
         note: the endpoint does not know `ValidateStateMachineDefinition`; the definition was not validated there\n"
    );
    assert!(server.machines.lock().unwrap().is_empty());

    let deployed = deploy(&url, &[&options[..], &["--yes"]].concat());
    assert_eq!((deployed.code, deployed.err.as_str()), (0, ""));
    assert!(deployed.out.ends_with(&format!("\ncreated {ARN}\n")), "{}", deployed.out);

    server.actions.lock().unwrap().clear();
    let again = deploy(&url, &options);
    assert_eq!((again.code, again.err.as_str()), (0, ""));
    assert!(again.out.starts_with("Orders: nothing changes\n"), "{}", again.out);
    assert_eq!(
        *server.actions.lock().unwrap(),
        ["ValidateStateMachineDefinition", "ListStateMachines", "DescribeStateMachine"]
    );

    let changed = deploy(
        &url,
        &["--yes", "--substitution", "ShipArn=arn:aws:lambda:us-east-1:123456789012:function:send"],
    );
    assert_eq!((changed.code, changed.err.as_str()), (0, ""));
    assert!(changed.out.contains("  ~ state `Ship`: `Resource: "), "{}", changed.out);
    assert!(changed.out.ends_with(&format!("\nupdated {ARN}\n")), "{}", changed.out);
}

#[test]
fn programs_read_one_line() {
    let url = Server::default().start();
    let options = [&["--substitution", "ShipArn=x", "--format", "json"], &ROLE[..]].concat();
    let new = r#"{"what":"+ STANDARD state machine of 1 state","breaks":null},{"what":"+ roleArn: arn:aws:iam::123456789012:role/orders","breaks":null}"#;
    let shown = deploy(&url, &[&options[..], &["--dry-run"]].concat());
    let line = format!(
        r#"{{"name":"Orders","arn":null,"changes":[{new}],"deployed":false,"version":null,"aliases":[]}}"#
    );
    assert_eq!((shown.code, shown.out, shown.err.as_str()), (0, line + "\n", ""));
    let done = deploy(&url, &[&options[..], &["--yes"]].concat());
    let line = format!(
        r#"{{"name":"Orders","arn":"{ARN}","changes":[{new}],"deployed":true,"version":null,"aliases":[]}}"#
    );
    assert_eq!((done.code, done.out, done.err.as_str()), (0, line + "\n", ""));
    let again = deploy(&url, &options);
    let line = format!(
        r#"{{"name":"Orders","arn":"{ARN}","changes":[],"deployed":false,"version":null,"aliases":[]}}"#
    );
    assert_eq!((again.code, again.out, again.err.as_str()), (0, line + "\n", ""));
}

#[test]
fn what_the_program_says_of_the_deployment_holds() {
    let xtask = Xtask::new().machine(|| {
        Deployment::from(orders())
            .role(Reference::GetAtt("Role".to_owned(), "Arn".to_owned()))
            .tag("team", "shop")
            .encryption(Encryption::new("alias/orders").kms_data_key_reuse_period_seconds(60))
            .alias(Alias::new("live").description("what customers use").canary(10, 5))
            .alarm(
                Alarm::new(Metric::ExecutionsFailed)
                    .alarm_action("arn:aws:sns:us-east-1:123456789012:alerts"),
            )
    });
    let url = Server::default().start();
    let shown = run(&xtask, &url, &["--substitution", "ShipArn=x", "--dry-run"]);
    assert_eq!(shown.code, 2, "{}", shown.err);
    assert!(shown.err.starts_with("error: `Orders` has no value for `${RoleArn}`\n"), "{}", shown.err);

    let given =
        ["--substitution", "ShipArn=x", "--substitution", "RoleArn=arn:aws:iam::123456789012:role/orders"];
    let shown = run(&xtask, &url, &[&given[..], &["--tag", "team=store", "--dry-run"]].concat());
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    let expected = "Orders: new
  + STANDARD state machine of 1 state
  + roleArn: arn:aws:iam::123456789012:role/orders
  + encryptionConfiguration: CUSTOMER_MANAGED_KMS_KEY alias/orders, reused for 60 s
  + tag `team`: \"store\"
  + version
  + alias `live`: 100% the new version, described as \"what customers use\"
note: the endpoint does not know `ValidateStateMachineDefinition`; the definition was not validated there
note: not deployed by this: alarms
";
    assert_eq!(shown.out, expected);
}

#[test]
fn what_the_command_line_lacks_is_said_with_code_2() {
    let url = Server::default().start();
    let missing = deploy(&url, &ROLE);
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    assert_eq!(
        missing.err,
        "error: `Orders` has no value for `${ShipArn}`\n  help: give `--substitution ShipArn=…`\n"
    );

    let role = deploy(&url, &["--substitution", "ShipArn=x"]);
    assert_eq!(role.code, 2);
    assert!(role.err.contains("help: give `--role-arn`"), "{}", role.err);

    for wrong in [
        &["--step", "10%:5m"][..],
        &["--alias", "live", "--step", "10%"],
        &["--substitution", "x"],
        &["--yes", "--dry-run"],
    ] {
        assert_eq!(deploy(&url, wrong).code, 2, "{wrong:?}");
    }
}

#[test]
fn what_is_not_reached_is_said_with_code_2_and_what_is_refused_with_1() {
    let options = [&["--substitution", "ShipArn=x", "--yes"], &ROLE[..]].concat();
    let unreached = deploy(&forbidding(), &options);
    assert_eq!(unreached.code, 2, "{}", unreached.err);
    assert!(
        unreached.err.starts_with(
            "error: `ValidateStateMachineDefinition` got no answer of Step Functions: status 403"
        ),
        "{}",
        unreached.err
    );

    let server = Server::default();
    let url = server.start();
    assert_eq!(deploy(&url, &options).code, 0);
    let unsupported = deploy(&url, &[&options[..], &["--publish"]].concat());
    assert_eq!(unsupported.code, 1);
    assert_eq!(unsupported.err, "error: the endpoint does not know the action `ListStateMachineVersions`\n");
}

#[test]
fn nothing_is_deployed_where_nobody_can_be_asked() {
    let server = Server::default();
    let url = server.start();
    let ran = deploy(&url, &[&["--substitution", "ShipArn=x"], &ROLE[..]].concat());
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("error: nobody can be asked whether to deploy this\n"), "{}", ran.err);
    assert!(server.machines.lock().unwrap().is_empty());
}

/// A workflow that another one starts.
struct Ship;

impl Workflow for Ship {
    type Input = u32;
    type Output = u32;
    const NAME: &'static str = "Ship";

    fn definition() -> Definition {
        let text = r#"{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}"#;
        Definition::from_asl("Ship", WorkflowType::Standard, asl::read_str(text).unwrap().0)
    }
}

/// `Orders`, which starts `Ship`.
fn shipping() -> Definition {
    let mut machine = Machine::new("Orders").input::<u32>();
    let ship = machine.state("Ship");
    machine.define(ship, Task::start_execution_sync::<Ship>().input(path("$")).end());
    machine.build().unwrap()
}

#[test]
fn all_are_deployed_behind_what_they_start() {
    let xtask = Xtask::new().machine(shipping).machine(Ship::definition);
    let all = |url: &str, more: &[&str]| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let arguments = [&["xtask", "deploy", "--all", "--endpoint-url", url], &ROLE[..], more].concat();
        let code = xtask.run(arguments, &mut out, &mut err);
        Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    };
    let server = Server::default();
    let url = server.start();
    let alone = run(&xtask, &url, &[&ROLE[..], &["--yes"]].concat());
    assert_eq!(alone.code, 2);
    let missing = "error: `Orders` starts `Ship`, which is not deployed in this account and region\n";
    assert!(alone.err.starts_with(missing), "{}", alone.err);

    let shown = all(&url, &["--dry-run"]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    assert!(shown.out.starts_with("Ship: new\n"), "{}", shown.out);
    assert!(
        shown
            .out
            .ends_with("Orders: it starts `Ship`, which is new; what changes is seen when that is there\n")
    );
    assert!(server.machines.lock().unwrap().is_empty());

    let deployed = all(&url, &["--yes"]);
    assert_eq!((deployed.code, deployed.err.as_str()), (0, ""));
    let definition = server.machines.lock().unwrap()[1]["definition"].as_str().unwrap().to_owned();
    assert!(definition.contains("arn:aws:states:us-east-1:123456789012:stateMachine:Ship"), "{definition}");
    let again = all(&url, &[]);
    assert_eq!(again.code, 0);
    assert_eq!(again.out.matches("nothing changes").count(), 2, "{}", again.out);
    // What is there is found by its name.
    assert_eq!(run(&xtask, &url, &[]).code, 0);
}
