use stepfn::state_machine;

state_machine! {
    Load(serde_json::Value) {
        start_at: Get,
        Get: Task {
            resource: dynamodb::get_item,
            parameters: { "TableNme": "orders", "Key": { "id": { "S": $.id } } },
            output_path: $.Itme,
            end: true,
        },
    }
}

fn main() {}
