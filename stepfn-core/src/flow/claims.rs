//! Claims about what flows into a type.

use super::{
    Analyser, OwnedClaim, OwnedNode, TypeRef, answer,
    intern::Shared,
    obligation::Obligation,
    origin::{Origin, Reason},
    site::{Reading, Site},
    value::{Entry, Fields, Sym, index_of},
};
use crate::{
    json::Pointer,
    service::{Kind, Shape},
    shape::{Bounds, Node},
};

impl Analyser<'_> {
    /// Claims that a value can be read as a type: one claim for each thing that it can be.
    pub(super) fn fits(&mut self, site: &Site, at: &Pointer, value: &Sym, target: TypeRef, what: &str) {
        self.fits_as(site, at, (value, false), target, what);
    }

    /// The same for the payload that a Lambda function is invoked with: a null comes to it as `{}`.
    pub(super) fn payload_fits(
        &mut self,
        site: &Site,
        at: &Pointer,
        value: &Sym,
        target: TypeRef,
        what: &str,
    ) {
        self.fits_as(site, at, (value, true), target, what);
    }

    /// Claims of a sum of numbers that it stays within AWS's limits, where a type declares how large one of them can be.
    #[track_caller]
    pub(super) fn within(
        &mut self,
        reading: &Reading<'_>,
        parts: &[Sym],
        (bounds, advice): (Bounds, &'static str),
    ) {
        let is_typed = |part: &Sym| {
            part.members().iter().any(|member| matches!(member, Sym::Leaf(_) | Sym::Computed(..)))
        };
        if self.report.is_none() || !self.typing.proven || !parts.iter().any(is_typed) {
            return;
        }
        let nodes = laid_out(&Sym::Tuple(Shared::new(parts.to_vec())), false);
        self.oblige(Obligation {
            at: reading.at.clone(),
            range: reading.range.clone(),
            place: reading.site.place.clone(),
            claim: OwnedClaim::Within { shown: reading.shown.clone(), nodes, bounds, advice },
        });
    }

    fn fits_as(
        &mut self,
        site: &Site,
        at: &Pointer,
        (value, sent): (&Sym, bool),
        target: TypeRef,
        what: &str,
    ) {
        if self.report.is_none() {
            return;
        }
        let strict = self.typing.strict;
        let mut claim = |at: Pointer, claim: OwnedClaim| {
            self.oblige(Obligation { at, range: None, place: site.place.clone(), claim });
        };
        // What goes by no name of its own is listed once, in however many ways it comes.
        let mut others = Vec::new();
        for member in value.members() {
            // What a Choice knows of its parts does not keep it from being null.
            let may_be_null = matches!(member.ground(), Sym::Null | Sym::Leaf(_) | Sym::Changed(_));
            let nodes = match sent && may_be_null {
                true => laid_out_behind(vec![OwnedNode::Other(Node::Sent(1))], member, strict),
                false => laid_out(member, strict),
            };
            match member {
                Sym::Reported => {}
                Sym::Any(_) if !strict => {}
                // A template: each of its fields is judged at its own place.
                Sym::Object(fields, None) => {
                    for (key, entry) in fields.iter() {
                        let nodes = laid_out(&entry.value, strict);
                        claim(
                            at.key(key),
                            OwnedClaim::FieldFits {
                                what: format!("the field `{key}` of {what}"),
                                keys: vec![key.to_string()],
                                nodes,
                                target,
                            },
                        );
                    }
                    claim(at.to_owned(), OwnedClaim::Complete { what: what.to_owned(), nodes, target });
                }
                Sym::Leaf(leaf) if leaf.steps.is_empty() => {
                    let mut what = format!("{} becomes {what}", leaf.origin);
                    if let Some(state) = leaf.origin.strip_prefix("the result of ") {
                        what.push_str(&format!(
                            " (to keep the data from before it, give {state} a `result_path`)"
                        ));
                    }
                    claim(at.to_owned(), OwnedClaim::Fits { what, nodes, target });
                }
                other if !sent => others.push(other.clone()),
                _ => claim(at.to_owned(), OwnedClaim::Fits { what: what.to_owned(), nodes, target }),
            }
        }
        if !others.is_empty() {
            let nodes = laid_out(&Sym::union(others), strict);
            claim(at.to_owned(), OwnedClaim::Fits { what: what.to_owned(), nodes, target });
        }
    }
}

/// A value laid out flat. A strict machine leans on nothing that was declared to be anything.
fn laid_out(value: &Sym, strict: bool) -> Vec<OwnedNode> {
    laid_out_behind(Vec::new(), value, strict)
}

fn laid_out_behind(mut nodes: Vec<OwnedNode>, value: &Sym, strict: bool) -> Vec<OwnedNode> {
    nodes_of(value, strict, &mut nodes);
    if strict {
        for node in &mut nodes {
            if let OwnedNode::Other(Node::Any) = node {
                *node = OwnedNode::Other(Node::Unknown(Reason::Undeclared.words()));
            }
        }
    }
    nodes
}

/// The depth, and the number of neighbours, up to which the parts of a service's answer are listed one by one.
const MOST_NESTED: usize = 4;
const MOST_BESIDE: usize = 60;

/// A service's answer as an object of its parts, which are taken to be there; but in a strict machine, where the service need not
/// give them.
fn unfolded(shape: &Shape, depth: usize, strict: bool) -> Sym {
    let below = |shape: &Shape| match depth {
        0 => Sym::Any(Origin::service()),
        _ => unfolded(shape, depth - 1, strict),
    };
    match shape.kind() {
        Kind::Structure(members) if members.len() > MOST_BESIDE => Sym::Any(Origin::service()),
        Kind::Structure(members) => {
            let mut fields = Fields::new();
            for member in &members {
                let value = match answer::of_member(member) {
                    Sym::Answer(shape) => below(&shape),
                    known => known,
                };
                let entry = Entry { absent: strict && !member.required, ..Entry::of(value) };
                // Runs of capitals may be written as in the API.
                fields.insert(member.api_name.into(), Entry { absent: true, ..entry.clone() });
                fields.insert((&*member.name).into(), entry);
            }
            Sym::Object(Shared::new(fields), None)
        }
        Kind::Map(value) => Sym::Map(Shared::new(below(&value))),
        Kind::List(item) => Sym::array(below(&item)),
        _ => Sym::answer(*shape).there(),
    }
}

/// A value laid out flat, as it is: node 0 is the value.
pub(super) fn outline(value: &Sym) -> Vec<OwnedNode> {
    let mut nodes = Vec::new();
    nodes_of(value, false, &mut nodes);
    nodes
}

/// Lays a value out flat; node 0 of what is appended is the value.
fn nodes_of(value: &Sym, strict: bool, nodes: &mut Vec<OwnedNode>) -> usize {
    let index = nodes.len();
    nodes.push(OwnedNode::Other(Node::Any));
    let node = match value {
        Sym::Any(_) | Sym::Reported => Node::Any,
        Sym::Unknown(reason) => Node::Unknown(reason.words()),
        Sym::Null => Node::Null,
        Sym::Bool(true) => Node::True,
        Sym::Bool(false) => Node::False,
        Sym::Text(text) => {
            nodes[index] = OwnedNode::Text(text.to_string());
            return index;
        }
        Sym::Integer(value) => Node::Integer(*value),
        Sym::String => Node::String,
        Sym::Timestamp => Node::Timestamp,
        Sym::Number => Node::Number,
        Sym::Whole(bounds) => Node::Whole(*bounds),
        Sym::Boolean => Node::Boolean,
        Sym::Answer(shape) => {
            nodes.truncate(index);
            return nodes_of(&unfolded(shape, MOST_NESTED, strict), strict, nodes);
        }
        Sym::Leaf(leaf) => {
            nodes[index] = OwnedNode::Leaf(leaf.ty, leaf.side(), (*leaf.steps).clone());
            return index;
        }
        // That there are items does not determine their type.
        Sym::Object(fields, Some(base)) if fields.keys().all(|key| index_of(key).is_some()) => {
            nodes.truncate(index);
            return nodes_of(base, strict, nodes);
        }
        // What a Choice knows of a part does not unmake the whole: if that fits, so does this.
        Sym::Object(fields, Some(base)) if fields.values().any(|entry| entry.narrowed) => {
            let plain = |keep_narrowed: bool| {
                let fields = fields.iter().filter(|(_, entry)| keep_narrowed || !entry.narrowed);
                let fields =
                    fields.map(|(key, entry)| (key.clone(), Entry { narrowed: false, ..entry.clone() }));
                let fields: Fields = fields.collect();
                if fields.is_empty() {
                    (**base).clone()
                } else {
                    Sym::Object(Shared::new(fields), Some(base.clone()))
                }
            };
            let narrowed = nodes_of(&plain(true), strict, nodes);
            Node::Either(narrowed, nodes_of(&plain(false), strict, nodes))
        }
        Sym::Object(fields, base) => {
            let first = nodes.len();
            nodes.extend(fields.iter().map(|_| OwnedNode::Other(Node::Any)));
            for (position, (key, entry)) in fields.iter().enumerate() {
                let needed = entry.needs();
                let mut value = nodes_of(&entry.value, strict, nodes);
                for needed in needed.unwrap_or_default() {
                    let there = nodes_of(needed, strict, nodes);
                    nodes.push(OwnedNode::Other(Node::If { value, there }));
                    value = nodes.len() - 1;
                }
                nodes[first + position] =
                    OwnedNode::Field { key: key.to_string(), value, absent: needed.is_none() };
            }
            let base = base.as_ref().map(|base| nodes_of(base, strict, nodes));
            Node::Object { first, len: fields.len(), base }
        }
        Sym::Array(item) => Node::Array(nodes_of(item, strict, nodes)),
        Sym::Map(value) => Node::Map(nodes_of(value, strict, nodes)),
        Sym::Changed(parts) => match &parts[..] {
            [like, item] => {
                let like = nodes_of(like, strict, nodes);
                Node::Changed { like, item: nodes_of(item, strict, nodes) }
            }
            _ => Node::Any,
        },
        Sym::Tuple(items) | Sym::Merged(items) | Sym::Union(items) | Sym::Computed(_, items) => {
            let first = nodes.len();
            nodes.extend(items.iter().map(|_| OwnedNode::Other(Node::Any)));
            for (position, item) in items.iter().enumerate() {
                let item = nodes_of(item, strict, nodes);
                nodes[first + position] = OwnedNode::Other(Node::Item(item));
            }
            let len = items.len();
            match value {
                Sym::Tuple(_) => Node::Tuple { first, len },
                Sym::Merged(_) => Node::Merged { first, len },
                Sym::Computed(how, _) => Node::Computed { how: *how, first, len },
                _ => Node::Union { first, len },
            }
        }
    };
    nodes[index] = OwnedNode::Other(node);
    index
}
