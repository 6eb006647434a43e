//! Random sequences of calls through two stores, whose answers must be equal.

use std::fmt;

use crate::store::*;

/// Two stores answered the same call differently.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The number of the call in the sequence.
    pub step: usize,
    /// The call.
    pub call: String,
    /// The answer of the reference.
    pub expected: String,
    /// The answer of the store.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {}: {}\nexpected {}\nfound    {}", self.step, self.call, self.expected, self.found)
    }
}

impl std::error::Error for Difference {}

/// The number of times that something happened in a sequence, so that a test can check that it was not idle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Calls.
    pub calls: usize,
    /// Executions that were started.
    pub started: usize,
    /// Executions that were claimed.
    pub claimed: usize,
    /// Turns that took effect.
    pub turns: usize,
    /// Turns that were lost.
    pub lost: usize,
    /// Messages that were delivered.
    pub delivered: usize,
    /// Executions that ended.
    pub ended: usize,
    /// Executions that were redriven.
    pub redriven: usize,
    /// Executions that were forgotten.
    pub forgotten: usize,
}

/// Makes the same random calls to a new store and to [`Memory`], and compares the answers.
///
/// # Errors
/// The first answer that differs.
pub async fn compare(store: &dyn Store, seed: u64, calls: usize) -> Result<Steps, Difference> {
    let memory = Memory::new();
    let mut pair = Pair { memory: &memory, store, step: 0 };
    let mut world = World { random: Random(seed.wrapping_mul(2).wrapping_add(1)), ..World::default() };
    for _ in 0..calls {
        world.step(&mut pair).await?;
    }
    world.steps.calls = pair.step;
    Ok(world.steps)
}

struct Pair<'a> {
    memory: &'a Memory,
    store: &'a dyn Store,
    step: usize,
}

macro_rules! pair_calls {
    ($($kind:ident $name:ident($request:ty) -> $answer:ty;)*) => {
        impl Pair<'_> {
            $(async fn $name(&mut self, request: $request) -> Result<Result<$answer, StoreError>, Difference> {
                self.step += 1;
                let expected = self.memory.$name(request.clone()).await;
                let found = self.store.$name(request.clone()).await;
                if expected == found {
                    return Ok(expected);
                }
                Err(Difference {
                    step: self.step,
                    call: format!("{}({request:?})", stringify!($name)),
                    expected: format!("{expected:?}"),
                    found: format!("{found:?}"),
                })
            })*
        }
    };
}
crate::every_call!(pair_calls);

/// Numbers that are the same for the same seed (xorshift).
#[derive(Default)]
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % (bound.max(1) as u64)).unwrap_or(0)
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    fn of<T: Clone>(&mut self, items: &[T]) -> Option<T> {
        items.get(self.below(items.len())).cloned()
    }
}

/// An execution that a host has, or had.
#[derive(Clone, Debug)]
struct Held {
    arn: String,
    id: ExecutionId,
    fence: i64,
    seq: i64,
    inbox: Vec<MessageId>,
    last: Option<Turn>,
}

#[derive(Default)]
struct World {
    random: Random,
    now: Millis,
    held: Vec<Held>,
    tokens: Vec<String>,
    revisions: usize,
    keys: usize,
    steps: Steps,
}

impl World {
    async fn step(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        if self.random.one_in(3) {
            self.now += i64::try_from(self.random.below(1_000)).unwrap_or(0);
        }
        match self.random.below(14) {
            0 | 1 => self.start(pair).await,
            2 => self.claim(pair).await,
            3..=6 => self.commit(pair).await,
            7 => self.deliver(pair).await,
            8 => self.lease(pair).await,
            9 => self.redrive_or_sweep(pair).await,
            10 => self.machines(pair).await,
            11 => self.aliases_and_tags(pair).await,
            _ => self.read(pair).await,
        }
    }

    fn name(&mut self, kind: &str, count: usize) -> String {
        format!("arn:{kind}:{}", self.random.below(count))
    }

    fn maybe(&mut self, kind: &str, count: usize) -> Option<String> {
        self.random.one_in(3).then(|| self.name(kind, count))
    }

    fn key(&mut self) -> String {
        self.keys += self.random.below(2);
        if self.random.one_in(3) { String::new() } else { format!("key {}", self.keys) }
    }

    fn data(&mut self) -> Vec<u8> {
        (0..self.random.below(6)).map(|_| u8::try_from(self.random.below(256)).unwrap_or(0)).collect()
    }

    fn text(&mut self) -> String {
        self.random.of(&["{}", "\"\u{0}é\u{10FFFF}0\"", "[1, 2]", ""]).unwrap_or_default().to_owned()
    }

    fn page(&mut self) -> PageAt {
        let after = match self.random.below(12) {
            0 => Some("nothing".to_owned()),
            1 => Some(format!("{}.{}", self.now - 100, self.random.below(9))),
            _ => None,
        };
        PageAt { after, limit: 1 + self.random.below(5) }
    }

    fn new_execution(&mut self, children: bool) -> NewExecution {
        let arn = self.name("execution", 16);
        let parent = (children && self.random.one_in(2))
            .then(|| Parent { execution: self.name("execution", 16), place: self.name("place", 3) });
        NewExecution {
            name: arn.clone(),
            arn,
            machine: self.name("machine", 3),
            version: self.maybe("version", 2),
            alias: self.maybe("alias", 2),
            map_run: self.maybe("map-run", 2),
            parent,
            revision: format!("revision {}", self.random.below(self.revisions + 1)),
            input: self.text(),
            details: self.text(),
            head: self.data(),
            started: self.now,
            lease: self.random.one_in(2).then(|| Lease { owner: "a".to_owned(), until: self.now + 500 }),
            free_before: self.now - 2_000,
        }
    }

    fn hold(&mut self, arn: &str, id: ExecutionId, fence: i64, seq: i64, inbox: Vec<MessageId>) {
        self.held.push(Held { arn: arn.to_owned(), id, fence, seq, inbox, last: None });
        if self.held.len() > 40 {
            self.held.remove(0);
        }
    }

    async fn start(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        let new = self.new_execution(false);
        let (arn, leased) = (new.arn.clone(), new.lease.is_some());
        if let Ok(Started::New { id, fence }) = pair.start(new).await? {
            self.steps.started += 1;
            if leased {
                self.hold(&arn, id, fence, 0, Vec::new());
            }
        }
        Ok(())
    }

    async fn claim(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        let owner = self.random.of(&["a", "b"]).unwrap_or_default().to_owned();
        let claiming = Claiming { owner, now: self.now, until: self.now + 500, limit: self.random.below(5) };
        for claim in pair.claim(claiming).await?.unwrap_or_default() {
            self.steps.claimed += 1;
            let inbox = claim.inbox.iter().map(|message| message.id).collect();
            let summary = claim.execution.summary;
            self.hold(&summary.arn, summary.id, claim.execution.fence, claim.execution.seq, inbox);
        }
        Ok(())
    }

    async fn commit(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        if self.held.is_empty() {
            return Ok(());
        }
        let at = self.random.below(self.held.len());
        let Some(held) = self.held.get(at).cloned() else { return Ok(()) };
        let turn = match &held.last {
            // The same once more, as after an unknown outcome.
            Some(last) if self.random.one_in(8) => last.clone(),
            _ => self.turn(&held),
        };
        let mut turns = vec![turn.clone()];
        if let Some(other) =
            self.random.of(&self.held).filter(|other| self.random.one_in(4) && other.id != held.id)
        {
            let turn = Turn {
                due: Some(self.now),
                keep: Some(self.now + 300),
                ..Turn::new(other.id, other.fence, other.seq + 1)
            };
            turns.insert(0, turn);
        }
        let alone = turns.len() == 1;
        let Ok(committed) = pair.commit(turns.into()).await? else { return Ok(()) };
        if !alone {
            // The other one's host does not look at its answer, and tries the same number again.
            self.steps.turns += usize::from(matches!(committed.first(), Some(Committed::Done(_))));
        }
        self.note(&held, &turn, committed.last());
        Ok(())
    }

    fn note(&mut self, held: &Held, turn: &Turn, committed: Option<&Committed>) {
        match committed {
            Some(Committed::Done(effects)) => {
                self.steps.turns += 1;
                self.steps.ended += usize::from(turn.end.is_some());
                self.steps.started +=
                    effects.children.iter().filter(|child| matches!(child, Started::New { .. })).count();
                self.tokens.extend(turn.opened.iter().map(|opened| opened.token.clone()));
                if let Some(held) =
                    self.held.iter_mut().find(|other| other.id == held.id && other.fence == held.fence)
                {
                    held.seq = held.seq.max(turn.seq);
                    held.inbox.retain(|message| !turn.taken.contains(message));
                    held.last = Some(turn.clone());
                }
            }
            _ => {
                self.steps.lost += 1;
                self.held.retain(|other| other.id != held.id || other.fence != held.fence);
            }
        }
    }

    fn turn(&mut self, held: &Held) -> Turn {
        let gap = i64::from(self.random.one_in(30));
        let mut turn = Turn::new(held.id, held.fence, held.seq + 1 + gap);
        turn.entry = self.data();
        let events = i64::try_from(self.random.below(4)).unwrap_or(0);
        turn.events = (1..=events).map(|next| Event { id: turn.seq * 8 + next, data: self.data() }).collect();
        turn.due = self.random.one_in(2).then(|| self.now + 200);
        turn.keep = (!self.random.one_in(3)).then(|| self.now + 300);
        for _ in 0..self.random.below(3) {
            self.keys += 1;
            turn.opened.push(OpenedToken { token: format!("token {}", self.keys), place: self.data() });
        }
        turn.closed.extend(self.random.of(&self.tokens).filter(|_| self.random.one_in(5)));
        if let Some(opened) = turn.opened.first().filter(|_| self.random.one_in(2)) {
            let token = opened.token.clone();
            turn.tasks.push(ActivityTask { activity: self.name("activity", 2), token, input: self.text() });
        }
        if self.random.one_in(4) {
            turn.children.push(self.new_execution(true));
        }
        if self.random.one_in(6) {
            turn.map_runs.push(MapRun {
                arn: self.name("map-run", 4),
                execution: held.arn.clone(),
                machine: self.name("machine", 3),
                status: Status::Running,
                started: self.now,
                stopped: None,
                details: self.text(),
            });
        }
        if self.random.one_in(4) {
            turn.sends.push(self.delivery());
        }
        if self.random.one_in(10) {
            turn.redrives.push(self.redriving());
        }
        turn.taken.extend(held.inbox.iter().copied().filter(|_| self.random.one_in(2)));
        if self.random.one_in(4) {
            let status =
                self.random.of(&[Status::Succeeded, Status::Failed, Status::TimedOut, Status::Aborted]);
            turn.end = Some(End {
                status: status.unwrap_or(Status::Failed),
                at: self.now,
                output: self.random.one_in(2).then(|| self.text()),
                error: self.random.one_in(2).then(|| self.text()),
                cause: self.random.one_in(2).then(|| self.text()),
                not_redrivable: self.random.one_in(4).then(|| self.text()),
            });
        }
        turn
    }

    fn delivery(&mut self) -> Delivery {
        let to = match self.random.of(&self.tokens) {
            Some(token) if !self.random.one_in(3) => Address::Token { token, closes: !self.random.one_in(3) },
            _ if self.random.one_in(9) => {
                Address::Token { token: "never handed out".to_owned(), closes: true }
            }
            _ => Address::Execution(self.name("execution", 16)),
        };
        Delivery { to, data: self.data(), key: self.key(), at: self.now }
    }

    fn redriving(&mut self) -> Redrive {
        Redrive {
            execution: self.name("execution", 16),
            data: self.data(),
            key: self.key(),
            pending: self.random.one_in(4),
            at: self.now,
        }
    }

    async fn deliver(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        if self.random.one_in(3) {
            let take = TakeTask { activity: self.name("activity", 2), data: self.data(), at: self.now };
            pair.take_task(take).await?.ok();
            return Ok(());
        }
        let delivery = self.delivery();
        self.steps.delivered += usize::from(matches!(pair.deliver(delivery).await?, Ok(Delivered::To(_))));
        Ok(())
    }

    async fn lease(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        let held =
            (0..3).filter_map(|_| self.random.of(&self.held)).map(|held| (held.id, held.fence)).collect();
        let renewal = Renewal { held, until: self.now + 700 };
        let mut lost = Renewal { held: Vec::new(), ..renewal.clone() };
        lost.held.extend(renewal.held);
        lost.held.sort_unstable();
        lost.held.dedup();
        pair.renew(lost).await?.ok();
        pair.next_due(if self.random.one_in(2) { "a" } else { "nobody" }.to_owned()).await?.ok();
        let inbox = if self.random.one_in(2) {
            Inbox::Owner { owner: "a".to_owned(), limit: 1 + self.random.below(4) }
        } else {
            Inbox::Of((0..3).filter_map(|_| self.random.of(&self.held)).map(|held| held.id).collect())
        };
        for message in pair.inbox(inbox).await?.unwrap_or_default() {
            if let Some(held) = self.held.iter_mut().rev().find(|held| held.id == message.execution)
                && !held.inbox.contains(&message.id)
            {
                held.inbox.push(message.id);
            }
        }
        Ok(())
    }

    async fn redrive_or_sweep(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        if self.random.one_in(3) {
            let sweep = Sweep { before: self.now - 1_500, limit: self.random.below(4) };
            self.steps.forgotten += pair.sweep(sweep).await?.unwrap_or(0);
            return Ok(());
        }
        let redrive = self.redriving();
        self.steps.redriven += usize::from(matches!(pair.redrive(redrive).await?, Ok(Redriven::Since(_))));
        Ok(())
    }

    fn new_revision(&mut self, machine: &str) -> Revision {
        self.revisions += 1;
        Revision {
            id: format!("revision {}", self.revisions),
            machine: machine.to_owned(),
            definition: self.text(),
            details: self.text(),
            created: self.now,
        }
    }

    fn tag(&mut self) -> Tag {
        Tag { key: self.name("key", 5), value: self.text() }
    }

    async fn machines(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        let machine = self.name("machine", 3);
        match self.random.below(7) {
            0 | 1 => {
                let kind = if self.random.one_in(2) { MachineKind::Standard } else { MachineKind::Express };
                let revision = self.new_revision(&machine);
                let publish = self.random.one_in(2).then(|| self.text());
                let tags = vec![self.tag()];
                pair.create_machine(NewMachine {
                    name: machine.clone(),
                    arn: machine,
                    kind,
                    revision,
                    tags,
                    publish,
                })
                .await?
                .ok();
            }
            2 => {
                let revision = self.new_revision(&machine);
                let publish = self.random.one_in(2).then(|| self.text());
                pair.update_machine(Update { revision, publish }).await?.ok();
            }
            3 | 4 => {
                let revision = self
                    .random
                    .one_in(3)
                    .then(|| format!("revision {}", self.random.below(self.revisions + 1)));
                pair.publish(Publish { machine, revision, description: self.text(), most: 3, at: self.now })
                    .await?
                    .ok();
            }
            5 => drop(pair.delete_version(VersionId { machine, number: self.number() }).await?),
            _ if self.random.one_in(3) => drop(pair.delete_machine(machine).await?),
            _ => {
                let arn = self.name("activity", 2);
                if self.random.one_in(3) {
                    pair.delete_activity(arn).await?.ok();
                } else {
                    let activity =
                        Activity { name: arn.clone(), arn, details: self.text(), created: self.now };
                    let tags = vec![self.tag()];
                    pair.create_activity(NewActivity { activity, tags }).await?.ok();
                }
            }
        }
        Ok(())
    }

    fn number(&mut self) -> i64 {
        1 + i64::try_from(self.random.below(4)).unwrap_or(0)
    }

    async fn aliases_and_tags(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        let machine = self.name("machine", 3);
        let alias = format!("{machine}:{}", self.random.below(3));
        match self.random.below(5) {
            0..=2 => {
                let routes = (0..1 + self.random.below(2))
                    .map(|_| Route { version: self.number(), weight: 50 })
                    .collect();
                let alias = Alias {
                    name: alias.clone(),
                    arn: alias,
                    machine,
                    description: self.random.one_in(2).then(|| self.text()),
                    routes,
                    created: self.now,
                    updated: self.now,
                };
                pair.put_alias(PutAlias { alias, new: self.random.one_in(2), most: 2 }).await?.ok();
            }
            3 => drop(pair.delete_alias(alias).await?),
            _ => {
                let arn = if self.random.one_in(3) { self.name("activity", 2) } else { machine };
                let remove = (0..self.random.below(3)).map(|_| self.name("key", 5)).collect();
                let set = vec![self.tag()];
                pair.retag(Retag { arn: arn.clone(), set, remove, most: 3 }).await?.ok();
                pair.tags(arn).await?.ok();
            }
        }
        Ok(())
    }

    async fn read(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        let machine = self.name("machine", 3);
        match self.random.below(12) {
            0..=3 => self.lists(pair).await?,
            4 => drop(pair.execution(self.name("execution", 16)).await?),
            5 => {
                let Some(held) = self.random.of(&self.held) else { return Ok(()) };
                pair.execution_of(held.id).await?.ok();
                let after = i64::try_from(self.random.below(4)).unwrap_or(0);
                pair.load(Load { id: held.id, after, limit: 1 + self.random.below(3) }).await?.ok();
            }
            6 => self.history(pair).await?,
            7 => {
                let token = self.random.of(&self.tokens).unwrap_or_default();
                pair.token(token).await?.ok();
                pair.map_run(self.name("map-run", 4)).await?.ok();
                let execution = self.name("execution", 16);
                pair.map_runs(MapRunsOf { execution, page: self.page() }).await?.ok();
            }
            8 => {
                pair.machine(machine).await?.ok();
                let page = PageAt { after: None, limit: 1 + self.random.below(3) };
                let next = pair.machines(page).await?.ok().and_then(|page| page.next);
                pair.machines(PageAt { after: next, limit: 9 }).await?.ok();
                pair.revision(format!("revision {}", self.random.below(self.revisions + 1))).await?.ok();
            }
            9 => {
                pair.version(VersionId { machine: machine.clone(), number: self.number() }).await?.ok();
                pair.versions(VersionsOf { machine, page: self.page() }).await?.ok();
            }
            10 => {
                pair.alias(format!("{machine}:{}", self.random.below(3))).await?.ok();
                let version = self.random.one_in(2).then(|| self.number());
                pair.aliases(AliasesOf { machine, version, page: self.page() }).await?.ok();
            }
            _ => {
                pair.activity(self.name("activity", 2)).await?.ok();
                pair.activities(PageAt::first(1 + self.random.below(2))).await?.ok();
            }
        }
        Ok(())
    }

    async fn lists(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        let of = match self.random.below(5) {
            0 => ExecutionsOf::All,
            1 => ExecutionsOf::Machine(self.name("machine", 3)),
            2 => ExecutionsOf::Version(self.name("version", 2)),
            3 => ExecutionsOf::Alias(self.name("alias", 2)),
            _ => ExecutionsOf::MapRun(self.name("map-run", 2)),
        };
        pair.counts(of.clone()).await?.ok();
        let status = self.random.one_in(2).then(|| self.random.of(&Status::ALL)).flatten();
        let redriven = self.random.one_in(3).then(|| self.random.one_in(2));
        let mut page = self.page();
        // To the end, page by page.
        loop {
            let list = Executions { of: of.clone(), status, redriven, page: page.clone() };
            match pair.executions(list).await? {
                Ok(Page { next: Some(next), .. }) => page.after = Some(next),
                _ => return Ok(()),
            }
        }
    }

    async fn history(&mut self, pair: &mut Pair<'_>) -> Result<(), Difference> {
        let Some(held) = self.random.of(&self.held) else { return Ok(()) };
        let reverse = self.random.one_in(2);
        let mut page = self.page();
        loop {
            match pair.history(HistoryOf { id: held.id, reverse, page: page.clone() }).await? {
                Ok(Page { next: Some(next), .. }) => page.after = Some(next),
                _ => return Ok(()),
            }
        }
    }
}
