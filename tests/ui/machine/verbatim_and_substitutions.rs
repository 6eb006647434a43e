//! ASL's own spellings, and what `${Name}` stands for.

use stepfn::state_machine;

state_machine! {
    #[substitutions(Table = "orders")]
    Orders() {
        start_at: Pick,
        Pick: Choice {
            choices: [
                is_present($.x) == 1 => Save,
                and() => Save,
                asl("x") == 1 => Save,
                asl($.x) == 1 => Save,
            ],
            default: Save,
        },
        Save: Task { resource: get_att("Save.Table", "Arn"), next: true },
    }
}

fn main() {}
