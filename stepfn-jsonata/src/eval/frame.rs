//! Variables in reach.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use crate::value::{Symbol, Tuple, Val};

/// The variables that a part of a program sees: a frame and those around it, or none yet. Most expressions bind nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope<'a>(Option<Rc<Frame<'a>>>);

/// The variables of a block, of a call or of a value of a path, and those around them.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    parent: Scope<'a>,
    variables: RefCell<Vec<(Symbol, Val<'a>)>>,
    /// Whether a function holds it.
    kept: Cell<bool>,
}

impl<'a> Scope<'a> {
    /// A frame that a program can bind variables in.
    pub(crate) fn root() -> Self {
        Self::default().inside()
    }

    /// An empty frame in this.
    pub(crate) fn inside(&self) -> Self {
        self.with(Vec::new())
    }

    /// A frame with variables in this.
    pub(crate) fn with(&self, variables: Vec<(Symbol, Val<'a>)>) -> Self {
        let variables = RefCell::new(variables);
        Self(Some(Rc::new(Frame { parent: self.clone(), variables, kept: Cell::new(false) })))
    }

    /// The frame of a value of a path.
    pub(crate) fn of_tuple(&self, tuple: &Tuple<'a>) -> Self {
        self.with(tuple.bound.clone())
    }

    /// Binds a variable. Where a program binds some, it has a frame for them.
    pub(crate) fn bind(&self, symbol: Symbol, value: Val<'a>) {
        if let Some(frame) = &self.0 {
            frame.bind(symbol, value);
        }
    }

    #[inline]
    pub(crate) fn lookup(&self, symbol: Symbol) -> Option<Val<'a>> {
        self.find(|known| known == symbol)
    }

    /// The value of the first variable whose name is the one that is looked for.
    #[inline]
    pub(crate) fn find(&self, is_it: impl Fn(Symbol) -> bool) -> Option<Val<'a>> {
        let mut next = self.innermost();
        while let Some(frame) = next {
            let found =
                frame.variables.borrow().iter().find(|(known, _)| is_it(*known)).map(|(_, v)| v.clone());
            if found.is_some() {
                return found;
            }
            next = frame.parent();
        }
        None
    }

    pub(super) fn innermost(&self) -> Option<&Rc<Frame<'a>>> {
        self.0.as_ref()
    }
}

impl<'a> Frame<'a> {
    fn bind(&self, symbol: Symbol, value: Val<'a>) {
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

    pub(super) fn parent(&self) -> Option<&Rc<Self>> {
        self.parent.innermost()
    }

    /// Returns `true` if it was not held before.
    pub(super) fn mark_kept(&self) -> bool {
        !self.kept.replace(true)
    }

    pub(super) fn clear(&self) {
        let variables = std::mem::take(&mut *self.variables.borrow_mut());
        drop(variables);
    }
}
