//! Tags of machines and activities.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stepfn_durable::store::{Retag, Retagged, Tag};

use super::Api;
use crate::{
    arn::{self, Named},
    error::{ApiError, Reply},
    request::Request,
};

/// The number of tags that a machine or an activity may have.
pub(super) const MOST: usize = 50;

pub(super) fn too_many(arn: &str) -> ApiError {
    ApiError::new("TooManyTags", format!("Too many tags: '{arn}'"))
}

/// The machine or activity that a request is about. Versions and aliases have no tags.
fn taggable(request: &Request) -> Result<&str, ApiError> {
    let given = request.arn("resourceArn")?;
    match arn::read(given)? {
        Named::Machine { qualifier: None, .. } | Named::Activity => Ok(given),
        _ => Err(missing(given)),
    }
}

fn missing(arn: &str) -> ApiError {
    ApiError::new("ResourceNotFound", format!("Resource not found: '{arn}'"))
}

/// The tags that something new has.
pub(super) fn of_new(request: &Request, arn: &str) -> Result<Vec<Tag>, ApiError> {
    let tags = request.list("tags").map(|tags| read_tags(tags)).unwrap_or_default();
    if tags.len() > MOST { Err(too_many(arn)) } else { Ok(tags) }
}

/// Tags as the API gives them. The last of one key counts.
fn read_tags(tags: &[Value]) -> Vec<Tag> {
    let text = |tag: &Value, key: &str| tag.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let tags: BTreeMap<_, _> = tags.iter().map(|tag| (text(tag, "key"), text(tag, "value"))).collect();
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}

impl Api {
    async fn retag(&self, retag: Retag) -> Reply {
        let arn = retag.arn.clone();
        match self.host.store().retag(retag).await? {
            Retagged::Done => Ok(json!({})),
            Retagged::TooMany => Err(too_many(&arn)),
            Retagged::Missing => Err(missing(&arn)),
        }
    }

    pub(super) async fn tag(&self, request: &Request) -> Reply {
        let arn = taggable(request)?.to_owned();
        let tags = request.list("tags").map(Vec::as_slice).unwrap_or_default();
        self.retag(Retag { arn, set: read_tags(tags), remove: Vec::new(), most: MOST }).await
    }

    pub(super) async fn untag(&self, request: &Request) -> Reply {
        let arn = taggable(request)?.to_owned();
        let keys = request.list("tagKeys").map(Vec::as_slice).unwrap_or_default();
        let remove = keys.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        self.retag(Retag { arn, set: Vec::new(), remove, most: MOST }).await
    }

    pub(super) async fn list_tags(&self, request: &Request) -> Reply {
        let arn = taggable(request)?;
        let tags = self.host.store().tags(arn.to_owned()).await?.ok_or_else(|| missing(arn))?;
        let tags = tags.iter().map(|tag| json!({ "key": tag.key, "value": tag.value }));
        Ok(json!({ "tags": tags.collect::<Vec<_>>() }))
    }
}
