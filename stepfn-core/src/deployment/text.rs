//! `${…}` in strings, and what each one belongs to.

use std::borrow::Cow;

use indexmap::IndexMap;

use crate::{
    definition::Reference,
    placeholder::{self, Part, is_framework_variable},
};

/// A part of a text of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that stays.
    Literal(&'a str),
    /// CloudFormation's: a substitution of the definition, or `${AWS::Region}` and its like.
    Reference(Cow<'a, Reference>),
    /// `${self:service}`: a variable of the Serverless Framework, whole.
    Framework(&'a str),
    /// Neither: the text between the braces stays as it is.
    Foreign(&'a str),
    /// A `${` without its brace, and all that follows.
    Unclosed(&'a str),
}

/// `${Stage}`: the stage that is deployed. Every format has a word for it.
const STAGE: &str = "Stage";

/// The names that every deployment knows.
const OF_A_DEPLOYMENT: [(&str, &str); 2] = [("Region", "AWS::Region"), ("Account", "AWS::AccountId")];

/// Cuts a text at its `${…}`.
pub fn split<'a>(text: &'a str, substitutions: &'a IndexMap<String, Reference>) -> Vec<Piece<'a>> {
    let piece = |part| match part {
        Part::Text(text) => Piece::Literal(text),
        Part::Unclosed(text) => Piece::Unclosed(text),
        Part::Placeholder { name, whole } => {
            if let Some(reference) = substitutions.get(name) {
                Piece::Reference(Cow::Borrowed(reference))
            } else if name.starts_with("AWS::") {
                Piece::Reference(Cow::Owned(Reference::Ref(name.to_owned())))
            } else if let Some((_, id)) = OF_A_DEPLOYMENT.iter().find(|(known, _)| *known == name) {
                Piece::Reference(Cow::Owned(Reference::Ref((*id).to_owned())))
            } else if name == STAGE {
                Piece::Framework("${sls:stage}")
            } else if is_framework_variable(name) {
                Piece::Framework(whole)
            } else {
                Piece::Foreign(name)
            }
        }
    };
    placeholder::parts(text).map(piece).collect()
}
