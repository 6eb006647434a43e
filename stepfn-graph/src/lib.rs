//! Pictures of workflows: a [`Graph`] as SVG.
//!
//! ```
//! use stepfn_core::asl;
//! use stepfn_graph::{Graph, Options, svg};
//!
//! let (machine, _) = asl::read_str(r#"{ "StartAt": "Check", "States": {
//!     "Check": { "Type": "Choice", "Choices": [{ "Variable": "$.total", "NumericGreaterThan": 5, "Next": "Large" }], "Default": "Small" },
//!     "Large": { "Type": "Succeed" }, "Small": { "Type": "Succeed" } } }"#)?;
//! let picture = svg(&Graph::of(&machine), &Options::default());
//! assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>"));
//! assert!(picture.contains("$.total &gt; 5"));
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```
//!
//! States are in rows from top to bottom, Maps and Parallels boxes around what is in them, catchers dashed lines; conditions and
//! errors are on the lines, in full where the pointer rests. Transitions that many states share, like those to one handler, run in a lane at
//! the right. The colours follow the reader's system, and rustdoc's theme; [marks](Mark) are green and red.
//!
//! The same graph gives the same bytes everywhere: no font is measured, and numbers are written with one decimal.

mod engine;
mod geometry;
mod lanes;
mod level;
mod order;
mod paint;
mod plan;
mod rows;
mod shape;
mod style;
mod text;

pub use stepfn_core::graph::{Edge, EdgeKind, Graph, Mark, Node};

/// The options of a picture.
///
/// ```
/// let mut options = stepfn_graph::Options::of("Orders");
/// assert_eq!(options.title, "The states of Orders");
/// options.label_columns = 20;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The title of the picture, for those who cannot see it; `workflow graph` by default.
    pub title: String,
    /// The length that a line of a label may have, in columns of a fixed-width font (8 to 400); 34 by default. Korean, Chinese and
    /// Japanese signs take two.
    pub label_columns: usize,
}

impl Options {
    /// The options for a machine of this name.
    pub fn of(machine: &str) -> Self {
        Self { title: format!("The states of {machine}"), ..Self::default() }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { title: "workflow graph".to_owned(), label_columns: 34 }
    }
}

/// Renders the graph as SVG: one `<svg>` element on one line, for a file or for HTML.
///
/// Edges between states that are not of the same machine, which no ASL has, are left out.
pub fn svg(graph: &Graph, options: &Options) -> String {
    paint::paint(&level::Scene::of(graph, options), options)
}
