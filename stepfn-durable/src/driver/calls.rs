//! What is done beside the host's loop for executions: calls to functions, executions of Express workflows.

use std::{
    collections::BTreeMap,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use stepfn_executor::{
    Timestamp,
    turns::{Call, Input},
};
use tokio::task::AbortHandle;

use super::{Driver, Event, number_of};
use crate::{
    clock::millis,
    journal::Message,
    store::{Address, Delivery, ExecutionId},
};

/// Work that is under way. It is given up with the last who waits for it.
pub(super) struct Work(AbortHandle);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.abort();
    }
}

type Doing = Pin<Box<dyn Future<Output = Option<Input>> + Send>>;

/// Something that is to be done for an execution.
pub(super) struct Job {
    pub(super) id: ExecutionId,
    /// The call or request of the execution that waits for it; none where nothing does.
    pub(super) number: Option<u64>,
    pub(super) doing: Doing,
}

impl Job {
    pub(super) fn call(id: ExecutionId, call: Call, is_again: bool) -> Self {
        let number = call.number();
        let doing = Box::pin(async move {
            let answer = call.make(is_again).await;
            Some(Input::Answered { call: number, answer })
        });
        Self { id, number: Some(number), doing }
    }
}

/// The jobs of one execution on virtual time.
#[derive(Default)]
struct Batch {
    numbers: Vec<u64>,
    inputs: Vec<Input>,
    /// The first that was not done at once, and all that come after it.
    slow: Vec<Doing>,
}

impl Driver {
    /// Does what was asked for: all beside each other, or on virtual time in its order, where the same must always happen.
    pub(super) async fn do_jobs(&mut self) {
        let jobs = std::mem::take(&mut self.jobs);
        if self.inner.clock.is_virtual() {
            return self.in_order(jobs).await;
        }
        for Job { id, number, doing } in jobs {
            self.begin(id, number.into_iter().collect(), async move { doing.await.into_iter().collect() });
        }
    }

    /// Does jobs one by one. Those of an execution that are not done at once are done beside the loop, still one by one, and
    /// come back together: when each of them is done changes nothing, and nobody else waits for it.
    async fn in_order(&mut self, jobs: Vec<Job>) {
        let mut batches: BTreeMap<ExecutionId, Batch> = BTreeMap::new();
        for Job { id, number, mut doing } in jobs {
            let Some(number) = number else {
                if at_once(&mut doing).await.is_none() {
                    self.begin(id, Vec::new(), async move { doing.await.into_iter().collect() });
                }
                continue;
            };
            if !self.loaded.contains_key(&id) {
                continue;
            }
            let batch = batches.entry(id).or_default();
            batch.numbers.push(number);
            if batch.slow.is_empty()
                && let Some(input) = at_once(&mut doing).await
            {
                batch.inputs.extend(input);
            } else {
                batch.slow.push(doing);
            }
        }
        for (id, Batch { numbers, mut inputs, slow }) in batches {
            if slow.is_empty() {
                let _ = self.inner.events.send(Event::Answered { id, inputs });
                continue;
            }
            self.begin(id, numbers, async move {
                for doing in slow {
                    inputs.extend(doing.await);
                }
                inputs
            });
        }
    }

    /// Begins work beside the loop, for the calls and requests of these numbers.
    fn begin(
        &mut self,
        id: ExecutionId,
        numbers: Vec<u64>,
        work: impl Future<Output = Vec<Input>> + Send + 'static,
    ) {
        if !numbers.is_empty() && !self.loaded.contains_key(&id) {
            return;
        }
        let events = self.inner.events.clone();
        let task = tokio::spawn(async move {
            let inputs = work.await;
            if !inputs.is_empty() {
                let _ = events.send(Event::Answered { id, inputs });
            }
        });
        if numbers.is_empty() {
            return;
        }
        let Some(loaded) = self.loaded.get_mut(&id) else { return };
        let work = Arc::new(Work(task.abort_handle()));
        for number in numbers {
            if loaded.calls.insert(number, Arc::clone(&work)).is_none() {
                self.under_way += 1;
            }
        }
    }

    /// Waits for the functions that are at work when the host stops, for as long as its grace is, and leaves what they answer in the inboxes of
    /// their executions: these go on with it when they are claimed again, and nothing is begun meanwhile.
    pub(super) async fn let_calls_end(&mut self) {
        // Nobody else claims them before.
        let grace = self.inner.grace.min(self.inner.lease / 2);
        let end = tokio::time::Instant::now() + grace;
        self.renewed = Timestamp::MIN;
        if grace.is_zero() || !self.has_calls() || self.renew().await.is_err() {
            return;
        }
        while self.has_calls() {
            match tokio::time::timeout_at(end, self.events.recv()).await {
                Ok(Some(Event::Answered { id, inputs })) => self.leave(id, inputs).await,
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return,
            }
        }
    }

    fn has_calls(&self) -> bool {
        self.loaded.values().any(|loaded| loaded.calls.keys().any(|call| !loaded.spawned.contains(call)))
    }

    /// Leaves answers for whoever has an execution next.
    async fn leave(&mut self, id: ExecutionId, inputs: Vec<Input>) {
        let numbers: Vec<u64> = inputs.iter().filter_map(number_of).collect();
        self.done(id, numbers);
        let Some(arn) = self.loaded.get(&id).map(|loaded| loaded.arn.clone()) else { return };
        let at = millis(self.inner.clock.now());
        for input in inputs.into_iter().filter(|input| matches!(input, Input::Answered { .. })) {
            let to = Address::Execution(arn.clone());
            let answer = Delivery { to, data: Message::Input(input).write(), key: String::new(), at };
            // A call whose answer is not kept counts as interrupted.
            let _ = self.inner.store.deliver(answer).await;
        }
    }

    /// Nobody waits for these calls and requests any more: they are answered, or given up.
    pub(super) fn done(&mut self, id: ExecutionId, numbers: impl IntoIterator<Item = u64>) {
        let Some(loaded) = self.loaded.get_mut(&id) else { return };
        for number in numbers {
            if loaded.calls.remove(&number).is_some() {
                self.under_way -= 1;
            }
        }
    }
}

/// The outcome of work that waits for nothing.
async fn at_once(doing: &mut Doing) -> Option<Option<Input>> {
    poll_fn(|cx| {
        Poll::Ready(match doing.as_mut().poll(cx) {
            Poll::Ready(input) => Some(input),
            Poll::Pending => None,
        })
    })
    .await
}
