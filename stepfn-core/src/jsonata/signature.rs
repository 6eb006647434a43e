//! Signatures, of built-in functions and of lambdas: `<s-(sf)n?:a<s>>`.

/// The parameters of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    parameters: Vec<Parameter>,
}

/// A parameter of a [`Signature`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// The kinds of values that it names.
    pub kinds: Kinds,
    /// Whether it refuses what is undefined: a function's place, `f`, alone does. `(f)` is a choice, and takes it as all choices do.
    pub is_strict: bool,
    /// Whether it is `a`: anything will do, and what is no array is made one.
    pub is_array: bool,
    /// The type in the `<>` of an array or function.
    pub of: Option<Box<str>>,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether it takes all arguments that follow.
    pub repeated: bool,
    /// Whether it would rather take nothing, or few.
    pub lazy: bool,
    /// Whether the context takes its place where it is left out, and then whether that has to be of its kinds.
    pub context: Option<bool>,
}

/// Kinds of values, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// Texts.
    pub const STRING: Self = Self(1);
    /// Numbers.
    pub const NUMBER: Self = Self(2);
    /// `true` and `false`.
    pub const BOOLEAN: Self = Self(4);
    /// `null`
    pub const NULL: Self = Self(8);
    /// Objects.
    pub const OBJECT: Self = Self(16);
    /// Arrays.
    pub const ARRAY: Self = Self(32);
    /// Functions.
    pub const FUNCTION: Self = Self(64);
    /// All that JSON has.
    pub const DATA: Self = Self(63);
    /// Everything.
    pub const ANY: Self = Self(127);

    /// The kinds that a sign of a signature means: `s`, `n`, `b`, `l`, `o`, `a`, `f`, and `j` and `x` for many.
    pub const fn of(sign: char) -> Self {
        match sign {
            's' => Self::STRING,
            'n' => Self::NUMBER,
            'b' => Self::BOOLEAN,
            'l' => Self::NULL,
            'o' => Self::OBJECT,
            'a' => Self::ARRAY,
            'f' => Self::FUNCTION,
            'j' => Self::DATA,
            'x' => Self::ANY,
            _ => Self(0),
        }
    }

    /// These and others.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These but for others.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Returns `true` if all of the others are among these.
    pub const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

impl Signature {
    /// Reads a signature, with `<` and `>`. What the reference refuses is refused where expressions are read.
    ///
    /// ```
    /// use stepfn_core::jsonata::{Kinds, Signature};
    ///
    /// let signature = Signature::read("<s-(sf)n?:a<s>>");
    /// let [text, separator, limit] = signature.parameters() else { panic!("three parameters") };
    /// assert_eq!(text.context, Some(true));
    /// assert!(separator.kinds.has(Kinds::FUNCTION) && limit.optional);
    /// ```
    pub fn read(text: &str) -> Self {
        let signs: Vec<char> = text.chars().collect();
        let mut parameters: Vec<Parameter> = Vec::new();
        let inside = |from: usize, end: usize| signs.get(from + 1..end).unwrap_or_default();
        let mut at = 1;
        while let Some(sign) = signs.get(at) {
            match sign {
                ':' => break,
                's' | 'n' | 'b' | 'l' | 'o' | 'a' | 'f' | 'j' | 'x' => {
                    let kinds = Kinds::of(*sign);
                    let (is_strict, is_array) = (*sign == 'f', *sign == 'a');
                    parameters.push(Parameter { kinds, is_strict, is_array, ..Parameter::default() });
                }
                '(' => {
                    let end = closing(&signs, at, '(', ')');
                    // The reference knows no signs for many kinds in a choice.
                    let kinds = inside(at, end).iter().filter(|sign| !matches!(sign, 'j' | 'x'));
                    let kinds = kinds.fold(Kinds::default(), |kinds, sign| kinds.with(Kinds::of(*sign)));
                    parameters.push(Parameter { kinds, ..Parameter::default() });
                    at = end;
                }
                '<' => {
                    let end = closing(&signs, at, '<', '>');
                    if let Some(last) = parameters.last_mut() {
                        last.of = Some(inside(at, end).iter().collect());
                    }
                    at = end;
                }
                mark => {
                    if let Some(last) = parameters.last_mut() {
                        last.mark(*mark);
                    }
                }
            }
            at += 1;
        }
        Self { parameters }
    }

    /// The parameters, in their order.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }
}

impl Parameter {
    fn mark(&mut self, mark: char) {
        let marked = self.optional || self.repeated;
        match mark {
            '-' => {
                self.context = Some(!self.optional);
                self.lazy |= marked;
                self.optional |= !self.repeated;
            }
            '?' if self.repeated && !self.optional => self.lazy = true,
            '?' => {
                self.lazy |= marked;
                self.optional = true;
            }
            '+' => self.repeated = true,
            _ => {}
        }
    }
}

/// Returns the error of a signature (with `<` and `>`), and the code of the reference.
pub(super) fn fault(signature: &str) -> Option<(&'static str, &'static str)> {
    let signs: Vec<char> = signature.chars().collect();
    let mut at = 1;
    // The last parameter: whether it may have a type of its own in `<>`, and its marks.
    let (mut nests, mut marks) = (false, String::new());
    let mut any = false;
    while let Some(&sign) = signs.get(at) {
        any |= "snblojxaf(".contains(sign);
        match sign {
            ':' => break,
            's' | 'n' | 'b' | 'l' | 'o' | 'j' | 'x' => (nests, marks) = (false, String::new()),
            'a' | 'f' => (nests, marks) = (true, String::new()),
            // The reference forgets marks before the first parameter.
            '-' | '?' | '+' if !any => {}
            '-' | '?' | '+' => {
                marks.push(if sign == '+' { '+' } else { '?' });
                if marks.len() > 2 || (marks.len() == 2 && sign == '+') {
                    return Some(("S0401", "a parameter has marks that exclude each other"));
                }
            }
            '(' => {
                let end = closing(&signs, at, '(', ')');
                if signs[at + 1..end].contains(&'<') {
                    return Some(("S0402", "a choice of types cannot have types in `<>`"));
                }
                at = end;
                (nests, marks) = (false, String::new());
            }
            '<' if nests => at = closing(&signs, at, '<', '>'),
            '<' => return Some(("S0401", "only arrays (`a`) and functions (`f`) have types in `<>`")),
            _ => {}
        }
        at += 1;
    }
    None
}

fn closing(signs: &[char], open: usize, opening: char, end: char) -> usize {
    let mut depth = 1_usize;
    for (at, sign) in signs.iter().enumerate().skip(open + 1) {
        if *sign == end {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        } else if *sign == opening {
            depth += 1;
        }
    }
    signs.len()
}
