//! Signatures of lambdas: `<s-n?:s>`.

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
