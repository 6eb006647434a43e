use stepfn::Workflow;

use {{crate}}::OrderApproval;

fn main() -> std::process::ExitCode {
    stepfn_xtask::main(&[OrderApproval::definition])
}
