use stepfn_core::value::Value;

/// Puts items together for the children: `ItemBatcher` (AWS, "ItemBatcher (Map)").
#[derive(Debug)]
pub(crate) struct Batches {
    max_items: u64,
    max_bytes: u64,
    input: Option<Value>,
    items: Vec<Value>,
    bytes: u64,
}

impl Batches {
    /// Zero sets no bound.
    pub(crate) fn new(max_items: u64, max_bytes: u64, input: Option<Value>) -> Self {
        let bound = |bound: u64| if bound == 0 { u64::MAX } else { bound };
        Self { max_items: bound(max_items), max_bytes: bound(max_bytes), input, items: Vec::new(), bytes: 0 }
    }

    /// Adds an item. Returns the batch that is full without it, with the number of its items.
    pub(crate) fn push(&mut self, item: Value) -> Option<(Value, u64)> {
        let bytes = item.to_string().len() as u64;
        let is_full = self.items.len() as u64 >= self.max_items
            || (!self.items.is_empty() && self.bytes.saturating_add(bytes) > self.max_bytes);
        let full = if is_full { self.take() } else { None };
        self.items.push(item);
        self.bytes = self.bytes.saturating_add(bytes);
        full
    }

    /// Takes the batch as it is, full or not.
    pub(crate) fn take(&mut self) -> Option<(Value, u64)> {
        if self.items.is_empty() {
            return None;
        }
        self.bytes = 0;
        let items = std::mem::take(&mut self.items);
        let count = items.len() as u64;
        let items = ("Items", Value::array(items));
        let batch = match &self.input {
            Some(input) => Value::object([("BatchInput", input.clone()), items]),
            None => Value::object([items]),
        };
        Some((batch, count))
    }
}
