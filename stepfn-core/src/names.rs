//! Names: which one was meant, and lists of them.

use std::{cell::Cell, fmt};

/// A name that is none of those of its kind.
///
/// ```
/// use stepfn_core::asl::QueryLanguage;
///
/// let error = "JSONpath".parse::<QueryLanguage>().unwrap_err();
/// assert_eq!(error.to_string(), "there is no query language `JSONpath`; did you mean `JSONPath`?");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    what: &'static str,
    name: String,
    near: Option<&'static str>,
}

impl UnknownName {
    /// An error about a name, in place of one of these.
    #[doc(hidden)]
    pub fn new(what: &'static str, name: &str, names: impl IntoIterator<Item = &'static str>) -> Self {
        Self { what, name: name.to_owned(), near: nearest(name, names) }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no {} `{}`", self.what, self.name)?;
        self.near.map_or(Ok(()), |near| write!(f, "; did you mean `{near}`?"))
    }
}

impl std::error::Error for UnknownName {}

/// Gives an enum with `ALL` and `name()` the traits of its names, `Display` and `FromStr`.
#[doc(hidden)]
#[macro_export]
macro_rules! named {
    ($type:ty, $what:literal) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::diagnostic::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                let all = <$type>::ALL.iter();
                let found = all.clone().find(|one| one.name() == name).copied();
                found.ok_or_else(|| {
                    $crate::diagnostic::UnknownName::new($what, name, all.map(|one| one.name()))
                })
            }
        }
    };
}

/// The name nearest to a misspelt one, if one is near enough to be meant.
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let mut nearest = Nearest::new(name);
    for candidate in names {
        nearest.compare(candidate);
    }
    nearest.best.map(|(_, candidate)| candidate)
}

/// The nearest of the names so far.
struct Nearest<'n> {
    name: Vec<char>,
    limit: usize,
    is_long: bool,
    other: Vec<char>,
    rows: Rows,
    best: Option<(usize, &'n str)>,
}

impl<'n> Nearest<'n> {
    fn new(name: &str) -> Self {
        Self {
            name: name.chars().flat_map(char::to_lowercase).collect(),
            limit: limit(name),
            is_long: name.len() >= 4,
            other: Vec::new(),
            rows: Rows::default(),
            best: None,
        }
    }

    fn compare(&mut self, candidate: &'n str) {
        let Self { name, other, .. } = self;
        other.clear();
        if candidate.is_ascii() {
            other.extend(candidate.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        } else {
            other.extend(candidate.chars().flat_map(char::to_lowercase));
        }
        // A name cut short (`Timeout` for `TimeoutSeconds`) is as near as a slip.
        let cut_short = self.is_long && other.starts_with(name);
        // Nothing is left of a name whose every letter is another.
        let near = self.rows.distance(name, other, self.limit).filter(|distance| *distance < name.len());
        let distance = match near {
            Some(distance) => distance,
            None if cut_short => other.len() - name.len(),
            None => return,
        };
        if self.best.is_none_or(|(least, _)| distance < least) {
            self.best = Some((distance, candidate));
        }
    }
}

/// The comparisons of names that an analysis may still make. Suggestions are help, and thousands of slips among thousands of names would cost
/// more than all the rest.
#[derive(Debug)]
pub(crate) struct Comparisons(Cell<usize>);

impl Default for Comparisons {
    fn default() -> Self {
        Self(Cell::new(500_000))
    }
}

impl Comparisons {
    /// Returns the names, where a name may still be compared with all of them.
    pub(crate) fn of<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Option<Vec<&'n str>> {
        let left = self.0.get();
        let names: Vec<&str> = names.into_iter().take(left).collect();
        self.0.set(left - names.len());
        // As many as that may have been cut.
        if names.len() < left { Some(names) } else { None }
    }
}

/// Returns the number of slips within which a name is still recognized.
fn limit(name: &str) -> usize {
    (name.chars().count() / 3).clamp(1, 3)
}

/// The only name that a misspelt one can mean: the same up to the case of its letters, or a few slips away if no other name is about as near.
/// Digits distinguish names (`Step1`, `Step2`), so another digit is not a slip.
///
/// ```
/// use stepfn_core::diagnostic::only_near;
///
/// assert_eq!(only_near("Stroe", ["Load", "Store"]), Some("Store"));
/// assert_eq!(only_near("Stroe", ["Store", "Stroke"]), None);
/// assert_eq!(only_near("Load3", ["Load1"]), None);
/// ```
pub fn only_near<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    only_near_of(name, names.into_iter().collect())
}

fn only_near_of<'n>(name: &str, names: Vec<&'n str>) -> Option<&'n str> {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (own, own_digits, limit) = (lower(name), digits(name), limit(name));
    let (mut same, mut near) = (Vec::new(), Vec::new());
    let mut rows = Rows::default();
    for candidate in names {
        let other = lower(candidate);
        if other == own {
            same.push(candidate);
        } else if let Some(distance) = rows.distance(&own, &other, limit + 1) {
            near.push((candidate, distance));
        }
    }
    same.dedup();
    near.dedup();
    match (&same[..], &near[..]) {
        ([one], _) => Some(one),
        // A slip in a short name leaves too little of it.
        ([], [(one, distance)]) if *distance <= limit && own.len().max(one.chars().count()) >= 4 => {
            Some(*one).filter(|one| digits(one) == own_digits)
        }
        _ => None,
    }
}

/// The last three rows of the table that a distance is computed in. A definition may have thousands of names, so that the table
/// is kept between two of them.
#[derive(Default)]
struct Rows {
    before: Vec<usize>,
    last: Vec<usize>,
    row: Vec<usize>,
}

impl Rows {
    /// Damerau-Levenshtein distance (adjacent swaps count once); none above a limit.
    fn distance(&mut self, a: &[char], b: &[char], limit: usize) -> Option<usize> {
        if a.len().abs_diff(b.len()) > limit {
            return None;
        }
        // Farther from the diagonal than the limit nothing counts.
        let far = limit + 1;
        self.last.clear();
        self.last.extend((0..=b.len()).map(|j| j.min(far)));
        for i in 1..=a.len() {
            self.row.clear();
            self.row.resize(b.len() + 1, far);
            self.row[0] = i.min(far);
            let band = i.saturating_sub(limit).max(1)..=(i + limit).min(b.len());
            let mut least = self.row[0];
            for j in band {
                let substitution = self.last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut best = substitution.min(self.last[j] + 1).min(self.row[j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(self.before[j - 2] + 1);
                }
                self.row[j] = best.min(far);
                least = least.min(best);
            }
            if least > limit {
                return None;
            }
            std::mem::swap(&mut self.before, &mut self.last);
            std::mem::swap(&mut self.last, &mut self.row);
        }
        self.last.get(b.len()).copied().filter(|distance| *distance <= limit)
    }
}

/// `a`, `b` and `c`, each in backticks; long lists are cut.
pub fn list(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut text = String::new();
    // One more shows that there are more; those behind it are not even looked at.
    for (place, name) in names.into_iter().take(MOST + 1).enumerate() {
        add_to_list(&mut text, place, name.as_ref());
    }
    text
}

/// The names that a list shows.
const MOST: usize = 12;

fn add_to_list(text: &mut String, place: usize, name: &str) {
    if place > 0 {
        text.push_str(", ");
    }
    if place == MOST {
        text.push('…');
    } else {
        text.push('`');
        text.push_str(name);
        text.push('`');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_takes_slips_and_leaves_strangers() {
        let names = ["CheckValidation", "TransformData", "LoadData"];
        assert_eq!(nearest("CheckValidaton", names), Some("CheckValidation"));
        assert_eq!(nearest("LaodData", names), Some("LoadData"));
        assert_eq!(nearest("loaddata", names), Some("LoadData"));
        assert_eq!(nearest("Timeout", ["Type", "TimeoutSeconds"]), Some("TimeoutSeconds"));
        assert_eq!(nearest("Publish", names), None);
        assert_eq!(nearest("", names), None);
        // Nothing is left of a name whose every letter is another.
        assert_eq!(nearest("C", ["A", "B"]), None);
        assert_eq!(nearest("승인하기", ["승인", "처리하기", "승인하가"]), Some("승인하가"));
        assert_eq!(nearest("Load", ["LoadData", "Lode"]), Some("LoadData"));
    }

    #[test]
    fn distances_are_those_of_the_whole_table() {
        let whole = |a: &[char], b: &[char]| {
            let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
            for i in 0..=a.len() {
                for j in 0..=b.len() {
                    table[i][j] = match (i, j) {
                        (0, n) | (n, 0) => n,
                        _ => {
                            let same = usize::from(a[i - 1] != b[j - 1]);
                            let mut best = (table[i - 1][j - 1] + same)
                                .min(table[i - 1][j] + 1)
                                .min(table[i][j - 1] + 1);
                            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                                best = best.min(table[i - 2][j - 2] + 1);
                            }
                            best
                        }
                    };
                }
            }
            table[a.len()][b.len()]
        };
        // All words of up to five letters out of two.
        let words: Vec<Vec<char>> = (0..=5_u32)
            .flat_map(|length| {
                (0..1_u32 << length).map(move |bits| {
                    (0..length).map(|at| if bits >> at & 1 == 0 { 'a' } else { 'b' }).collect()
                })
            })
            .collect();
        let mut rows = Rows::default();
        for a in &words {
            for b in &words {
                for limit in 1..=3 {
                    let distance = whole(a, b);
                    assert_eq!(
                        rows.distance(a, b, limit),
                        (distance <= limit).then_some(distance),
                        "{a:?} {b:?} {limit}"
                    );
                }
            }
        }
    }
}
