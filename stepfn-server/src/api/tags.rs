//! Tags of machines and activities.

use serde_json::{Value, json};
use stepfn_durable::store::{Retag, Retagged};

use super::{Api, machines::read_tags};
use crate::{
    error::{ApiError, Reply},
    request::{Request, wrong_type},
};

/// The number of tags that a machine or an activity may have.
const MOST: usize = 50;

fn missing(arn: &str) -> ApiError {
    ApiError::new("ResourceNotFound", format!("Resource not found: '{arn}'"))
}

impl Api {
    async fn retag(&self, retag: Retag) -> Reply {
        let arn = retag.arn.clone();
        match self.host.store().retag(retag).await? {
            Retagged::Done => Ok(json!({})),
            Retagged::TooMany => Err(ApiError::new("TooManyTags", format!("Too many tags: '{arn}'"))),
            Retagged::Missing => Err(missing(&arn)),
        }
    }

    pub(super) async fn tag(&self, request: &Request) -> Reply {
        let arn = request.arn("resourceArn")?.to_owned();
        let tags = request.list("tags")?.ok_or_else(|| wrong_type("tags", "a list"))?;
        self.retag(Retag { arn, set: read_tags(tags)?, remove: Vec::new(), most: MOST }).await
    }

    pub(super) async fn untag(&self, request: &Request) -> Reply {
        let arn = request.arn("resourceArn")?.to_owned();
        let keys = request.list("tagKeys")?.ok_or_else(|| wrong_type("tagKeys", "a list"))?;
        let remove = keys.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        self.retag(Retag { arn, set: Vec::new(), remove, most: MOST }).await
    }

    pub(super) async fn list_tags(&self, request: &Request) -> Reply {
        let arn = request.arn("resourceArn")?;
        let tags = self.host.store().tags(arn.to_owned()).await?.ok_or_else(|| missing(arn))?;
        let tags = tags.iter().map(|tag| json!({ "key": tag.key, "value": tag.value }));
        Ok(json!({ "tags": tags.collect::<Vec<_>>() }))
    }
}
