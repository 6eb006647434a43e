//! `sdk.txt`: the actions of `aws-sdk:` with their structures, condensed from the models of botocore. Its header describes the format.

use std::sync::OnceLock;

const TEXT: &str = include_str!("sdk.txt");

/// The position of each service's block, in the order of their names, which is that of the text. The header is read once, a block when a
/// machine first names its service.
fn slots() -> &'static [(&'static str, Slot)] {
    static SLOTS: OnceLock<Vec<(&'static str, Slot)>> = OnceLock::new();
    SLOTS.get_or_init(|| {
        let (head, mut blocks) = TEXT.split_once("\n\n").unwrap_or_default();
        let mut slots = Vec::new();
        for line in head.lines().filter(|line| !line.starts_with('#')) {
            let block = line.split_once(' ').and_then(|(service, length)| {
                let (text, rest) = blocks.split_at_checked(length.parse().ok()?)?;
                Some((service, text, rest))
            });
            let Some((service, text, rest)) = block else { break };
            slots.push((service, Slot { text, block: OnceLock::new() }));
            blocks = rest;
        }
        slots
    })
}

struct Slot {
    text: &'static str,
    block: OnceLock<Block>,
}

/// The names of the services.
pub(super) fn services() -> Vec<&'static str> {
    slots().iter().map(|(service, _)| *service).collect()
}

/// Returns the block of a service.
pub(super) fn block(service: &str) -> Option<&'static Block> {
    let place = slots().binary_search_by(|(known, _)| (*known).cmp(service)).ok()?;
    let (service, slot) = slots().get(place)?;
    Some(slot.block.get_or_init(|| Block::read(service, slot.text).unwrap_or_default()))
}

/// One service.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) service: &'static str,
    /// The digits of a member's number.
    width: usize,
    /// `Name:kind`
    members: Vec<String>,
    /// Each structure's line.
    structures: Vec<&'static str>,
    /// `name input output`, sorted.
    actions: Vec<String>,
}

impl Block {
    fn read(service: &'static str, text: &'static str) -> Option<Self> {
        let mut lines = text.lines();
        let (width, members) = lines.next()?.split_once(' ')?;
        Some(Self {
            service,
            width: number(width)?.max(1),
            members: front_coded(members.split(' ')),
            structures: lines.by_ref().take_while(|line| !line.is_empty()).collect(),
            actions: front_coded(lines),
        })
    }

    /// The names of the actions.
    pub(super) fn actions(&self) -> impl Iterator<Item = &str> {
        self.actions.iter().filter_map(|action| Some(action.split_once(' ')?.0))
    }

    /// The structures of an action's input and output, as kinds.
    pub(super) fn action(&self, name: &str) -> Option<[&str; 2]> {
        // A blank comes before any letter: what is sorted by the line is by the name.
        let at = self.actions.partition_point(|action| action.split(' ').next() < Some(name));
        let found = self.actions.get(at)?.strip_prefix(name)?.strip_prefix(' ')?;
        let (input, output) = found.split_once(' ')?;
        Some([input, output])
    }

    /// The members of a structure: name, kind, and whether it must be given.
    pub(super) fn structure(&self, digits: &str) -> Vec<(&str, &str, bool)> {
        let line = number(digits).and_then(|number| self.structures.get(number)).copied();
        let (required, optional) = line.and_then(|line| line.split_once('/')).unwrap_or_default();
        let mut members = Vec::new();
        for (numbers, required) in [(required, true), (optional, false)] {
            for digits in numbers.as_bytes().chunks(self.width) {
                let member = std::str::from_utf8(digits).ok().and_then(number);
                let member = member.and_then(|number| self.members.get(number)?.split_once(':'));
                members.extend(member.map(|(name, kind)| (name, kind, required)));
            }
        }
        members
    }
}

/// Sorted texts, each with how many characters it shares with the one before.
fn front_coded<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        let Some((shared, rest)) = text.split_at_checked(1) else { continue };
        let before = all.last().map_or("", String::as_str);
        let shared = number(shared).and_then(|shared| before.get(..shared)).unwrap_or_default();
        all.push(format!("{shared}{rest}"));
    }
    all
}

fn number(digits: &str) -> Option<usize> {
    digits.bytes().try_fold(0_usize, |number, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'Z' => digit - b'A' + 10,
            b'a'..=b'z' => digit - b'a' + 36,
            b'+' => 62,
            b'-' => 63,
            _ => return None,
        };
        number.checked_mul(64)?.checked_add(digit.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_found_by_their_order() {
        assert!(services().is_sorted());
    }

    #[test]
    fn every_block_can_be_read_to_its_end() {
        assert!(services().len() > 400);
        for service in services() {
            let block = block(service).unwrap();
            assert_eq!(block.service, service);
            assert!(!block.actions.is_empty(), "{service}");
            for action in block.actions() {
                for side in block.action(action).unwrap() {
                    assert!(
                        side == "*" || number(side).is_some_and(|number| number < block.structures.len()),
                        "{service}:{action}"
                    );
                }
            }
            for line in &block.structures {
                let (required, optional) = line.split_once('/').unwrap();
                for digits in
                    required.as_bytes().chunks(block.width).chain(optional.as_bytes().chunks(block.width))
                {
                    let number = number(std::str::from_utf8(digits).unwrap()).unwrap();
                    assert!(number < block.members.len(), "{service}: {line}");
                }
            }
        }
    }

    #[test]
    fn what_a_block_says_of_an_action() {
        let block = block("sqs").unwrap();
        let [input, output] = block.action("sendMessage").unwrap();
        let required: Vec<_> =
            block.structure(input).into_iter().filter(|(.., required)| *required).collect();
        assert_eq!(required, [("MessageBody", "s", true), ("QueueUrl", "s", true)]);
        assert!(block.structure(output).iter().any(|(name, ..)| *name == "MD5OfMessageBody"));
        assert_eq!(block.action("sendMessag"), None);
    }
}
