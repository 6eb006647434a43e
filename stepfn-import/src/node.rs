//! A JSON or YAML file as a tree with places. YAML's short forms of CloudFormation's functions (`!Sub`) become the long ones (`Fn::Sub`).

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use stepfn_core::{
    json,
    value::{Map, Value},
};

use super::{Error, indent::indented};

/// The greatest depth: that of JSON.
const MOST_DEPTH: usize = 128;
/// The size that a file may expand to, in nodes: a few lines of aliases can make any number of them, and of bytes. An anchor counts, too,
/// for it is a copy.
const MOST_NODES: usize = 1_000_000;
/// The length that all texts of a file may have together once its aliases are expanded.
const MOST_TEXT: usize = 64 << 20;

/// A value and where it begins.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// From 1.
    pub(super) line: usize,
    /// From 1, in characters.
    pub(super) column: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A text, number, boolean or null.
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|(known, _)| known == key).map(|(_, node)| node),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(value) => value.as_str(),
            _ => None,
        }
    }

    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The only entry of a map, as each function of CloudFormation is written.
    pub(super) fn only_entry(&self) -> Option<(&str, &Self)> {
        match self.entries() {
            [(key, value)] => Some((key, value)),
            _ => None,
        }
    }

    /// The node as plain data.
    pub(super) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::List(items) => Value::array(items.iter().map(Self::to_value)),
            Kind::Map(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    map.insert(key.as_str().into(), value.to_value());
                }
                map.into()
            }
        }
    }

    fn size(&self) -> Size {
        let below = |size: Size, node: &Self| {
            let below = node.size();
            Size {
                nodes: size.nodes + below.nodes,
                text: size.text + below.text,
                depth: size.depth.max(below.depth + 1),
            }
        };
        match &self.kind {
            Kind::Scalar(value) => Size { nodes: 1, text: value.as_str().map_or(0, str::len), depth: 1 },
            Kind::List(items) => items.iter().fold(Size { nodes: 1, text: 0, depth: 1 }, below),
            Kind::Map(entries) => {
                entries.iter().fold(Size { nodes: 1, text: 0, depth: 1 }, |size, (key, node)| {
                    let size = below(size, node);
                    Size { text: size.text + key.len(), ..size }
                })
            }
        }
    }
}

/// The size of a node.
#[derive(Clone, Copy, Debug)]
struct Size {
    nodes: usize,
    /// The bytes of its texts and keys.
    text: usize,
    depth: usize,
}

/// Reads a file: JSON where it is that, else YAML.
pub(super) fn parse(file: &str, text: &str) -> Result<Node, Error> {
    let looks_like_json = text.trim_start().starts_with('{');
    let is_json = file.ends_with(".json") || looks_like_json;
    match json::parse(text) {
        Ok(document) if is_json => Ok(of_json(document.cursor())),
        Err(error) if file.ends_with(".json") => Err(Error::Syntax {
            file: file.to_owned(),
            line: error.line,
            column: error.column,
            message: match error.help {
                Some(help) => format!("{}; {help}", error.message),
                None => error.message,
            },
        }),
        _ => of_yaml(file, text),
    }
}

/// A tree of JSON, which its parser has kept from being too deep.
fn of_json(here: json::Cursor<'_>) -> Node {
    let span = here.span();
    let kind = match here.value() {
        Value::Array(_) => Kind::List(here.items().map(of_json).collect()),
        Value::Object(_) => {
            Kind::Map(here.members().map(|(key, below)| (key.to_owned(), of_json(below))).collect())
        }
        scalar => Kind::Scalar(scalar.clone()),
    };
    Node { line: span.line, column: span.column, kind }
}

/// A list or map that is being read.
struct Open {
    node: Node,
    tag: Option<String>,
    anchor: usize,
    key: Option<String>,
    /// The position of each key's entry.
    index: HashMap<String, usize>,
}

struct Reader<'a> {
    file: &'a str,
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, Size)>,
    nodes: usize,
    text: usize,
    root: Option<Node>,
}

fn of_yaml(file: &str, text: &str) -> Result<Node, Error> {
    strictly(file, text).or_else(|error| match indented(text) {
        // A flow mapping may close at any column to most readers: `KeyPolicy: {` … `}`.
        Some(text) => strictly(file, &text).map_err(|_| error),
        None => Err(error),
    })
}

fn strictly(file: &str, text: &str) -> Result<Node, Error> {
    let mut reader =
        Reader { file, open: Vec::new(), anchors: HashMap::new(), nodes: 0, text: 0, root: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax(file, *error.marker(), error.info()))?;
        reader.event(event, span.start)?;
        // What follows the first document is none of it.
        if reader.root.is_some() {
            break;
        }
    }
    reader
        .root
        .ok_or_else(|| Error::NoMachine { file: file.to_owned(), message: "the file is empty".to_owned() })
}

fn syntax(file: &str, mark: Marker, message: &str) -> Error {
    Error::Syntax {
        file: file.to_owned(),
        line: mark.line(),
        column: mark.col() + 1,
        message: message.to_owned(),
    }
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, mark: Marker) -> Result<(), Error> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref());
                let node = tagged(tag.as_deref().and_then(function), self.node(Kind::Scalar(value), mark));
                self.done(node, anchor, mark)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(Kind::List(Vec::new()), anchor, tag.as_deref(), mark)
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(Kind::Map(Vec::new()), anchor, tag.as_deref(), mark)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                self.done(tagged(open.tag, open.node), open.anchor, mark)
            }
            Event::Alias(anchor) => {
                let Some(size) = self.anchors.get(&anchor).map(|(_, size)| *size) else {
                    return Err(syntax(self.file, mark, "the alias is not defined yet"));
                };
                if self.open.len() + size.depth > MOST_DEPTH {
                    return Err(syntax(self.file, mark, &format!("nested deeper than {MOST_DEPTH} levels")));
                }
                self.count(size, mark)?;
                let Some((node, _)) = self.anchors.get(&anchor).cloned() else { return Ok(()) };
                self.put(node, mark)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn node(&self, kind: Kind, mark: Marker) -> Node {
        Node { line: mark.line(), column: mark.col() + 1, kind }
    }

    fn begin(&mut self, kind: Kind, anchor: usize, tag: Option<&Tag>, mark: Marker) -> Result<(), Error> {
        if self.open.len() >= MOST_DEPTH {
            return Err(syntax(self.file, mark, &format!("nested deeper than {MOST_DEPTH} levels")));
        }
        let node = self.node(kind, mark);
        let tag = tag.and_then(function);
        self.open.push(Open { node, tag, anchor, key: None, index: HashMap::new() });
        Ok(())
    }

    /// Counts what is about to be held.
    fn count(&mut self, size: Size, mark: Marker) -> Result<(), Error> {
        self.nodes += size.nodes;
        self.text += size.text;
        if self.nodes > MOST_NODES || self.text > MOST_TEXT {
            return Err(syntax(self.file, mark, "the file is too large, or its aliases make too much of it"));
        }
        Ok(())
    }

    /// Takes a node that ends here.
    fn done(&mut self, node: Node, anchor: usize, mark: Marker) -> Result<(), Error> {
        let text = match &node.kind {
            Kind::Scalar(value) => value.as_str().map_or(0, str::len),
            // Keys were counted as the scalars that they are, items as they came.
            Kind::List(_) | Kind::Map(_) => 0,
        };
        self.count(Size { nodes: 1, text, depth: 1 }, mark)?;
        if anchor != 0 {
            let size = node.size();
            self.count(size, mark)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        self.put(node, mark)
    }

    /// Puts a node where it belongs.
    fn put(&mut self, node: Node, mark: Marker) -> Result<(), Error> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        let Open { index, key, .. } = open;
        match (&mut open.node.kind, key.take()) {
            (Kind::List(items), _) => items.push(node),
            (Kind::Map(entries), Some(key)) if key == "<<" => merge(entries, index, node),
            (Kind::Map(entries), Some(name)) => match index.get(&name).and_then(|at| entries.get_mut(*at)) {
                Some(known) => known.1 = node,
                None => {
                    index.insert(name.clone(), entries.len());
                    entries.push((name, node));
                }
            },
            (_, None) => match node.kind {
                Kind::Scalar(Value::String(name)) => *key = Some(name.to_string()),
                Kind::Scalar(name) => *key = Some(name.to_string()),
                _ => return Err(syntax(self.file, mark, "a key is a text")),
            },
            (Kind::Scalar(_), Some(_)) => {}
        }
        Ok(())
    }
}

/// `<<: *defaults`: the entries of another map, behind those of this one.
fn merge(entries: &mut Vec<(String, Node)>, index: &mut HashMap<String, usize>, node: Node) {
    let maps = match node.kind {
        Kind::List(items) if !items.is_empty() => items,
        _ => vec![node],
    };
    for map in maps {
        let Kind::Map(merged) = map.kind else { continue };
        for (key, value) in merged {
            if !index.contains_key(&key) {
                index.insert(key.clone(), entries.len());
                entries.push((key, value));
            }
        }
    }
}

/// The long form of a function's tag: `!GetAtt` is `Fn::GetAtt`.
fn function(tag: &Tag) -> Option<String> {
    match (tag.handle.as_str(), tag.suffix.as_str()) {
        ("!", name @ ("Ref" | "Condition")) => Some(name.to_owned()),
        ("!", name) if !name.is_empty() => Some(format!("Fn::{name}")),
        _ => None,
    }
}

fn tagged(function: Option<String>, node: Node) -> Node {
    match function {
        Some(name) => Node { line: node.line, column: node.column, kind: Kind::Map(vec![(name, node)]) },
        None => node,
    }
}

/// A scalar of YAML's core schema: plain words are null, booleans or numbers where they look so.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    if style != ScalarStyle::Plain || is_text {
        return text.into();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| text.into()),
    }
}

fn number(text: &str) -> Option<Value> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return None;
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    match json::parse_value(text.trim_start_matches('+')) {
        Ok(value @ Value::Number(_)) => Some(value),
        // `.5` and `1.` are numbers of YAML alone.
        _ if text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte)) => {
            text.parse::<f64>().ok().and_then(stepfn_core::value::Number::from_f64).map(Value::Number)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(node: &Node) -> String {
        match &node.kind {
            Kind::Scalar(value) => value.to_string(),
            Kind::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(",")),
            Kind::Map(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| format!("{key}:{}", json(value))).collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    fn yaml(text: &str) -> String {
        json(&parse("a.yml", text).unwrap())
    }

    #[test]
    fn scalars_are_read_as_the_core_schema_has_them() {
        assert_eq!(
            yaml("[a, 1, -2, 1.5, 1e3, .5, 012, 0x1f, true, null, ~, '1', \"true\", !!str 7, 1.2.3, on]"),
            r#"["a",1,-2,1.5,1e3,0.5,12,"0x1f",true,null,null,"1","true","7","1.2.3","on"]"#
        );
        assert_eq!(yaml("a: |\n  x\n  y\nb: >-\n  x\n  y\n"), r#"{a:"x\ny\n",b:"x y"}"#);
    }

    #[test]
    fn tags_become_functions_in_their_long_form() {
        assert_eq!(
            yaml("a: !Ref X\nb: !GetAtt X.Arn\nc: !Sub\n  - x\n  - { y: 1 }\nd: !Join ['', [a, !Ref B]]\n"),
            r#"{a:{Ref:"X"},b:{Fn::GetAtt:"X.Arn"},c:{Fn::Sub:["x",{y:1}]},d:{Fn::Join:["",["a",{Ref:"B"}]]}}"#
        );
    }

    #[test]
    fn anchors_and_merged_maps_stand_where_they_are_used() {
        assert_eq!(
            yaml("base: &base { a: 1, b: 2 }\nuse: { <<: *base, b: 3 }\nagain: *base\n"),
            "{base:{a:1,b:2},use:{a:1,b:3},again:{a:1,b:2}}"
        );
    }

    #[test]
    fn places_are_those_of_the_file() {
        let node = parse("a.yml", "a:\n  b: [1,\n    x]\n").unwrap();
        let item = &node.get("a").unwrap().get("b").unwrap().items()[1];
        assert_eq!((item.line, item.column), (3, 5));
        let error = parse("a.yml", "a: [1\nb: 2").unwrap_err();
        assert!(error.to_string().starts_with("a.yml:2:"), "{error}");
        let error = parse("a.json", "{\"a\": tru}").unwrap_err();
        assert!(error.to_string().starts_with("a.json:1:7:"), "{error}");
    }

    #[test]
    fn what_would_grow_without_end_is_refused() {
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..40 {
            bomb.push_str(&format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1));
        }
        assert!(parse("a.yml", &bomb).unwrap_err().to_string().contains("too much"));
        let deep = format!("{}{}", "- ".repeat(200), "x");
        assert!(parse("a.yml", &deep).unwrap_err().to_string().contains("deeper"));
    }

    /// Seconds and megabytes would show a bound that does not hold: each of these expands to gigabytes.
    #[test]
    fn aliases_of_large_texts_and_keys_are_counted_in_bytes() {
        let long = "x".repeat(1 << 20);
        for use_it in ["- *a\n", "- { ? *a : 1 }\n", "- { ? *a : *a }\n"] {
            let bomb = format!("- &a {long}\n{}", use_it.repeat(4_000));
            assert!(parse("a.yml", &bomb).unwrap_err().to_string().contains("too much"), "{use_it}");
        }
    }

    /// An anchor within an anchor within an anchor is as many copies.
    #[test]
    fn nested_anchors_are_counted() {
        let mut text = String::new();
        for level in 0..100 {
            text.push_str(&format!("&a{level}\n{}- ", "  ".repeat(level)));
        }
        text.push_str(&format!("[{}]", "x, ".repeat(20_000)));
        let result = parse("a.yml", &text);
        assert!(result.is_err_and(|error| error.to_string().contains("too much")));
    }

    #[test]
    fn reading_is_linear_in_keys_and_merges() {
        let mut text = "base: &base\n".to_owned();
        for key in 0..60_000 {
            text.push_str(&format!("  key{key}: 1\n"));
        }
        text.push_str("all:\n  <<: *base\n  key7: 2\n");
        let started = std::time::Instant::now();
        let node = parse("a.yml", &text).unwrap();
        assert_eq!(node.get("all").unwrap().entries().len(), 60_000);
        assert_eq!(json(node.get("all").unwrap().get("key7").unwrap()), "2");
        assert!(started.elapsed().as_secs() < 20, "quadratic: {:?}", started.elapsed());
    }
}
