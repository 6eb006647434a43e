//! The coverage of the generator: by the tables of fields, operators, functions, forms and kinds of shapes, none of which it may miss.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use stepfn::draft::CHILD_ARN;
use stepfn_core::{
    asl::{Operator, QueryLanguage},
    intrinsic::Call,
    path::{Filter, FilterOperand, Path, Root, Segment, SegmentKind},
    shape::{Field, Given, Made, Shape},
};
use stepfn_core::{
    jsonata::{self, Expression, ExpressionKind},
    service::{self, Resource},
};

use crate::{
    constants,
    scope::CONTEXT,
    trial::{Trial, WorkKind},
};

/// Notes what a machine has, and those that it starts.
pub(crate) fn note(trial: &Trial, made: &mut BTreeSet<String>) {
    trial.whole().into_iter().for_each(|part| note_one(part, made));
}

fn note_one(trial: &Trial, made: &mut BTreeSet<String>) {
    let mut noter = Noter { made };
    noter.machine(&trial.machine, "StateMachine", QueryLanguage::JsonPath);
    constants::each_field(&trial.machine, "", &mut |field| {
        noter.made.insert(format!("constant {field}"));
    });
    noter.shape(trial.input);
    noter.mark_if(trial.express, "express");
    noter.mark_if(trial.strict, "strict");
    if let Some(output) = trial.output {
        noter.shape(output);
        noter.mark_if(true, "typed output");
    }
    for work in &trial.work {
        match &work.kind {
            WorkKind::Function { call, input, output, result } => {
                noter.made.insert(format!("work function {call:?}"));
                [Some(*input), Some(*output), *result]
                    .into_iter()
                    .flatten()
                    .for_each(|shape| noter.shape(shape));
            }
            WorkKind::Declared(result) => {
                noter.mark_if(true, if result.is_some() { "work declared" } else { "work undeclared" });
            }
            WorkKind::Service(_) => noter.mark_if(true, "work service"),
            WorkKind::Child { result, .. } => {
                result.iter().for_each(|shape| noter.shape(shape));
            }
            WorkKind::Reader { format, .. } => {
                noter.made.insert(format!("work reader {format:?}"));
            }
        }
    }
}

struct Noter<'m> {
    made: &'m mut BTreeSet<String>,
}

impl Noter<'_> {
    fn mark_if(&mut self, is: bool, mark: &str) {
        if is && !self.made.contains(mark) {
            self.made.insert(mark.to_owned());
        }
    }

    fn fields(&mut self, owner: &str, value: &Json, language: QueryLanguage) {
        for key in value.as_object().into_iter().flatten().map(|(key, _)| key) {
            let name = key.strip_suffix(".$").unwrap_or(key);
            self.made.insert(format!("field {} {owner} {name}", language.name()));
        }
    }

    fn machine(&mut self, machine: &Json, owner: &str, outer: QueryLanguage) {
        let own = match machine["QueryLanguage"].as_str() {
            Some("JSONata") => QueryLanguage::Jsonata,
            _ => outer,
        };
        self.fields(owner, machine, own);
        for (_, state) in machine["States"].as_object().into_iter().flatten() {
            let language = match state["QueryLanguage"].as_str() {
                Some("JSONata") => QueryLanguage::Jsonata,
                Some(_) => QueryLanguage::JsonPath,
                None => own,
            };
            self.state(state, language, own);
        }
    }

    fn state(&mut self, state: &Json, language: QueryLanguage, outer: QueryLanguage) {
        let resource = state["Resource"].as_str();
        if ["Arguments", "Parameters"].iter().any(|holder| state[*holder]["StateMachineArn"] == CHILD_ARN)
            && let Some(start) = resource.and_then(|arn| arn.strip_prefix("arn:aws:states:::"))
        {
            self.made.insert(format!("start {start}"));
        }
        match resource.map(service::lookup) {
            Some(Resource::Function) => self.mark_if(true, "resource Function"),
            Some(Resource::Activity) => self.mark_if(true, "resource Activity"),
            Some(Resource::Integration(_)) => self.mark_if(true, "resource Integration"),
            _ => {}
        }
        if let Some(Resource::Integration(named)) = resource.map(service::lookup) {
            self.made.insert(format!(
                "pattern {} {:?}",
                if named.sdk { "sdk" } else { "optimised" },
                named.pattern
            ));
            self.mark_if(!named.sdk, &format!("service {}", named.service));
        }
        self.fields(state["Type"].as_str().unwrap_or_default(), state, language);
        for (part, owner) in [
            ("Credentials", "Credentials"),
            ("ItemReader", "ItemReader"),
            ("ItemBatcher", "ItemBatcher"),
            ("ResultWriter", "ResultWriter"),
        ] {
            self.fields(owner, &state[part], language);
        }
        self.fields("ReaderConfig", &state["ItemReader"]["ReaderConfig"], language);
        self.fields("WriterConfig", &state["ResultWriter"]["WriterConfig"], language);
        self.words("ReaderConfig", &state["ItemReader"]["ReaderConfig"]);
        self.words("WriterConfig", &state["ResultWriter"]["WriterConfig"]);
        self.words("ProcessorConfig", &state["ItemProcessor"]["ProcessorConfig"]);
        for (part, owner) in [("Choices", "ChoiceRule"), ("Retry", "Retrier"), ("Catch", "Catcher")] {
            for item in state[part].as_array().into_iter().flatten() {
                self.rule(owner, item, language);
            }
        }
        for part in ["ItemProcessor", "Iterator"] {
            self.fields("ProcessorConfig", &state[part]["ProcessorConfig"], language);
            self.machine(&state[part], "ItemProcessor", outer);
        }
        for branch in state["Branches"].as_array().into_iter().flatten() {
            self.machine(branch, "Branch", outer);
        }
        for (key, value) in state.as_object().into_iter().flatten() {
            if !["ItemProcessor", "Iterator", "Branches"].contains(&key.as_str()) {
                self.texts(key, value, language);
            }
        }
    }

    /// The words in an object's fields.
    fn words(&mut self, owner: &str, object: &Json) {
        for (field, word) in object.as_object().into_iter().flatten() {
            if let Some(word) = word.as_str() {
                self.made.insert(format!("word {owner} {field} {word}"));
            }
        }
    }

    fn rule(&mut self, owner: &str, rule: &Json, language: QueryLanguage) {
        self.fields(owner, rule, language);
        if owner == "Retrier" {
            self.words(owner, rule);
        }
        for name in rule["ErrorEquals"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            self.made.insert(format!("error {owner} {name}"));
        }
        for (key, value) in rule.as_object().into_iter().flatten() {
            if key.parse::<Operator>().is_ok() {
                self.made.insert(format!("operator {key}"));
            }
            match key.as_str() {
                "And" | "Or" => value.as_array().into_iter().flatten().for_each(|rule| {
                    self.rule(owner, rule, language);
                }),
                "Not" => self.rule(owner, value, language),
                _ => {}
            }
        }
    }

    /// Paths and expressions.
    fn texts(&mut self, key: &str, value: &Json, language: QueryLanguage) {
        match value {
            Json::Object(fields) => fields.iter().for_each(|(key, value)| self.texts(key, value, language)),
            Json::Array(items) => items.iter().for_each(|item| self.texts(key, item, language)),
            Json::String(text) if language == QueryLanguage::Jsonata => {
                if let Some((inner, _)) = jsonata::expression_in(text)
                    && let Ok(expression) = jsonata::parse(inner)
                {
                    self.expression(&expression);
                    for (member, _) in CONTEXT {
                        self.mark_if(
                            inner.contains(&format!("$states.context.{member}")),
                            &format!("context JSONata {member}"),
                        );
                    }
                }
            }
            Json::String(text) if key.ends_with(".$") || key.ends_with("Path") || key == "Variable" => {
                if let Ok(call) = Call::parse(text) {
                    for call in call.calls() {
                        self.made.insert(format!(
                            "intrinsic {} of {}",
                            call.function.name(),
                            call.args.len().min(call.function.signature().params.len())
                        ));
                    }
                    let paths: Vec<_> = call.paths().map(|(path, _)| path.clone()).collect();
                    paths.iter().for_each(|path| self.path(path));
                } else if let Ok(path) = Path::parse(text) {
                    self.path(&path);
                }
            }
            _ => {}
        }
    }

    fn path(&mut self, path: &Path) {
        if path.root == Root::Context {
            for (member, _) in CONTEXT {
                self.mark_if(
                    path.as_str().starts_with(&format!("$$.{member}")),
                    &format!("context JSONPath {member}"),
                );
            }
        }
        self.segments(&path.segments);
    }

    fn segments(&mut self, segments: &[Segment]) {
        for segment in segments {
            self.segment(&segment.kind);
        }
    }

    fn segment(&mut self, kind: &SegmentKind) {
        let name = match kind {
            SegmentKind::Name(_) => "Name",
            SegmentKind::Names(_) => "Names",
            SegmentKind::Index(_) => "Index",
            SegmentKind::Indices(_) => "Indices",
            SegmentKind::Slice { .. } => "Slice",
            SegmentKind::Wildcard => "Wildcard",
            SegmentKind::Filter(filter) => {
                self.filter(filter);
                "Filter"
            }
            SegmentKind::Descend(inner) => {
                self.segment(inner);
                "Descend"
            }
            SegmentKind::Function(_) => "Function",
        };
        self.made.insert(format!("segment {name}"));
    }

    fn filter(&mut self, filter: &Filter) {
        let name = match filter {
            Filter::Or(all) => {
                all.iter().for_each(|one| self.filter(one));
                "Or"
            }
            Filter::And(all) => {
                all.iter().for_each(|one| self.filter(one));
                "And"
            }
            Filter::Not(one) => {
                self.filter(one);
                "Not"
            }
            Filter::Exists(_) => "Exists",
            Filter::Compare { left, op, right } => {
                for operand in [left, right] {
                    let name = match operand {
                        FilterOperand::Path(_) => "Path",
                        FilterOperand::String(_) => "String",
                        FilterOperand::Number(_) => "Number",
                        FilterOperand::Boolean(_) => "Boolean",
                        FilterOperand::Null => "Null",
                        FilterOperand::List(_) => "List",
                        FilterOperand::Regex(_) => "Regex",
                    };
                    self.made.insert(format!("filter operand {name}"));
                }
                op.symbol()
            }
        };
        self.made.insert(format!("filter {name}"));
    }

    fn expression(&mut self, expression: &Expression) {
        use ExpressionKind as Kind;
        // No arm for all: a form that is new does not compile here.
        let name = match &expression.kind {
            Kind::String(_) => "String",
            Kind::Number(_) => "Number",
            Kind::Boolean(_) => "Boolean",
            Kind::Null => "Null",
            Kind::Regex { .. } => "Regex",
            Kind::Name(_) => "Name",
            Kind::Variable(_) => "Variable",
            Kind::Wildcard => "Wildcard",
            Kind::Descendant => "Descendant",
            Kind::Parent => "Parent",
            Kind::Placeholder => "Placeholder",
            Kind::Path(_) => "Path",
            Kind::Filter { .. } => "Filter",
            Kind::KeepArray(_) => "KeepArray",
            Kind::OrderBy { .. } => "OrderBy",
            Kind::Group { .. } => "Group",
            Kind::Focus { .. } => "Focus",
            Kind::Index { .. } => "Index",
            Kind::Negate(_) => "Negate",
            Kind::Binary { operator, .. } => {
                self.made.insert(format!("binary {}", operator.symbol()));
                "Binary"
            }
            Kind::Array(_) => "Array",
            Kind::Object(_) => "Object",
            Kind::Block(_) => "Block",
            Kind::Conditional { .. } => "Conditional",
            Kind::Bind { .. } => "Bind",
            Kind::Lambda { .. } => "Lambda",
            Kind::Call { function, arguments } => {
                if let Kind::Variable(name) = &function.kind
                    && jsonata::function(name).is_some()
                {
                    self.made.insert(format!("function {name} of {}", arguments.len()));
                }
                "Call"
            }
            Kind::Transform { .. } => "Transform",
        };
        self.made.insert(format!("syntax {name}"));
        expression.parts().into_iter().for_each(|part| self.expression(part));
    }

    fn shape(&mut self, shape: &Shape) {
        let name = match shape {
            Shape::Any => "Any",
            Shape::Null => "Null",
            Shape::Boolean => "Boolean",
            Shape::Integer { min, max } => {
                self.mark_if(*min < 0, "shape negative Integer");
                self.mark_if(*max == u64::MAX.into(), "shape u64");
                self.mark_if(*max == i64::MAX.into(), "shape i64");
                "Integer"
            }
            Shape::Number => "Number",
            Shape::String => "String",
            Shape::Text(name) => name,
            Shape::Enum(shape) => {
                self.mark_if(shape.also_given.contains(&"*"), "shape Enum with other");
                self.mark_if(shape.also_given.contains(&"new"), "shape Enum with alias");
                "Enum"
            }
            Shape::Array(item) => {
                self.shape(item);
                "Array"
            }
            Shape::Tuple(items) => {
                items.iter().for_each(|item| self.shape(item));
                "Tuple"
            }
            Shape::Map(item) => {
                self.shape(item);
                "Map"
            }
            Shape::Keyed { value, .. } => {
                self.shape(value);
                "Keyed"
            }
            Shape::Object(object) => {
                object.fields.iter().for_each(|field| self.field(field));
                self.mark_if(object.deny_unknown_fields, "shape denying");
                for inner in object.flattened {
                    self.mark_if(true, "shape flattened");
                    self.mark_if(matches!(inner, Shape::Map(_)), "shape flattened Map");
                    self.mark_if(matches!(inner, Shape::OneOf(_)), "shape flattened OneOf");
                    self.shape(inner);
                }
                "Object"
            }
            Shape::Nullable(inner) => {
                self.shape(inner);
                "Nullable"
            }
            Shape::OneOf(one_of) => {
                one_of.alternatives.iter().for_each(|shape| self.shape(shape));
                one_of.common.fields.iter().for_each(|field| self.field(field));
                "OneOf"
            }
            Shape::Split { made, given } => {
                self.shape(made);
                self.shape(given);
                "Split"
            }
            Shape::Recursive(_) => "Recursive",
            Shape::Mixed => "Mixed",
            Shape::Token(answer) => {
                self.shape(answer);
                "Token"
            }
            // No type is of it.
            Shape::Never => "Never",
        };
        self.made.insert(format!("shape {name}"));
    }

    fn field(&mut self, field: &Field) {
        self.mark_if(field.given_as.len() > 1, "shape alias");
        self.mark_if(!field.given_as.contains(&field.made_as), "shape renamed");
        self.mark_if(field.made == Made::Never || field.given == Given::Never, "shape skipped");
        self.shape(field.shape);
    }
}

/// Returns the features of a small machine that are in no machine: the name of a hole's kind.
pub(crate) fn features(trial: &Trial) -> String {
    const PLAIN: [&str; 10] = [
        "Type",
        "StartAt",
        "States",
        "End",
        "Next",
        "QueryLanguage",
        "Comment",
        "ErrorEquals",
        "Resource",
        "StateMachine",
    ];
    let mut made = BTreeSet::new();
    let mut noter = Noter { made: &mut made };
    noter.machine(&trial.machine, "StateMachine", QueryLanguage::JsonPath);
    let tells = |mark: &&String| {
        let last = mark.split(' ').next_back().unwrap_or_default();
        !PLAIN.contains(&last)
            && !["syntax Path", "syntax Name", "syntax Variable", "segment Name"].contains(&mark.as_str())
    };
    let short = |mark: &String| mark.replace("field ", "").replace("syntax ", "").replace("segment ", "");
    made.iter().filter(tells).map(short).collect::<Vec<_>>().join(", ")
}
