//! The floors of core: a module uses those below it. What still runs upwards is listed, and the list only ever shrinks.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use syn::{
    ItemMod, ItemUse, UseTree,
    visit::{self, Visit},
};

use crate::source::{Source, is_test, root, sources};

/// The modules of core that a file names by `crate::…`, tests left out.
#[derive(Default)]
struct Named(BTreeSet<Vec<String>>);

impl Named {
    fn tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| before.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, before)),
            UseTree::Name(name) => self.add(with(&name.ident)),
            UseTree::Rename(renamed) => self.add(with(&renamed.ident)),
            UseTree::Glob(_) => self.add(before.to_vec()),
        }
    }

    fn add(&mut self, path: Vec<String>) {
        self.0.insert(path);
    }
}

impl<'ast> Visit<'ast> for Named {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !is_test(&item.attrs) {
            self.tree(&item.tree, &[]);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.add(path.segments.iter().map(|part| part.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
}

/// What a file names, as paths from the crate's root.
pub(crate) fn named(source: &Source) -> BTreeSet<Vec<String>> {
    let mut named = Named::default();
    named.visit_file(&source.file);
    let mut out = BTreeSet::new();
    for path in named.0 {
        let mut module = source.module.clone();
        let mut rest = path.as_slice();
        match path.first().map(String::as_str) {
            Some("crate") => {
                module.clear();
                rest = &rest[1..];
            }
            Some("self") => rest = &rest[1..],
            Some("super") => {
                while rest.first().is_some_and(|part| part == "super") {
                    module.pop();
                    rest = &rest[1..];
                }
            }
            _ => continue,
        }
        module.extend(rest.iter().cloned());
        out.insert(module);
    }
    out
}

/// Reads floors from the file: lines `floor: module module …`, from the ground up, then `from -> to files` for what runs upwards.
struct Plan {
    floors: Vec<(String, Vec<String>)>,
    upwards: BTreeMap<(String, String), usize>,
}

fn plan(name: &str) -> Plan {
    let text = fs::read_to_string(root().join("tests/house/src").join(name)).unwrap();
    let (mut floors, mut upwards) = (Vec::new(), BTreeMap::new());
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        if let Some((from, to)) = line.split_once(" -> ") {
            let (to, count) = to.split_once(' ').unwrap_or_else(|| panic!("`{line}` has no number"));
            upwards.insert((from.to_owned(), to.to_owned()), count.trim().parse().unwrap());
        } else {
            let (floor, modules) = line.split_once(": ").unwrap_or_else(|| panic!("`{line}` is no floor"));
            floors.push((floor.to_owned(), modules.split(' ').map(str::to_owned).collect()));
        }
    }
    Plan { floors, upwards }
}

/// Compares the edges between the modules below `at` with the plan.
fn judge(plan_name: &str, at: &[&str]) {
    let plan = plan(plan_name);
    let floor_of = |module: &str| {
        plan.floors.iter().position(|(_, modules)| modules.iter().any(|known| known == module))
    };
    let (mut found, mut unknown) = (BTreeMap::<_, BTreeSet<String>>::new(), BTreeSet::new());
    let mut edges = 0;
    for source in sources("stepfn-core") {
        let below = |path: &[String]| {
            let is_below = path.len() > at.len() && at.iter().zip(path).all(|(left, right)| left == right);
            is_below.then(|| path[at.len()].clone())
        };
        let Some(from) = below(&source.module) else { continue };
        let Some(floor) = floor_of(&from) else {
            unknown.insert(from);
            continue;
        };
        for path in named(&source) {
            let Some(to) = below(&path) else { continue };
            let Some(other) = floor_of(&to) else { continue };
            edges += usize::from(to != from);
            if other > floor {
                found.entry((from.clone(), to)).or_default().insert(source.shown.clone());
            }
        }
    }
    assert!(unknown.is_empty(), "`{plan_name}` puts these modules on no floor: {unknown:?}");
    assert!(edges > 30, "only {edges} edges were found");
    let mut wrong = Vec::new();
    for (edge, files) in &found {
        let most = plan.upwards.get(edge).copied().unwrap_or_default();
        if files.len() != most {
            let (from, to) = edge;
            wrong.push(format!("{from} -> {to} {}, not {most}: {files:?}", files.len()));
        }
    }
    for (from, to) in plan.upwards.keys().filter(|edge| !found.contains_key(*edge)) {
        wrong.push(format!("{from} -> {to} is gone: take it out of `{plan_name}`"));
    }
    assert!(wrong.is_empty(), "`{plan_name}` is not what is there:\n{}", wrong.join("\n"));
}

#[test]
fn the_modules_of_core_lie_on_floors() {
    judge("floors_core.txt", &[]);
}

#[test]
fn the_modules_of_the_data_flow_lie_on_floors() {
    judge("floors_flow.txt", &["flow"]);
}
