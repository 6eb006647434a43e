//! The parameters and results of services: structures, lists and maps.

use std::{borrow::Cow, cmp::Ordering};

use super::sdk::Block;
use crate::sort;

/// The type of a value in a service's API, if it is known.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The service whose structures are meant.
    block: Option<&'static Block>,
    of: Of,
    /// Whether names have the case of the SDK for Java.
    sdk: bool,
    /// Members beside those of the structure, or in place of one of the same name: `Name` or `Name:kind`.
    required: &'static str,
    optional: &'static str,
}

/// The kind of a member that the table takes away.
const NONE: &str = "!";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Of {
    /// A kind as in `sdk.txt`.
    Kind(&'static str),
    /// A structure's number; none has no members of its own.
    Structure(&'static str),
}

/// The kind of a [`Shape`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not known, or not bound.
    Anything,
    /// A string.
    String,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A time: a text or a number.
    Timestamp,
    /// Bytes: a text, or JSON where the service has JSON in them.
    Bytes,
    /// A list of what is the same.
    List(Shape),
    /// An object with keys of the user's own.
    Map(Shape),
    /// An object with keys of the service's.
    Structure(Vec<Member>),
}

/// A field of a structure: a parameter, or a part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The name in Step Functions: in PascalCase.
    pub name: Cow<'static, str>,
    /// The name in the API itself, but for a first letter in upper case.
    pub api_name: &'static str,
    /// Whether it is required.
    pub required: bool,
    /// The shape of its value.
    pub shape: Shape,
}

impl Member {
    /// Returns `true` if a name is this member's: runs of capitals at its beginning (`DBName`) may be as in the API or as in the SDK
    /// (`DbName`).
    pub fn is_named(&self, name: &str) -> bool {
        name == self.name
            || name == self.api_name
            || (name.starts_with(|first: char| first.is_ascii_uppercase())
                && uncapitalised(name) == uncapitalised(&self.name))
    }
}

impl Shape {
    /// The shape of which nothing is known.
    pub const ANYTHING: Self =
        Self { block: None, of: Of::Kind("*"), sdk: false, required: "", optional: "" };

    /// The structure of an action's input or output.
    pub(super) fn structure(block: Option<&'static Block>, digits: &'static str, sdk: bool) -> Self {
        Self { block, of: Of::Structure(digits), sdk, ..Self::ANYTHING }
    }

    /// A structure with members beside its own, or in place of those of the same name: `Name` or `Name:kind`.
    pub(super) fn with(self, required: &'static str, optional: &'static str) -> Self {
        Self { required, optional, ..self }
    }

    /// Returns `true` if it is of `aws-sdk:`.
    pub fn is_sdk(&self) -> bool {
        self.sdk
    }

    /// Returns the kind of the shape.
    pub fn kind(&self) -> Kind {
        let text = match self.of {
            Of::Structure(digits) => return Kind::Structure(self.members(digits)),
            Of::Kind(text) => text,
        };
        let below = |kind| Self { of: Of::Kind(kind), required: "", optional: "", ..*self };
        match text.split_at_checked(1) {
            Some(("s" | "k", "")) => Kind::String,
            Some(("i", "")) => Kind::Integer,
            Some(("n", "")) => Kind::Number,
            Some(("b", "")) => Kind::Boolean,
            Some(("t", "")) => Kind::Timestamp,
            Some(("o", "")) => Kind::Bytes,
            Some(("[", item)) => Kind::List(below(item)),
            Some(("{", value)) => Kind::Map(below(value)),
            Some(("@", digits)) => Kind::Structure(self.members(digits)),
            _ => Kind::Anything,
        }
    }

    /// The member of a name, where it is a structure that has it.
    pub fn member(&self, name: &str) -> Option<Member> {
        match self.kind() {
            Kind::Structure(members) => members.into_iter().find(|member| member.is_named(name)),
            _ => None,
        }
    }

    /// Returns the shape at the names of a row: `Jobs[].Container` goes through a list.
    pub(super) fn at(self, path: &str) -> Option<Self> {
        path.split('.').filter(|step| !step.is_empty()).try_fold(self, |shape, step| {
            let name = step.strip_suffix("[]");
            let below = shape.member(name.unwrap_or(step))?.shape;
            match below.kind() {
                Kind::List(item) if name.is_some() => Some(item),
                _ => name.is_none().then_some(below),
            }
        })
    }

    fn members(&self, digits: &'static str) -> Vec<Member> {
        let member = |name: &'static str, kind, required| {
            // Step Functions makes no token for `aws-sdk:`.
            let required = required && (self.sdk || kind != "k");
            let rendered = if self.sdk { sdk_name(name) } else { Cow::Borrowed(name) };
            let shape = Self { of: Of::Kind(kind), required: "", optional: "", ..*self };
            Member { name: rendered, api_name: name, required, shape }
        };
        let own = self.block.map(|block| block.structure(digits)).unwrap_or_default();
        let mut all = Vec::new();
        for (row, required) in [(self.required, true), (self.optional, false)] {
            for word in row.split_whitespace() {
                let (name, kind) = word.split_once(':').unwrap_or((word, ""));
                // Without a kind of its own it keeps that of the API.
                let kind = if kind.is_empty() {
                    own.iter().find(|own| own.0 == name).map_or("*", |own| own.1)
                } else {
                    kind
                };
                all.push(member(name, kind, required));
            }
        }
        let rows = all.len();
        for (name, kind, required) in own {
            if !all.iter().take(rows).any(|row| row.api_name == name) {
                all.push(member(name, kind, required));
            }
        }
        all.retain(|member| member.shape.of != Of::Kind(NONE));
        sort::sort_by(&mut all, |one, other| one.name.cmp(&other.name));
        all
    }

    fn key(&self) -> (Option<&str>, Of, bool, &str, &str) {
        (self.block.map(|block| block.service), self.of, self.sdk, self.required, self.optional)
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Shape {}

impl std::hash::Hash for Shape {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Shape {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Shape {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

/// Returns the name of a member of the API in the SDK for Java 2, and so in `aws-sdk:`: `DBName` is `DbName`, `ETag` stays.
fn sdk_name(name: &'static str) -> Cow<'static, str> {
    // A word of Java's own: the attribute values of DynamoDB have it.
    if name == "NULL" {
        return Cow::Borrowed("Nul");
    }
    let mut rendered = uncapitalised(name);
    if let Some(first) = rendered.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if rendered == name { Cow::Borrowed(name) } else { Cow::Owned(rendered) }
}

/// A name without the run of capitals that it begins with; a capital before a small letter begins the next word.
fn uncapitalised(name: &str) -> String {
    let bytes = name.as_bytes();
    let is_next_word = |at: usize| bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    let run = (1..bytes.len()).take_while(|&at| bytes[at].is_ascii_uppercase() && !is_next_word(at)).count();
    let end = (run + 1).min(bytes.len());
    match name.split_at_checked(end) {
        Some((capitals, rest)) => capitals.to_ascii_lowercase() + rest,
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::sdk::block;

    fn input(service: &str, action: &str, sdk: bool) -> Shape {
        let block = block(service).unwrap();
        Shape::structure(Some(block), block.action(action).unwrap()[0], sdk)
    }

    #[test]
    fn names_are_spelled_as_in_the_sdk_for_java() {
        for (name, rendered) in [
            ("DBInstanceIdentifier", "DbInstanceIdentifier"),
            ("ETag", "ETag"),
            ("ChecksumCRC32", "ChecksumCRC32"),
            ("MD5OfMessageBody", "Md5OfMessageBody"),
            ("VPCZoneIdentifier", "VpcZoneIdentifier"),
            ("ARN", "Arn"),
            ("S", "S"),
            ("NULL", "Nul"),
        ] {
            assert_eq!(sdk_name(name), rendered);
        }
        let member = input("rds", "describeDBInstances", true).member("DbInstanceIdentifier").unwrap();
        assert_eq!(member.name, "DbInstanceIdentifier");
        assert!(member.is_named("DBInstanceIdentifier"));
        assert!(!member.is_named("dbInstanceIdentifier"));
    }

    #[test]
    fn structures_lists_and_maps_are_looked_into() {
        let shape = input("dynamodb", "putItem", false);
        let Kind::Map(value) = shape.member("Item").unwrap().shape.kind() else { panic!("a map") };
        assert_eq!(value.member("S").unwrap().shape.kind(), Kind::String);
        let Kind::List(text) = value.member("SS").unwrap().shape.kind() else { panic!("a list") };
        assert_eq!(text.kind(), Kind::String);
        assert_eq!(
            input("ecs", "runTask", false).at("Overrides.ContainerOverrides[].Name").unwrap().kind(),
            Kind::String
        );
        assert_eq!(Shape::ANYTHING.kind(), Kind::Anything);
    }

    #[test]
    fn rows_add_members_and_take_the_place_of_others() {
        let shape = input("sqs", "sendMessage", false).with("DelaySeconds New", "QueueUrl MessageBody:*");
        let member = |name| shape.member(name).map(|member| (member.required, member.shape.kind()));
        assert_eq!(member("DelaySeconds"), Some((true, Kind::Integer)));
        assert_eq!(member("New"), Some((true, Kind::Anything)));
        assert_eq!(member("QueueUrl"), Some((false, Kind::String)));
        assert_eq!(member("MessageBody"), Some((false, Kind::Anything)));
        assert_eq!(member("Old"), None);
    }
}
