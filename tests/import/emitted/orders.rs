use stepfn::state_machine;

state_machine! {
    #[substitutions(Table = ref_("OrdersTable"))]
    pub Orders() {
        start_at: Charge,

        Charge: Task { resource: get_att("ChargeFunction", "Arn"), result_path: $.receipt, next: Save },

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
