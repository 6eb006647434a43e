//! Activities, and task tokens.

use serde_json::json;
use stepfn_core::json as text;
use stepfn_durable::store::{Activity, Created, NewActivity};

use super::{
    Api,
    machines::{encryption, no_encryption},
    seconds, tags,
};
use crate::{
    arn,
    error::{ApiError, Reply},
    request::Request,
};

impl Api {
    pub(super) async fn create_activity(&self, request: &Request) -> Reply {
        let name = request.text("name")?;
        if !arn::is_name(name) {
            return Err(ApiError::new("InvalidName", format!("Invalid Name: '{name}'")));
        }
        encryption(request)?;
        let activity_arn = self.arn("activity", name);
        let tags = tags::of_new(request, &activity_arn)?;
        let activity = Activity {
            arn: activity_arn.clone(),
            name: name.to_owned(),
            details: "{}".to_owned(),
            created: self.now(),
        };
        let mut created = activity.created;
        if let Created::Exists(known) =
            self.host.store().create_activity(NewActivity { activity, tags }).await?
        {
            created = known.created;
        }
        Ok(json!({ "activityArn": activity_arn, "creationDate": seconds(created) }))
    }

    async fn known_activity(&self, given: &str) -> Result<Activity, ApiError> {
        arn::activity(given)?;
        let known = self.host.store().activity(given.to_owned()).await?;
        known.ok_or_else(|| ApiError::no_activity(given))
    }

    pub(super) async fn describe_activity(&self, request: &Request) -> Reply {
        let known = self.known_activity(request.arn("activityArn")?).await?;
        Ok(json!({
            "activityArn": known.arn,
            "name": known.name,
            "creationDate": seconds(known.created),
            "encryptionConfiguration": no_encryption(),
        }))
    }

    pub(super) async fn delete_activity(&self, request: &Request) -> Reply {
        let given = request.arn("activityArn")?;
        arn::activity(given)?;
        self.host.store().delete_activity(given.to_owned()).await?;
        Ok(json!({}))
    }

    pub(super) async fn list_activities(&self, request: &Request) -> Reply {
        let page = self.page(request, "activities")?;
        let page = self.host.store().activities(page).await?;
        let items = page.items.iter().map(|activity| {
            json!({
                "activityArn": activity.arn,
                "name": activity.name,
                "creationDate": seconds(activity.created),
            })
        });
        Ok(self.paged("activities", "activities", items.collect(), page.next))
    }

    pub(super) async fn get_activity_task(&self, request: &Request) -> Reply {
        let known = self.known_activity(request.arn("activityArn")?).await?;
        let worker = request.optional("workerName");
        match self.host.next_activity_task(&known.arn, worker, self.settings.activity_poll).await? {
            Some(task) => Ok(json!({ "taskToken": task.token, "input": task.input })),
            None => Ok(json!({ "taskToken": null })),
        }
    }

    pub(super) async fn send_success(&self, request: &Request) -> Reply {
        let token = request.text("taskToken")?;
        let output = request.text("output")?;
        let output = text::parse_value(output).map_err(|error| {
            let message = stepfn_core::validate::jackson::message(output, &error);
            ApiError::new("InvalidOutput", format!("Invalid Output: '{message}'"))
        })?;
        self.host.send_task_success(token, output).await?;
        Ok(json!({}))
    }

    pub(super) async fn send_failure(&self, request: &Request) -> Reply {
        let token = request.text("taskToken")?;
        let error = request.optional("error").map(str::to_owned);
        let cause = request.optional("cause").map(str::to_owned);
        self.host.send_task_failure(token, error, cause).await?;
        Ok(json!({}))
    }

    pub(super) async fn send_heartbeat(&self, request: &Request) -> Reply {
        self.host.send_task_heartbeat(request.text("taskToken")?).await?;
        Ok(json!({}))
    }
}
