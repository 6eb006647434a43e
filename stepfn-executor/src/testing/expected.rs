//! The ways that a test may write for the states that it expects.

/// The states of a path, for [`Run::assert_path`](super::Run::assert_path): their names in a list, or one text as
/// [`Run::route`](super::Run::route) shows it, `A -> Each [0-1: Pay] -> Done`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no path of states",
    label = "not a list of names",
    note = "write `[Orders::Check, Orders::Charge]`, or a text: `\"Check -> Charge\"`"
)]
pub trait ExpectedPath {
    /// Returns the states, with what is expected inside of them.
    fn steps(self) -> Vec<String>;
}

impl ExpectedPath for &str {
    /// Cuts the text at its arrows. Those between brackets are inside of a state.
    fn steps(self) -> Vec<String> {
        let text = self.replace('→', "->");
        let mut steps: Vec<String> = Vec::new();
        let mut depth = 0_usize;
        for piece in text.split("->").filter(|_| !text.trim().is_empty()) {
            match steps.last_mut().filter(|_| depth > 0) {
                Some(step) => *step += &format!("->{piece}"),
                None => steps.push(piece.to_owned()),
            }
            let (opened, closed) = (piece.matches('[').count(), piece.matches(']').count());
            depth = (depth + opened).saturating_sub(closed);
        }
        steps.iter().map(|step| step.trim().to_owned()).collect()
    }
}

impl ExpectedPath for &String {
    fn steps(self) -> Vec<String> {
        self.as_str().steps()
    }
}

impl ExpectedPath for String {
    fn steps(self) -> Vec<String> {
        self.as_str().steps()
    }
}

impl<S: AsRef<str>, const N: usize> ExpectedPath for [S; N] {
    fn steps(self) -> Vec<String> {
        self.as_slice().steps()
    }
}

impl<S: AsRef<str>, const N: usize> ExpectedPath for &[S; N] {
    fn steps(self) -> Vec<String> {
        self.as_slice().steps()
    }
}

impl<S: AsRef<str>> ExpectedPath for &[S] {
    fn steps(self) -> Vec<String> {
        self.iter().map(|state| state.as_ref().to_owned()).collect()
    }
}

impl<S: AsRef<str>> ExpectedPath for Vec<S> {
    fn steps(self) -> Vec<String> {
        self.as_slice().steps()
    }
}

impl<S: AsRef<str>> ExpectedPath for &Vec<S> {
    fn steps(self) -> Vec<String> {
        self.as_slice().steps()
    }
}

#[cfg(test)]
mod tests {
    use super::ExpectedPath;

    #[test]
    fn a_text_is_cut_at_arrows_outside_of_brackets() {
        assert_eq!("A -> Each [0: B -> C; 1: B] → D".steps(), ["A", "Each [0: B -> C; 1: B]", "D"]);
        assert_eq!(" A ".steps(), ["A"]);
        assert!("".steps().is_empty());
        assert_eq!(["A", "B"].steps(), vec!["A", "B"].steps());
    }
}
