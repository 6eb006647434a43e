//! `cargo xtask graph`

use std::io::Write;

use clap::{Args, ValueEnum};
use stepfn_core::deployment::Deployment;
use stepfn_core::graph;

use crate::{Failure, named};

/// Print a machine as a graph
#[derive(Debug, Args)]
#[command(after_help = crate::EXIT_CODES)]
pub(crate) struct Graph {
    /// The machine
    #[arg(value_name = "NAME")]
    name: String,
    /// The format to print
    #[arg(long, value_enum, default_value_t = GraphFormat::Mermaid)]
    format: GraphFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GraphFormat {
    /// A Mermaid flowchart, as GitHub shows it
    Mermaid,
    /// Graphviz's DOT
    Dot,
    /// A picture, for browsers and pages
    Svg,
}

impl Graph {
    pub(crate) fn run(&self, deployments: &[Deployment], out: &mut dyn Write) -> Result<(), Failure> {
        let graph = graph::Graph::of(&named(deployments, &self.name)?.machine);
        let text = match self.format {
            GraphFormat::Mermaid => graph.to_mermaid(),
            GraphFormat::Dot => graph.to_dot(),
            GraphFormat::Svg => {
                format!("{}\n", stepfn_graph::svg(&graph, &stepfn_graph::Options::of(&self.name)))
            }
        };
        Ok(out.write_all(text.as_bytes())?)
    }
}
