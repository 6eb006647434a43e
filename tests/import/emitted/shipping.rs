use serde::{Deserialize, Serialize};
use serde_json::Value;
use stepfn::{StateData, state_machine};

/// The input of [`Shipping`].
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct ShippingInput {
    pub total_amount: f64,
    pub delay: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
    pub lines: Vec<Line>,
    pub shipping_address: ShippingAddress,
    pub note: Value,
    pub extra: Value,
}

/// `lines` of [`ShippingInput`].
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct Line {
    pub sku: String,
    pub qty: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gift: Option<bool>,
}

/// `shippingAddress` of [`ShippingInput`].
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "kebab-case")]
pub struct ShippingAddress {
    pub zip_code: String,
    pub r#type: Option<String>,
    #[serde(rename = "2nd line", skip_serializing_if = "Option::is_none")]
    pub field_2nd_line: Option<String>,
}

state_machine! {
    #[name = "shipping"]
    pub Shipping(ShippingInput) {
        start_at: CheckAmount,

        CheckAmount: Choice {
            choices: [
                is_present($.couponCode) && $.couponCode matches "FREE-*" => Ship,
                $.totalAmount > 100 => Ship,
            ],
            default: Wait,
        },

        Wait: Wait { seconds_path: $.delay, next: Ship },

        Ship: Map {
            items_path: $.lines,
            item_selector: { "sku": $$.Map.Item.Value.sku, "to": $.shippingAddress.zip-code },
            item_processor: {
                start_at: Pack,
                Pack: Task {
                    resource: "arn:aws:lambda:eu-west-1:123456789012:function:pack",
                    end: true,
                },
            },
            result_path: $.packed,
            next: Label,
        },

        Label: Pass { parameters: { "text": States.Format("{}", $.note) }, end: true },
    }
}
