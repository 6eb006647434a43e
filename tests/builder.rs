//! The builder and the macro make the same definition.
#![allow(unreachable_pub, dead_code)] // the examples' items
#![allow(clippy::unwrap_used)]

#[path = "../examples/csv_pipeline/workflow.rs"]
mod csv_pipeline;
#[path = "../examples/order_approval/workflow.rs"]
mod order_approval;

use stepfn::{
    Definition, Workflow,
    builder::{
        Catcher, Choice, Fail, Machine, Map, Parallel, Pass, Retrier, Scope, StateRef, Succeed, Task, array,
        format, get_att, jsonata, object, path, ref_, timestamp,
    },
    definition::{LogLevel, LoggingConfiguration, Reference},
    path as typed_path,
};

/// Everything of a definition, the generated files included.
fn whole(definition: &Definition) -> String {
    let yaml = stepfn_codegen::serverless::to_yaml(&[definition.into()]).unwrap();
    let Definition {
        name,
        workflow_type,
        machine,
        tasks,
        substitutions,
        logging,
        tracing,
        input,
        output,
        ..
    } = definition;
    let tasks: Vec<_> = tasks.iter().map(|task| (&task.state, task.task.function_name, task.call)).collect();
    std::format!(
        "{name} {workflow_type:?} {tasks:?} {substitutions:?} {logging:?} {tracing} {input} {output}\n{}\n{yaml}",
        machine.to_canonical_string()
    )
}

#[test]
fn the_csv_pipeline_is_the_same() {
    use csv_pipeline::{CsvProcessing, Upload, handle_error, load_data, transform_data, validate_csv};

    let logging = LoggingConfiguration {
        level: LogLevel::All,
        include_execution_data: true,
        destinations: vec!["${WorkflowLogGroupArn}".into()],
    };
    let mut m = Machine::new("CsvProcessingWorkflow")
        .comment("CSV 파일 처리 워크플로우")
        .input::<Upload>()
        .output::<serde_json::Value>()
        .substitute("WorkflowLogGroupArn", Reference::GetAtt("WorkflowLogGroup".into(), "Arn".into()))
        .logging(logging)
        .tracing();
    let [validate, check, transform, load, send, handle] = [
        "ValidateCSV",
        "CheckValidation",
        "TransformData",
        "LoadData",
        "SendSuccessNotification",
        "HandleError",
    ]
    .map(|name| m.state(name));
    let caught = || Catcher::on(["States.ALL"], handle).result_path("$.error");
    m.define(
        validate,
        Task::invoke::<validate_csv>()
            .payload(path("$"))
            .result_path("$.validationResult")
            .retry(
                Retrier::on(["States.Timeout", "Lambda.ServiceException"])
                    .interval_seconds(2)
                    .max_attempts(2)
                    .backoff_rate(2.0),
            )
            .catch(caught())
            .next(check),
    );
    let passed = path("$.validationResult.Payload.validationStatus").eq("PASSED");
    m.define(check, Choice::new().when(passed, transform).default(handle));
    m.define(
        transform,
        Task::invoke::<transform_data>()
            .payload(object([
                ("validRecords", path("$.validationResult.Payload.validRecords")),
                ("fileId", path("$.validationResult.Payload.fileId")),
            ]))
            .result_path("$.transformResult")
            .timeout_seconds(300)
            .catch(caught())
            .next(load),
    );
    m.define(
        load,
        Task::invoke::<load_data>()
            .payload(object([("records", path("$.transformResult.Payload.records"))]))
            .result_path("$.loadResult")
            .timeout_seconds(600)
            .retry(
                Retrier::on(["DynamoDB.ProvisionedThroughputExceededException"])
                    .interval_seconds(5)
                    .max_attempts(3)
                    .backoff_rate(2.0),
            )
            .catch(caught())
            .next(send),
    );
    m.define(
        send,
        Task::resource("arn:aws:states:::sns:publish")
            .parameters([
                ("TopicArn", ref_("SuccessTopic")),
                ("Subject", "CSV 처리 완료".into()),
                (
                    "Message",
                    format(
                        "파일 {}의 처리가 완료되었습니다. {}건을 저장했습니다.",
                        [path(typed_path!(Upload, $.fileId)), path("$.loadResult.Payload.loadedCount")],
                    ),
                ),
            ])
            .result_path("$.notification")
            .output_path("$.loadResult.Payload")
            .catch(caught())
            .end(),
    );
    m.define(handle, Task::invoke::<handle_error>().payload(path("$")).output_path("$.Payload").end());
    assert_eq!(whole(&m.build().unwrap()), whole(&CsvProcessing::definition()));
}

#[test]
fn the_order_approval_is_the_same() {
    use order_approval::{Approval, Order, OrderApproval, Receipt, process_order, send_approval_email};

    let mut m = Machine::new("OrderApproval")
        .comment("Orders above 1,000,000 wait for a manager.")
        .input::<Order>()
        .output::<Receipt>();
    let [check, request, process, timeout, rejected] =
        ["CheckAmount", "RequestApproval", "ProcessOrder", "ApprovalTimeout", "OrderRejected"]
            .map(|name| m.state(name));
    m.define(check, Choice::new().when(path("$.totalAmount").gt(1_000_000), request).default(process));
    m.define(
        request,
        Task::wait_for_task_token::<send_approval_email>()
            .result::<Approval>()
            .payload(object([("order", path("$")), ("taskToken", path("$$.Task.Token"))]))
            .result_path("$.approval")
            .timeout_seconds(86_400)
            .catch(Catcher::on(["States.Timeout"], timeout))
            .catch(Catcher::on(["Rejected"], rejected))
            .next(process),
    );
    m.define(process, Task::lambda::<process_order>().end());
    m.define(timeout, Fail::new().error("ApprovalTimeout").cause("승인 대기 시간 초과"));
    m.define(rejected, Fail::new().error("OrderRejected").cause_path("States.Format('{}', $.Cause)"));
    assert_eq!(whole(&m.build().unwrap()), whole(&OrderApproval::definition()));
}

#[test]
fn the_third_published_mistake_is_found_by_build_too() {
    use order_approval::{Approval, Order, process_order, send_approval_email};

    let mut m = Machine::new("OrderApproval").input::<Order>();
    let [check, request, process] =
        ["CheckAmount", "RequestApproval", "ProcessOrder"].map(|name| m.state(name));
    m.define(check, Choice::new().when(path("$.totlAmount").gt(1_000_000), request).default(process));
    m.define(
        request,
        Task::wait_for_task_token::<send_approval_email>()
            .result::<Approval>()
            .payload(object([("order", path("$")), ("taskToken", path("$$.Task.Token"))]))
            .timeout_seconds(86_400)
            .next(process),
    );
    m.define(process, Task::lambda::<process_order>().end());
    let said = m.build().unwrap_err().to_string();
    assert!(
        said.contains("`$.totlAmount`: `Order` has no JSON field `totlAmount`; did you mean `totalAmount`?"),
        "{said}"
    );
    assert!(said.contains("the result of `RequestApproval` becomes the input of `process_order`"), "{said}");
    assert!(said.contains("its field `orderId` is missing"), "{said}");
}

fn codes(machine: Machine) -> Vec<(&'static str, String)> {
    let (_, diagnostics) = machine.build_with_warnings();
    diagnostics.iter().map(|diagnostic| (diagnostic.code.name(), diagnostic.at.to_string())).collect()
}

#[test]
fn what_is_allowed_is_not_reported_of_that_state_alone() {
    use stepfn::diagnostic::Code;

    let machine = |allow: bool| {
        let mut m = Machine::new("Waits");
        let [first, second] = ["First", "Second"].map(|name| m.state(name));
        let ask = || {
            let arn = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
            Task::resource(arn).parameters([("MessageBody", path("$$.Task.Token"))])
        };
        let asked = ask().next(second);
        m.define(first, if allow { asked.allow(Code::CallbackWithoutTimeout) } else { asked });
        m.define(second, ask().end());
        let warned = m.build_with_warnings().1.into_iter();
        warned
            .filter(|found| found.code == Code::CallbackWithoutTimeout)
            .map(|found| found.at)
            .collect::<Vec<_>>()
    };
    assert_eq!(machine(false), ["/States/First/Resource", "/States/Second/Resource"]);
    assert_eq!(machine(true), ["/States/Second/Resource"]);
}

#[test]
fn slips_with_handles_are_diagnostics() {
    let strange = Scope::new().state("Elsewhere");
    let mut m = Machine::new("Slips");
    let first = m.state("First");
    m.define(first, Pass::new().next(strange));
    assert_eq!(codes(m), [("unknown-state", "/States/First/Next".to_owned())]);

    let mut m = Machine::new("Slips");
    let (first, second) = (m.state("First"), m.state("Second"));
    m.define(first, Pass::new().next(second));
    m.define(first, Pass::new().next(second));
    m.define(strange, Succeed::new());
    let expected = [
        ("duplicate-state-name", "/States/First"),
        ("unknown-state", ""),
        ("unknown-state", "/States/Second"),
    ];
    assert_eq!(codes(m), expected.map(|(code, at)| (code, at.to_owned())));

    assert_eq!(codes(Machine::new("Empty")), [("empty-list", "/States".to_owned())]);
}

#[test]
fn nested_scopes_conditions_and_references_come_out_as_asl() {
    fn leaf(scope: &mut Scope, name: &str) -> StateRef {
        let state = scope.state(name);
        scope.define(state, Pass::new().end());
        state
    }
    let (mut left, mut right, mut each) = (Scope::new(), Scope::new(), Scope::new());
    leaf(&mut left, "Left");
    leaf(&mut right, "Right");
    leaf(&mut each, "Each item");
    let mut m = Machine::new("Nested");
    let [decide, both, all] = ["Decide", "Both", "All"].map(|name| m.state(name));
    let rule = path("$.at").lt(timestamp("2030-01-01T00:00:00Z"))
        & !path("$.name").matches("a*")
        & path("$.n").is_numeric();
    m.define(decide, Choice::new().when(rule, both).default(all));
    m.define(both, Parallel::new().branch(left).branch(right).result_path(None).next(all));
    m.define(
        all,
        Map::new(each)
            .items_path("$.items")
            .item_selector([("item", path("$$.Map.Item.Value")), ("table", get_att("Table", "Arn"))])
            .max_concurrency(5)
            .end(),
    );
    let definition = m.build().unwrap();
    insta::assert_snapshot!(definition.machine.to_canonical_string());
    assert_eq!(definition.substitutions["TableArn"], Reference::GetAtt("Table".into(), "Arn".into()));
}

#[test]
fn templates_that_cannot_be_said_are_diagnostics() {
    let mut m = Machine::new("Templates");
    let make = m.state("Make");
    m.define(
        make,
        Pass::new()
            .parameters([
                ("list", array([ref_("Topic"), path("$.x")])),
                ("text", format("x {}", [ref_("Queue")])),
                ("twice", 1.into()),
                ("twice", 2.into()),
                ("dollar.$", path("$.x")),
                ("nan", f64::NAN.into()),
                ("same", ref_("TableArn")),
                ("other", get_att("Table", "Arn")),
                ("mixed", array([path("$.x"), object([("a", 1.into())])])),
                ("typo", path("$.[")),
            ])
            .end(),
    );
    let (definition, diagnostics) = m.build_with_warnings();
    let found: Vec<_> =
        diagnostics.iter().map(|diagnostic| (diagnostic.code.name(), diagnostic.at.as_str())).collect();
    let expected = [
        ("duplicate-key", "/States/Make/Parameters/twice"),
        ("invalid-template", "/States/Make/Parameters/dollar.$"),
        ("wrong-kind", "/States/Make/Parameters/nan"),
        ("duplicate-key", "/States/Make/Parameters/other"),
        ("invalid-template", "/States/Make/Parameters/mixed/1"),
        ("invalid-path", "/States/Make/Parameters/typo.$"),
    ];
    assert_eq!(found, expected);
    let parameters = definition.machine.states["Make"].parameters.clone().unwrap();
    assert_eq!(parameters["list.$"].as_str(), Some("States.Array('${Topic}', $.x)"));
    assert_eq!(definition.substitutions["Queue"], Reference::Ref("Queue".into()));
}

#[test]
fn arguments_of_one_expression_leave_no_place_for_a_functions_name() {
    use order_approval::send_approval_email;

    let mut m = Machine::new("Whole").query_language(stepfn::asl::QueryLanguage::Jsonata);
    let ask = m.state("Ask");
    m.define(ask, Task::invoke::<send_approval_email>().arguments(jsonata("$states.input")).end());
    let (definition, diagnostics) = m.build_with_warnings();
    let diagnostic = diagnostics.iter().find(|diagnostic| diagnostic.at == "/States/Ask/Arguments").unwrap();
    assert_eq!(diagnostic.code.name(), "invalid-template");
    assert_eq!(
        diagnostic.message,
        "state `Ask`: `arguments` has to be an object, for the function's name is put into it"
    );
    let arguments = definition.machine.states["Ask"].arguments.clone().unwrap();
    assert_eq!(arguments.as_str(), Some("{% $states.input %}"), "nothing is lost");
}

#[test]
fn a_choice_that_may_not_match_says_so_for_itself_alone() {
    let mut m = Machine::new("Choices").input::<order_approval::Order>();
    let [a, ab, done] = ["A", "AB", "Done"].map(|name| m.state(name));
    let rule = |over: i64| path("$.totalAmount").gt(over);
    m.define(a, Choice::new().when(rule(3), ab).may_not_match());
    m.define(ab, Choice::new().when(rule(5), done));
    m.define(done, Succeed::new());
    assert_eq!(codes(m), [("choice-may-not-match", "/States/AB/Choices".to_owned())]);
}
