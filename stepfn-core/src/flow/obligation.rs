use std::ops::Range;

use super::{TaskRef, TypeRef, step::OwnedStep};
use crate::{
    diagnostic::{Code, Diagnostic},
    json::Pointer,
    shape::{Bounds, Claim, Fault, Need, Node, Shape, Side, Step, Wrong, judge},
    task::TaskInfo,
};

/// A [`Need`] that owns its literal.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnedNeed {
    /// [`Need::Literal`]
    Literal(String),
    /// Any other.
    Other(Need<'static>),
}

impl OwnedNeed {
    /// The need itself.
    pub fn as_need(&self) -> Need<'_> {
        match self {
            Self::Literal(text) => Need::Literal(text),
            Self::Other(need) => *need,
        }
    }
}

/// A [`Node`] whose leaves name types instead of holding their shapes.
#[derive(Clone, Debug)]
pub enum OwnedNode {
    /// [`Node::Leaf`]
    Leaf(TypeRef, Side, Vec<OwnedStep>),
    /// [`Node::Text`]
    Text(String),
    /// [`Node::Field`]
    Field {
        /// Its key.
        key: String,
        /// The node of its value.
        value: usize,
        /// Whether it may be missing.
        absent: bool,
    },
    /// Any other.
    Other(Node<'static>),
}

/// A claim that is still to be judged: about types that the flow analysis knows by name only.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// JSON pointer to the text that makes the claim.
    pub at: Pointer,
    /// Byte range in that text.
    pub range: Option<Range<usize>>,
    /// The place, in words: ``state `Load`: ``.
    pub place: String,
    /// The claim.
    pub claim: OwnedClaim,
}

/// A [`Claim`] over types by name.
#[derive(Clone, Debug)]
pub enum OwnedClaim {
    /// [`Claim::Path`]
    Path {
        /// The path as it was written.
        shown: String,
        /// The source of the typed value, in words.
        origin: String,
        /// The type.
        ty: TypeRef,
        /// Its side.
        side: Side,
        /// The steps from the typed value on.
        steps: Vec<OwnedStep>,
        /// The requirement.
        need: OwnedNeed,
    },
    /// [`Claim::Fits`]
    Fits {
        /// The value that flows, and its target, in words.
        what: String,
        /// The value.
        nodes: Vec<OwnedNode>,
        /// The type.
        target: TypeRef,
    },
    /// [`Claim::FieldFits`]
    FieldFits {
        /// The value that flows, and its target, in words.
        what: String,
        /// The keys that lead to the field.
        keys: Vec<String>,
        /// The field's value.
        nodes: Vec<OwnedNode>,
        /// The type of the whole.
        target: TypeRef,
    },
    /// [`Claim::Complete`]
    Complete {
        /// The value that flows, and its target, in words.
        what: String,
        /// The whole template.
        nodes: Vec<OwnedNode>,
        /// The type.
        target: TypeRef,
    },
    /// [`Claim::Columns`]
    Columns {
        /// The type.
        target: TypeRef,
    },
    /// [`Claim::Answers`]
    Answers {
        /// The keys that lead to the token.
        keys: Vec<String>,
        /// The function's input.
        input: TypeRef,
        /// The result.
        result: TypeRef,
    },
    /// [`Claim::Raises`]
    Raises {
        /// The task.
        task: TaskRef,
        /// The task's name.
        name: String,
        /// The name in `ErrorEquals`.
        error: String,
    },
    /// [`Claim::Within`]
    Within {
        /// The number as it was written.
        shown: String,
        /// An array of its parts.
        nodes: Vec<OwnedNode>,
        /// The limits of AWS.
        bounds: Bounds,
        /// The declaration to use instead.
        advice: &'static str,
    },
    /// [`Claim::Alike`]
    Alike {
        /// The comparison as it was written.
        shown: String,
        /// The two values.
        nodes: Vec<OwnedNode>,
    },
    /// [`Claim::Appends`]
    Appends {
        /// The call as it was written.
        shown: String,
        /// The two.
        nodes: Vec<OwnedNode>,
    },
    /// [`Claim::Found`]
    Found {
        /// The path as it was written.
        shown: String,
        /// The key.
        key: String,
        /// Its value in each of the objects.
        nodes: Vec<OwnedNode>,
        /// Whether it must be there for certain.
        certain: bool,
    },
    /// [`Claim::Again`]
    Again {
        /// The value, and the value before.
        nodes: Vec<OwnedNode>,
    },
    /// [`Claim::Covers`]
    Covers {
        /// The path as it was written.
        shown: String,
        /// The type.
        ty: TypeRef,
        /// Its side.
        side: Side,
        /// The steps from the typed value on, with what is known where no rule holds.
        steps: Vec<OwnedStep>,
        /// The same to the whole that it is a part of.
        whole: Vec<OwnedStep>,
    },
}

/// The types and tasks that a flow analysis names, for judging its obligations at once.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The types, by [`TypeRef`].
    pub types: Vec<&'static Shape>,
    /// The functions, by [`TaskRef`].
    pub tasks: Vec<TaskInfo>,
}

impl Known {
    fn shape(&self, ty: TypeRef) -> &'static Shape {
        self.types.get(ty.0).copied().unwrap_or(&Shape::Any)
    }
}

impl Obligation {
    /// The same in a strict machine: nothing is asked of what types declare to be anything.
    pub(super) fn be_strict(&mut self) {
        match &mut self.claim {
            OwnedClaim::Path { steps, .. } => steps.insert(0, OwnedStep::Strict),
            OwnedClaim::Covers { steps, whole, .. } => {
                steps.insert(0, OwnedStep::Strict);
                whole.insert(0, OwnedStep::Strict);
            }
            OwnedClaim::Fits { nodes, .. }
            | OwnedClaim::FieldFits { nodes, .. }
            | OwnedClaim::Complete { nodes, .. } => {
                for node in nodes {
                    if let OwnedNode::Leaf(_, _, steps) = node {
                        steps.insert(0, OwnedStep::Strict);
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns `true` if all that is claimed is that something can be there.
    pub(super) fn asks_only_for_presence(&self) -> bool {
        matches!(&self.claim, OwnedClaim::Path { need: OwnedNeed::Other(Need::Nothing | Need::Value), .. })
    }

    /// Returns `true` if another claims the same of the same path.
    pub(super) fn is_same_path(&self, other: &Self) -> bool {
        match (&self.claim, &other.claim) {
            (
                OwnedClaim::Path { shown, ty, side, steps, need, .. },
                OwnedClaim::Path {
                    shown: other_shown,
                    ty: other_ty,
                    side: other_side,
                    steps: others,
                    need: other_need,
                    ..
                },
            ) => {
                (self.range == other.range, ty, side, need) == (true, other_ty, other_side, other_need)
                    && shown == other_shown
                    && steps == others
            }
            _ => false,
        }
    }

    /// Returns the warning of a claim whose failure is no error, whatever the types are.
    pub fn warning(&self) -> Option<Diagnostic> {
        let OwnedClaim::Within { shown, bounds, advice, .. } = &self.claim else { return None };
        let Bounds { min, max } = bounds;
        let message = format!(
            "{}`{shown}`: by what is declared it can be beyond what AWS takes, {min} to {max}; {advice}",
            self.place
        );
        Some(Diagnostic::new(Code::NumberOutOfRange, self.at.clone(), message))
    }

    /// Judges the claim.
    pub fn judge(&self, known: &Known) -> Option<Diagnostic> {
        let wrong = match &self.claim {
            OwnedClaim::Path { shown, origin, ty, side, steps: path, need } => judge(
                &self.place,
                &Claim::Path {
                    shown,
                    origin,
                    shape: known.shape(*ty),
                    side: *side,
                    steps: &vec_of(path),
                    need: need.as_need(),
                },
            ),
            OwnedClaim::Covers { shown, ty, side, steps: path, whole } => judge(
                &self.place,
                &Claim::Covers {
                    shown,
                    shape: known.shape(*ty),
                    side: *side,
                    steps: &vec_of(path),
                    whole: &vec_of(whole),
                },
            ),
            OwnedClaim::Columns { target } => {
                judge(&self.place, &Claim::Columns { target: known.shape(*target) })
            }
            OwnedClaim::Answers { keys, input, result } => {
                let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                let (input, result) = (known.shape(*input), known.shape(*result));
                judge(&self.place, &Claim::Answers { keys: &keys, input, result })
            }
            OwnedClaim::Raises { task, name, error } => {
                let (names, open) =
                    known.tasks.get(task.0).map_or((&[][..], true), |task| (task.errors, task.errors_open));
                judge(&self.place, &Claim::Raises { task: name, error, names, open })
            }
            OwnedClaim::Fits { nodes, .. }
            | OwnedClaim::Alike { nodes, .. }
            | OwnedClaim::Appends { nodes, .. }
            | OwnedClaim::Found { nodes, .. }
            | OwnedClaim::Again { nodes }
            | OwnedClaim::Within { nodes, .. }
            | OwnedClaim::FieldFits { nodes, .. }
            | OwnedClaim::Complete { nodes, .. } => {
                let paths: Vec<Vec<Step<'_>>> = nodes
                    .iter()
                    .map(|node| match node {
                        OwnedNode::Leaf(_, _, path) => vec_of(path),
                        _ => Vec::new(),
                    })
                    .collect();
                let nodes: Vec<Node<'_>> = nodes
                    .iter()
                    .zip(&paths)
                    .map(|(node, steps)| match node {
                        OwnedNode::Leaf(ty, side, _) => {
                            Node::Leaf { shape: known.shape(*ty), side: *side, steps }
                        }
                        OwnedNode::Text(text) => Node::Text(text),
                        OwnedNode::Field { key, value, absent } => {
                            Node::Field { key, value: *value, absent: *absent }
                        }
                        OwnedNode::Other(node) => *node,
                    })
                    .collect();
                match &self.claim {
                    OwnedClaim::Within { shown, bounds, advice, .. } => {
                        judge(&self.place, &Claim::Within { shown, nodes: &nodes, bounds: *bounds, advice })
                    }
                    OwnedClaim::Alike { shown, .. } => {
                        judge(&self.place, &Claim::Alike { shown, nodes: &nodes })
                    }
                    OwnedClaim::Appends { shown, .. } => {
                        judge(&self.place, &Claim::Appends { shown, nodes: &nodes })
                    }
                    OwnedClaim::Found { shown, key, certain, .. } => {
                        judge(&self.place, &Claim::Found { shown, key, nodes: &nodes, certain: *certain })
                    }
                    OwnedClaim::Again { .. } => judge(&self.place, &Claim::Again { nodes: &nodes }),
                    OwnedClaim::FieldFits { what, keys, target, .. } => {
                        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                        let target = known.shape(*target);
                        judge(&self.place, &Claim::FieldFits { what, keys: &keys, nodes: &nodes, target })
                    }
                    OwnedClaim::Complete { what, target, .. } => judge(
                        &self.place,
                        &Claim::Complete { what, nodes: &nodes, target: known.shape(*target) },
                    ),
                    OwnedClaim::Fits { what, target, .. } => {
                        judge(&self.place, &Claim::Fits { what, nodes: &nodes, target: known.shape(*target) })
                    }
                    _ => None,
                }
            }
        };
        let Wrong { fault, text } = wrong?;
        let kind = match &self.claim {
            OwnedClaim::Path { need: OwnedNeed::Literal(_), .. } => "path to a literal".to_owned(),
            OwnedClaim::Path { need, .. } => format!("path to {:?}", need.as_need()),
            OwnedClaim::Fits { .. } => "fits".to_owned(),
            OwnedClaim::FieldFits { .. } => "field fits".to_owned(),
            OwnedClaim::Complete { .. } => "complete".to_owned(),
            OwnedClaim::Columns { .. } => "columns".to_owned(),
            OwnedClaim::Answers { .. } => "answers".to_owned(),
            OwnedClaim::Raises { .. } => "raises".to_owned(),
            OwnedClaim::Alike { .. } => "alike".to_owned(),
            OwnedClaim::Appends { .. } => "appends".to_owned(),
            OwnedClaim::Found { .. } => "found".to_owned(),
            OwnedClaim::Again { .. } => "again".to_owned(),
            OwnedClaim::Within { .. } => "within".to_owned(),
            OwnedClaim::Covers { .. } => "covers".to_owned(),
        };
        if super::switch::is_off_claim(&kind, Code::from(fault).name(), text.as_str()) {
            return None;
        }
        let mut diagnostic = Diagnostic::new(fault.into(), self.at.clone(), text.as_str());
        diagnostic.range.clone_from(&self.range);
        Some(diagnostic)
    }
}

fn vec_of(steps: &[OwnedStep]) -> Vec<Step<'_>> {
    steps.iter().map(OwnedStep::as_step).collect()
}

impl From<Fault> for Code {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NoSuchField => Self::NoSuchField,
            Fault::MaybeMissing => Self::MaybeMissing,
            Fault::WrongType => Self::WrongType,
            Fault::UnknownLiteral => Self::UnknownLiteral,
            Fault::DoesNotFit => Self::DoesNotFit,
            Fault::UnraisedError => Self::UnraisedError,
            Fault::ChoiceMayNotMatch => Self::ChoiceMayNotMatch,
            Fault::CannotTell => Self::CannotTell,
            Fault::NumberOutOfRange => Self::NumberOutOfRange,
        }
    }
}
