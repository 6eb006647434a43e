//! Keys that a type need not have: another way to the same place puts them there.

use super::{
    Shape,
    view::{Problem, View},
};

impl View {
    /// The value of a key, whatever the type is: what cannot have it lacks it.
    pub(super) const fn may(self, key: &str) -> Self {
        match self.shape {
            // There is no way here.
            Shape::Never if !self.absent => self,
            // Of what is declared to be anything everything may be asked.
            Shape::Any => self,
            Shape::Mixed => Self { absent: true, ..self },
            _ => match self.key(key) {
                Some(view) => Self { absent: view.absent || self.absent || self.many, ..view },
                None => Self { absent: true, ..self.with(&Shape::Never) },
            },
        }
    }

    /// The value of a key as JSONata reads it, whatever the type is: what cannot have it, and is no array, lacks it.
    pub(super) const fn may_query(self, key: &str) -> Self {
        let mut absent = self.absent;
        let mut view = Self { absent: false, ..self };
        if let (Shape::Never, false) = (view.shape, absent) {
            return self;
        }
        while let Shape::Nullable(inner) = view.shape {
            absent = true;
            view = view.with(inner);
        }
        match view.query(key) {
            Ok(found) => Self { absent: found.absent || absent, ..found },
            // One of its variants may be an array.
            Err(Problem::NoField(Shape::OneOf(_))) => Self { absent: true, ..view.with(&Shape::Mixed) },
            Err(_) => Self { absent: true, ..view.with(&Shape::Never) },
        }
    }
}
