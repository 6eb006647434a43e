//! The same work as an async function: what a developer would write who needs no workflow.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};

use super::machines::Workload;

/// A workload's functions, as async functions that answer.
#[derive(Clone)]
pub(crate) struct Work {
    name: &'static str,
    answers: Arc<HashMap<&'static str, Value>>,
}

impl Work {
    pub(crate) fn new(workload: &Workload) -> Self {
        Self { name: workload.name, answers: Arc::new(workload.answers.iter().cloned().collect()) }
    }

    /// A function: it takes its input and answers.
    async fn call(&self, function: &str, input: Value) -> Result<Value, String> {
        drop(input);
        self.answers.get(function).cloned().ok_or_else(|| format!("no function {function}"))
    }

    pub(crate) async fn run(&self, input: Value) -> Value {
        let result = match self.name {
            "single" => self.call("process", input).await,
            "chain10" | "chain10_jsonata" => self.chain(input).await,
            "jsonata_chain" => self.computing_chain(input).await,
            "jsonata_map" => Ok(records(input)),
            "choice_loop" | "choice_loop_jsonata" => Ok(count(input)),
            "map1000" => self.map(input).await,
            "parallel8" => self.parallel(&input).await,
            "csv_pipeline" => self.csv(input).await,
            _ => Ok(payload(input)),
        };
        result.unwrap()
    }

    async fn chain(&self, mut data: Value) -> Result<Value, String> {
        for step in 0..10 {
            let input = json!({
                "index": step,
                "customer": data["order"]["customer"],
                "amount": data["order"]["amount"],
                "items": data["order"]["items"],
                "execution": data["id"],
            });
            data[format!("r{step}")] = self.call("step", input).await?;
        }
        Ok(data)
    }

    async fn computing_chain(&self, mut data: Value) -> Result<Value, String> {
        let mut n = 0;
        for step in 0..10 {
            let order = &data["order"];
            let items = order["items"].as_array().ok_or("no items")?;
            let input = json!({
                "index": step,
                "customer": order["customer"],
                "amount": order["amount"].as_i64().ok_or("no amount")? * 2,
                "total": items.iter().filter_map(Value::as_i64).sum::<i64>(),
                "label": format!("{}-{step}", data["id"].as_str().ok_or("no id")?.to_uppercase()),
            });
            let result = self.call("step", input).await?;
            n += result["code"].as_i64().ok_or("no code")?;
            data[format!("r{step}")] = result["code"].clone();
        }
        std::hint::black_box(n);
        Ok(data)
    }

    async fn map(&self, mut data: Value) -> Result<Value, String> {
        let items = data["items"].as_array().ok_or("no items")?.clone();
        let mut results = Vec::with_capacity(items.len());
        for item in items {
            results.push(self.call("process", item).await?);
        }
        data["results"] = results.into();
        Ok(data)
    }

    async fn parallel(&self, input: &Value) -> Result<Value, String> {
        let mut branches = Vec::with_capacity(8);
        for _ in 0..8 {
            let mut data = input.clone();
            for _ in 0..3 {
                data = self.call("step", data).await?;
            }
            branches.push(data);
        }
        Ok(branches.into())
    }

    /// Calls a function as `lambda:invoke` does, with the envelope around its answer.
    async fn invoke(&self, function: &str, payload: Value) -> Result<Value, String> {
        let payload = self.call(function, payload).await?;
        Ok(json!({ "ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": 200 }))
    }

    async fn csv(&self, mut data: Value) -> Result<Value, String> {
        data["validated"] = self.invoke("validator", data.clone()).await?;
        if data["validated"]["Payload"]["status"] != "PASSED" {
            return Err("not valid".to_owned());
        }
        let validated = &data["validated"]["Payload"];
        let batch = json!({ "records": validated["records"], "fileId": validated["fileId"] });
        data["transformed"] = self.invoke("transformer", batch).await?;
        let batch = json!({ "records": data["transformed"]["Payload"]["records"], "fileId": data["fileId"] });
        data["loaded"] = self.invoke("loader", batch).await?;
        let file = data["fileId"].as_str().unwrap_or_default();
        let message = json!({ "Message": format!("File {file} has been processed") });
        let sent = self.invoke("notifier", message).await?;
        Ok(json!({ "messageId": sent["Payload"]["MessageId"] }))
    }
}

fn count(mut data: Value) -> Value {
    loop {
        let n = data["n"].as_i64().unwrap_or(0) + 1;
        data = json!({ "n": n });
        if n >= 1000 {
            return data;
        }
    }
}

fn records(mut data: Value) -> Value {
    let records = data["records"].take();
    let of = |record: &Value| json!({ "id": record["id"], "v": record["amount"].as_i64().unwrap_or(0) * 2 });
    let out: Vec<Value> = records.as_array().into_iter().flatten().map(of).collect();
    let data = json!({ "records": records, "out": out });
    let number = |value: &Value, key: &str| value[key].as_i64().unwrap_or(0);
    let (records, out) = (data["records"].as_array().unwrap(), data["out"].as_array().unwrap());
    let large: Vec<&Value> =
        records.iter().filter(|record| record["active"] == true && number(record, "amount") > 250).collect();
    let european = large.iter().filter(|record| record["region"] == "eu");
    json!({
        "total": out.iter().map(|each| number(each, "v")).sum::<i64>(),
        "big": out.iter().filter(|each| number(each, "v") > 500).count(),
        "sum": large.iter().map(|record| number(record, "amount")).sum::<i64>(),
        "n": large.len(),
        "max": records.iter().map(|record| number(record, "amount")).max(),
        "ids": european.map(|record| record["id"].clone()).collect::<Vec<_>>(),
    })
}

/// What the ten Pass states do: parts of the data are moved, or copied where both stay.
fn payload(mut data: Value) -> Value {
    for step in 0..10 {
        if step % 2 == 0 {
            let doc = data["doc"].take();
            data["doc"] = doc;
        } else {
            data["copy"] = data["head"].clone();
        }
    }
    data
}
