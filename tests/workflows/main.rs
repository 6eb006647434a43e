//! The workflows of the published articles: declared with the macro, their ASL pinned, run natively through every edge.

mod choices;
mod context;
mod data_flow;
mod items;
mod kinds;
mod media;
mod order_chain;
mod retries;
mod waits;
