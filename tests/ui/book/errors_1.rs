use stepfn::{TaskError, lambda, state_machine};

#[derive(Debug, thiserror::Error, TaskError)]
pub enum StockError {
    #[error("`{0}` is sold out")]
    OutOfStock(String),
}

#[lambda]
pub async fn reserve(sku: String) -> Result<u32, StockError> { Err(StockError::OutOfStock(sku)) }

state_machine! {
    pub Reserve(String) -> u32 {
        start_at: Reserve,
        Reserve: Task {
            resource: lambda(reserve),
            catch: [{ error_equals: [OutOfStok], next: SoldOut }],
            end: true,
        },
        SoldOut: Fail { error: "SoldOut" },
    }
}

fn main() {}
