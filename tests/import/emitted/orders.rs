use serde::{Deserialize, Serialize};
use serde_json::Value;
use stepfn::{StateData, state_machine};

/// The input of [`Orders`].
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct OrdersInput {
    pub id: Value,
}

state_machine! {
    #[substitutions(Table = ref_("OrdersTable"))]
    pub Orders(OrdersInput) {
        start_at: Charge,

        Charge: Task {
            resource: get_att("ChargeFunction", "Arn"),
            result_path: $.receipt,
            next: Save,
        },

        Save: Task {
            resource: dynamodb::put_item,
            parameters: {
                "TableName": "${Table}",
                "Item": { "id": { "S": $.id }, "stage": { "S": "${Stage}" } },
            },
            end: true,
        },
    }
}
