//! Order approval of the examples, through every edge.

#[path = "../../examples/order_approval/workflow.rs"]
mod workflow;

use serde_json::json;
use stepfn::{
    Workflow,
    executor::{Executor, TokenError},
};
use workflow::OrderApproval;

fn executor() -> Executor {
    Executor::new(&OrderApproval::definition()).unwrap()
}

fn large() -> stepfn::value::Value {
    crate::value(json!({ "orderId": "A-2", "totalAmount": 1_000_001 }))
}

#[test]
fn asl() {
    insta::assert_snapshot!(OrderApproval::definition().machine.to_canonical_string());
}

#[test]
fn an_order_of_a_million_goes_straight_on() {
    let outcome =
        executor().run_blocking(crate::value(json!({ "orderId": "A-1", "totalAmount": 1_000_000 }))).unwrap();
    crate::succeeded(
        &outcome,
        &["CheckAmount", "ProcessOrder"],
        json!({ "orderId": "A-1", "charged": 1_000_000 }),
    );
}

#[test]
fn an_approved_order_is_processed_and_the_token_is_spent() {
    let executor = executor();
    let mut execution = executor.start(large());
    execution.run_until_idle();
    let pending = execution.pending_tokens();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].state, "RequestApproval");
    let approval = crate::value(json!({ "approvedBy": "김 부장" }));
    executor.send_task_success(&pending[0].token, approval.clone()).unwrap();
    let outcome = execution.run_blocking().unwrap();
    crate::succeeded(
        &outcome,
        &["CheckAmount", "RequestApproval", "ProcessOrder"],
        json!({ "orderId": "A-2", "charged": 1_000_001 }),
    );
    assert_eq!(executor.send_task_success(&pending[0].token, approval), Err(TokenError::TaskTimedOut));
    assert_eq!(executor.send_task_heartbeat("no token"), Err(TokenError::InvalidToken));
}

#[test]
fn a_rejected_order_fails_with_the_manager_s_words() {
    let executor = executor();
    let mut execution = executor.start(large());
    execution.run_until_idle();
    let token = execution.pending_tokens()[0].token.clone();
    executor.send_task_failure(&token, "Rejected".to_owned(), "예산 초과".to_owned()).unwrap();
    let outcome = execution.run_blocking().unwrap();
    crate::failed(
        &outcome,
        &["CheckAmount", "RequestApproval", "OrderRejected"],
        "OrderRejected",
        "예산 초과",
    );
}

#[test]
fn nobody_answers_for_a_day() {
    let outcome = executor().run_blocking(large()).unwrap();
    crate::failed(
        &outcome,
        &["CheckAmount", "RequestApproval", "ApprovalTimeout"],
        "ApprovalTimeout",
        "승인 대기 시간 초과",
    );
    assert_eq!(outcome.duration().as_secs(), 86_400);
}

#[test]
fn an_order_that_cannot_be_processed_fails_with_its_error() {
    let outcome =
        executor().run_blocking(crate::value(json!({ "orderId": "A-0", "totalAmount": 0 }))).unwrap();
    assert_eq!(outcome.error(), Some("OutOfStock"));
}

#[test]
fn a_document_that_is_no_order_is_refused_by_name_and_field() {
    let document = crate::value(json!({ "orderId": "A-1", "totalAmount": "many" }));
    let error = executor().run_blocking(document.clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid execution input: `OrderApproval` cannot read it: in its field `totalAmount`: expected an unsigned integer, found the string \"many\""
    );
    // AWS takes any document, and so does this on demand: a comparison with a text is false, and the function cannot read it.
    let executor = Executor::builder().any_input().build(&OrderApproval::definition()).unwrap();
    let outcome = executor.run_blocking(document).unwrap();
    assert_eq!(outcome.history.path(), ["CheckAmount", "ProcessOrder"]);
    assert_eq!(outcome.status.name(), "FAILED");
}
