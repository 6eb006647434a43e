//! The list of what the facade makes public, with the members of its types.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    env, fs,
};

use syn::{Fields, ImplItem, Item, TraitItem, UseTree, Visibility};

use crate::source::{Source, crates, is_hidden, is_test, root, sources};

type Module = Vec<String>;

/// A crate as modules with their items.
struct Krate {
    modules: HashMap<Module, Vec<Item>>,
}

impl Krate {
    fn new(folder: &str) -> Self {
        let mut modules = HashMap::new();
        for Source { module, mut file, .. } in sources(folder) {
            if folder == "stepfn-core" && module == ["asl", "model"] {
                file.items.extend(of_rows());
            }
            if folder == "stepfn-core" && module == ["builder", "state"] {
                file.items.extend(setters_of_rows());
            }
            Self::add(&mut modules, module, file.items);
        }
        Self { modules }
    }

    fn add(modules: &mut HashMap<Module, Vec<Item>>, at: Module, items: Vec<Item>) {
        for item in &items {
            if let Item::Mod(inner) = item
                && let Some((_, inner_items)) = &inner.content
                && !is_test(&inner.attrs)
            {
                let mut at = at.clone();
                at.push(inner.ident.to_string());
                Self::add(modules, at, inner_items.clone());
            }
        }
        modules.insert(at, items);
    }
}

/// The rows of the schema: the struct that holds a field, the field with its colon, and its type.
fn rows() -> Vec<[String; 3]> {
    let text = fs::read_to_string(root().join("stepfn-core/src/asl/schema/rows.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.trim().strip_prefix("{ "));
    let row = |row: &str| {
        let words: Vec<&str> = row.split_whitespace().collect();
        [words[0], words[2], words[3].trim_end_matches(',')].map(str::to_owned)
    };
    rows.map(row).collect()
}

/// The methods that the builder's macro makes of the rows.
fn setters_of_rows() -> Vec<Item> {
    let own = rows().into_iter().filter(|[holder, _, ty]| {
        ["Task", "Map", "Fail"].contains(&holder.as_str())
            && ["Option<Amount>", "Option<String>"].contains(&ty.as_str())
    });
    let item = |[holder, field, _]: [String; 3]| {
        let method = field.trim_end_matches(':');
        syn::parse_str(&format!("impl {holder} {{ pub fn {method}(self) {{}} }}")).unwrap()
    };
    own.map(item).collect()
}

/// The structs that the macros of the model make of the rows of the schema: nobody sees them in the source.
fn of_rows() -> Vec<Item> {
    let rows = rows();
    let mut structs = BTreeMap::<&str, String>::new();
    for [holder, field, _] in &rows {
        *structs.entry(holder).or_default() += &format!("pub {field} (),");
    }
    for (holder, fields) in &mut structs {
        let own = match *holder {
            "State" => "pub kind: (), pub unknown: (),",
            "StateMachine" | "Retrier" | "Catcher" => "pub unknown: (),",
            _ => "",
        };
        fields.push_str(own);
    }
    assert!(structs.len() > 8, "the rows are not where they were: {structs:?}");
    let item = |(holder, fields)| syn::parse_str(&format!("pub struct {holder} {{ {fields} }}")).unwrap();
    structs.into_iter().map(item).collect()
}

/// Where a path leads.
enum Target {
    Module(String, Module),
    Item(String, Module, String),
    /// Something of a crate that is not ours.
    Foreign,
}

struct Public {
    crates: BTreeMap<String, Krate>,
    out: BTreeSet<String>,
    /// How many of the names are members: methods, fields, variants.
    members: usize,
    /// The structs and enums.
    types: BTreeSet<String>,
    /// The paths of each item, by its crate, module and name.
    homes: BTreeMap<(String, Module, String), Vec<String>>,
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// What a `use` brings in: the path, and the name that it gets here.
fn leaves(tree: &UseTree, before: &[String], out: &mut Vec<(Vec<String>, String)>) {
    let with = |name: &syn::Ident| before.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
    match tree {
        UseTree::Path(path) => leaves(&path.tree, &with(&path.ident), out),
        UseTree::Name(name) if name.ident == "self" => {
            out.push((before.to_vec(), before.last().cloned().unwrap_or_default()));
        }
        UseTree::Name(name) => out.push((with(&name.ident), name.ident.to_string())),
        UseTree::Rename(renamed) => out.push((with(&renamed.ident), renamed.rename.to_string())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, before, out)),
        UseTree::Glob(_) => out.push((before.to_vec(), "*".to_owned())),
    }
}

/// The name of an item, and whether it is public; `use`, `mod` and `impl` have none.
fn named(item: &Item) -> Option<(String, bool)> {
    let of = |name: &syn::Ident, visibility: &Visibility, attributes: &[syn::Attribute]| {
        Some((name.to_string(), is_public(visibility) && !is_hidden(attributes) && !is_test(attributes)))
    };
    match item {
        Item::Struct(item) => of(&item.ident, &item.vis, &item.attrs),
        Item::Enum(item) => of(&item.ident, &item.vis, &item.attrs),
        Item::Trait(item) => of(&item.ident, &item.vis, &item.attrs),
        Item::Fn(item) => of(&item.sig.ident, &item.vis, &item.attrs),
        Item::Const(item) => of(&item.ident, &item.vis, &item.attrs),
        Item::Static(item) => of(&item.ident, &item.vis, &item.attrs),
        Item::Type(item) => of(&item.ident, &item.vis, &item.attrs),
        Item::Macro(item) => {
            let exported = item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
            item.ident.as_ref().map(|name| (name.to_string(), exported && !is_hidden(&item.attrs)))
        }
        _ => None,
    }
}

impl Public {
    fn items(&self, of: &str, module: &[String]) -> &[Item] {
        self.crates.get(of).and_then(|krate| krate.modules.get(module)).map_or(&[], Vec::as_slice)
    }

    /// Follows a path from a module of a crate.
    fn resolve(&self, of: &str, module: &[String], path: &[String]) -> Target {
        let Some((first, rest)) = path.split_first() else {
            return Target::Module(of.to_owned(), module.to_vec());
        };
        match first.as_str() {
            "crate" => return self.resolve(of, &[], rest),
            "self" => return self.resolve(of, module, rest),
            "super" => return self.resolve(of, &module[..module.len() - 1], rest),
            _ => {}
        }
        let inner: Module = module.iter().cloned().chain([first.clone()]).collect();
        if self.crates[of].modules.contains_key(&inner) {
            // A function may be called as a module is: the file is what a path goes on in, the function where it ends.
            if !rest.is_empty() {
                return self.resolve(of, &inner, rest);
            }
            if !self.has(of, module, first) {
                return match self.brought_from_below(of, module, first) {
                    Some(path) => self.resolve(of, module, &path),
                    None => self.resolve(of, &inner, rest),
                };
            }
        }
        if rest.is_empty() && self.has(of, module, first) {
            return Target::Item(of.to_owned(), module.to_vec(), first.clone());
        }
        for item in self.items(of, module) {
            let Item::Use(used) = item else { continue };
            let mut brought = Vec::new();
            leaves(&used.tree, &[], &mut brought);
            for (path, name) in brought {
                if name == *first && path.first() != Some(first) {
                    let path: Vec<_> = path.iter().chain(rest).cloned().collect();
                    return self.resolve(of, module, &path);
                }
            }
        }
        if self.crates.contains_key(first) { self.resolve(first, &[], rest) } else { Target::Foreign }
    }

    /// The path of a function that a module imports from the one below that is called the same: `use read::read`.
    fn brought_from_below(&self, of: &str, module: &[String], name: &str) -> Option<Vec<String>> {
        self.items(of, module).iter().find_map(|item| {
            let Item::Use(used) = item else { return None };
            let mut brought = Vec::new();
            leaves(&used.tree, &[], &mut brought);
            let below = brought.into_iter().find(|(path, given)| {
                let path: Vec<&str> =
                    path.iter().map(String::as_str).skip_while(|part| *part == "self").collect();
                given == name && path == [name, name]
            });
            below.map(|(path, _)| path)
        })
    }

    fn has(&self, of: &str, module: &[String], name: &str) -> bool {
        self.items(of, module).iter().any(|item| named(item).is_some_and(|(found, _)| found == name))
    }

    /// Lists what a module makes public, under the name that it has for users.
    fn module(&mut self, of: &str, module: &[String], shown: &str) {
        let items = self.items(of, module).to_vec();
        for item in &items {
            match item {
                Item::Mod(inner) if is_public(&inner.vis) && !is_hidden(&inner.attrs) => {
                    let path: Module = module.iter().cloned().chain([inner.ident.to_string()]).collect();
                    self.module(of, &path, &format!("{shown}{}::", inner.ident));
                }
                Item::Use(used) if is_public(&used.vis) && !is_hidden(&used.attrs) => {
                    let mut brought = Vec::new();
                    leaves(&used.tree, &[], &mut brought);
                    for (path, name) in brought {
                        assert!(
                            name != "*",
                            "`{shown}` re-exports whatever `{}` has: name it",
                            path.join("::")
                        );
                        match self.resolve(of, module, &path) {
                            Target::Module(of, module) => {
                                self.module(&of, &module, &format!("{shown}{name}::"));
                            }
                            Target::Item(of, module, defined) => {
                                self.item(&of, &module, &defined, &format!("{shown}{name}"));
                            }
                            Target::Foreign => {
                                self.out.insert(format!("{shown}{name}"));
                            }
                        }
                    }
                }
                item => {
                    if let Some((name, true)) = named(item) {
                        self.item(of, module, &name, &format!("{shown}{name}"));
                    }
                }
            }
        }
    }

    fn member(&mut self, name: String) {
        if self.out.insert(name) {
            self.members += 1;
        }
    }

    fn fields(&mut self, fields: &Fields, shown: &str) {
        for (index, field) in fields.iter().enumerate() {
            if is_public(&field.vis) && !is_hidden(&field.attrs) {
                let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
                self.member(format!("{shown}.{name}"));
            }
        }
    }

    /// Lists an item with its members: fields, variants, methods.
    fn item(&mut self, of: &str, module: &[String], name: &str, shown: &str) {
        self.out.insert(shown.to_owned());
        let home = (of.to_owned(), module.to_vec(), name.to_owned());
        self.homes.entry(home).or_default().push(shown.to_owned());
        let items = self.items(of, module).to_vec();
        for item in items.iter().filter(|item| named(item).is_some_and(|(found, _)| found == name)) {
            match item {
                Item::Struct(item) => {
                    self.types.insert(shown.to_owned());
                    self.fields(&item.fields, shown);
                }
                Item::Enum(item) => {
                    self.types.insert(shown.to_owned());
                    for variant in item.variants.iter().filter(|variant| !is_hidden(&variant.attrs)) {
                        self.member(format!("{shown}::{}", variant.ident));
                    }
                }
                Item::Trait(item) => {
                    for member in &item.items {
                        let (name, attributes) = match member {
                            TraitItem::Fn(item) => (&item.sig.ident, &item.attrs),
                            TraitItem::Const(item) => (&item.ident, &item.attrs),
                            TraitItem::Type(item) => (&item.ident, &item.attrs),
                            _ => continue,
                        };
                        if !is_hidden(attributes) {
                            self.member(format!("{shown}::{name}"));
                        }
                    }
                }
                _ => {}
            }
        }
        for method in self.methods(of, module, name) {
            self.member(format!("{shown}::{method}"));
        }
    }

    /// The public methods of a type, wherever in its crate they are: an `impl` for it is in its own module, or below the same
    /// module of the root, or where the name is imported.
    fn methods(&self, of: &str, module: &[String], name: &str) -> Vec<String> {
        let mut out = Vec::new();
        for (at, items) in &self.crates[of].modules {
            for item in items {
                let Item::Impl(block) = item else { continue };
                let syn::Type::Path(path) = &*block.self_ty else { continue };
                let path: Vec<_> = path.path.segments.iter().map(|part| part.ident.to_string()).collect();
                if block.trait_.is_some()
                    || is_test(&block.attrs)
                    || path.last().is_none_or(|last| last != name)
                {
                    continue;
                }
                let Target::Item(_, defined, _) = self.resolve(of, at, &path) else { continue };
                if defined != module {
                    continue;
                }
                for member in &block.items {
                    match member {
                        ImplItem::Fn(method) if is_public(&method.vis) && !is_hidden(&method.attrs) => {
                            out.push(method.sig.ident.to_string());
                        }
                        ImplItem::Const(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                            out.push(item.ident.to_string());
                        }
                        _ => {}
                    }
                }
            }
        }
        out
    }
}

/// All that the facade makes public.
fn public() -> Public {
    let crates = crates()
        .iter()
        .map(|folder| {
            let name = if folder.is_empty() { "stepfn" } else { folder };
            (name.replace('-', "_"), Krate::new(folder))
        })
        .collect();
    let mut public =
        Public { crates, out: BTreeSet::new(), members: 0, types: BTreeSet::new(), homes: BTreeMap::new() };
    public.module("stepfn", &[], "");
    public
}

/// What has two paths on purpose: the one at the root of the facade is what most programs import.
const AT_THE_ROOT: [&str; 6] = ["Definition", "Workflow", "WorkflowType", "Task", "TaskError", "StateData"];

#[test]
fn each_public_item_has_one_path() {
    let public = public();
    assert!(public.homes.len() > 150, "only {} items", public.homes.len());
    let twice: Vec<_> = public
        .homes
        .values()
        .filter(|paths| match paths.as_slice() {
            [_] => false,
            [one, other] => ![one, other].iter().any(|path| AT_THE_ROOT.contains(&path.as_str())),
            _ => true,
        })
        .collect();
    assert!(twice.is_empty(), "these are public under several paths: {twice:#?}");
}

/// `tests/send_sync.rs` of the facade asserts of every public type that it can be shared between threads, or names it as one that
/// cannot.
#[test]
fn each_public_type_is_asserted_to_be_shareable_between_threads() {
    let public = public();
    assert!(public.types.len() > 150, "only {} types", public.types.len());
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    // What is behind features of a crate of its own is in the test of that crate.
    let of_durable =
        read("stepfn-durable/tests/send_sync.rs").replace("stepfn_durable::", "stepfn::durable::");
    let text = read("tests/send_sync.rs") + &of_durable;
    // The arguments are of the test's choice.
    let name = |line: &str| {
        let name = line.trim().strip_prefix("stepfn::")?.strip_suffix(',')?;
        Some(name.split_once('<').map_or(name, |(name, _)| name).to_owned())
    };
    let asserted: BTreeSet<String> = text.lines().filter_map(name).collect();
    let missing: Vec<_> = public.types.difference(&asserted).collect();
    let gone: Vec<_> = asserted.difference(&public.types).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "`tests/send_sync.rs` lacks {missing:#?}, and has these that are not public: {gone:#?}"
    );
}

/// `public.txt` lists what the facade gives with all features: a change of it is seen in review. `STEPFN_BLESS=1` writes it.
/// Methods and fields that a macro of the crate makes are not in it, nor what is of other crates.
#[test]
fn what_is_public_is_listed() {
    let public = public();
    let (names, members) = (public.out.len() - public.members, public.members);
    assert!(names > 100 && members > 300, "{names} names, {members} members");
    for known in [
        "state_machine",
        "asl::StateMachine",
        "builder::Machine::new",
        "value::Value::as_str",
        "executor::Executor::run",
    ] {
        assert!(public.out.contains(known), "`{known}` was not found");
    }
    let mut list = format!("# {names} names, {members} members of theirs\n");
    for name in &public.out {
        list.push_str(name);
        list.push('\n');
    }
    let path = root().join("tests/house/src/public.txt");
    if env::var_os("STEPFN_BLESS").is_some() {
        fs::write(&path, &list).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let (before, now): (BTreeSet<_>, BTreeSet<_>) = (written.lines().collect(), list.lines().collect());
    let changed: Vec<String> = (before.difference(&now).map(|gone| format!("- {gone}")))
        .chain(now.difference(&before).map(|new| format!("+ {new}")))
        .collect();
    assert!(
        written == list,
        "`tests/house/src/public.txt` is not what is public (STEPFN_BLESS=1 writes it):\n{}",
        changed.join("\n")
    );
}
