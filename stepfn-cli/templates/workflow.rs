use stepfn::testing::WorkflowTest;

use {{crate}}::{Order, OrderApproval};

#[test]
fn large_orders_wait_for_a_manager() {
    let order = |total_amount| Order { order_id: "A-1".into(), total_amount };
    let small = OrderApproval::test().run(&order(5_000));
    small.assert_path([OrderApproval::CheckAmount, OrderApproval::ProcessOrder]);
    assert_eq!(small.output().charged, 5_000);

    let mut large = OrderApproval::test().start(&order(2_000_000));
    large.advance(std::time::Duration::from_secs(3_600)); // virtual time: it takes none
    large.succeed(OrderApproval::RequestApproval, "yes");
    let large = large.finish();
    assert_eq!(large.output().charged, 2_000_000);
}
