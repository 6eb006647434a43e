//! Variables in reach.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use crate::value::{Symbol, Tuple, Val};

/// The variables of a block, of a call or of a value of a path, and those around them.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    parent: Option<Rc<Self>>,
    variables: RefCell<Vec<(Symbol, Val<'a>)>>,
    /// Whether a function holds it.
    kept: Cell<bool>,
}

impl<'a> Frame<'a> {
    pub(crate) fn root() -> Rc<Self> {
        Rc::new(Self { parent: None, variables: RefCell::default(), kept: Cell::new(false) })
    }

    /// An empty frame in another.
    pub(crate) fn inside(parent: &Rc<Self>) -> Rc<Self> {
        Self::with(parent, Vec::new())
    }

    /// A frame with variables in another.
    pub(crate) fn with(parent: &Rc<Self>, variables: Vec<(Symbol, Val<'a>)>) -> Rc<Self> {
        let parent = Some(Rc::clone(parent));
        Rc::new(Self { parent, variables: RefCell::new(variables), kept: Cell::new(false) })
    }

    /// The frame of a value of a path.
    pub(crate) fn of_tuple(parent: &Rc<Self>, tuple: &Tuple<'a>) -> Rc<Self> {
        Self::with(parent, tuple.bound.clone())
    }

    pub(crate) fn bind(&self, symbol: Symbol, value: Val<'a>) {
        let mut variables = self.variables.borrow_mut();
        let old = match variables.iter_mut().find(|(known, _)| *known == symbol) {
            Some((_, place)) => std::mem::replace(place, value),
            None => {
                variables.push((symbol, value));
                return;
            }
        };
        // What goes may hold this frame.
        drop(variables);
        drop(old);
    }

    #[inline]
    pub(crate) fn lookup(&self, symbol: Symbol) -> Option<Val<'a>> {
        let mut frame = self;
        loop {
            let found =
                frame.variables.borrow().iter().find(|(known, _)| *known == symbol).map(|(_, v)| v.clone());
            if found.is_some() {
                return found;
            }
            frame = frame.parent.as_deref()?;
        }
    }

    /// The value of the first variable whose name is the one that is looked for.
    pub(crate) fn find(&self, is_it: impl Fn(Symbol) -> bool) -> Option<Val<'a>> {
        let mut frame = self;
        loop {
            let found =
                frame.variables.borrow().iter().find(|(known, _)| is_it(*known)).map(|(_, v)| v.clone());
            if found.is_some() {
                return found;
            }
            frame = frame.parent.as_deref()?;
        }
    }

    pub(crate) fn parent(&self) -> Option<&Rc<Self>> {
        self.parent.as_ref()
    }

    /// Returns `true` if it was not held before.
    pub(crate) fn mark_kept(&self) -> bool {
        !self.kept.replace(true)
    }

    pub(crate) fn clear(&self) {
        let variables = std::mem::take(&mut *self.variables.borrow_mut());
        drop(variables);
    }
}
