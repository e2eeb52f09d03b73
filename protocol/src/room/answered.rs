//! The last commands of a room, so that a repeat is known as one.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::ids::{CommandId, Seq};
use crate::limits;

/// The last [`limits::COMMANDS_REMEMBERED`] commands, oldest first, each with the place of its last
/// change.
///
/// Nearly every command is new, and to know that, all of them must be passed over. So a short mark
/// of each is kept beside them, and only marks are passed over, many at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "VecDeque<(CommandId, Seq)>", into = "VecDeque<(CommandId, Seq)>")]
pub(crate) struct Answered {
    commands: VecDeque<(CommandId, Seq)>,
    marks: VecDeque<u16>,
}

impl Answered {
    /// Remembers a command, in the place of the oldest one when there are enough.
    pub(super) fn push(&mut self, id: CommandId, seq: Seq) {
        if self.commands.len() >= limits::COMMANDS_REMEMBERED {
            self.commands.pop_front();
            self.marks.pop_front();
        }
        self.commands.push_back((id, seq));
        self.marks.push_back(mark(id));
    }

    /// The place of the last change of a command, if it is among them.
    pub(super) fn get(&self, id: CommandId) -> Option<Seq> {
        let wanted = mark(id);
        let (front, back) = self.marks.as_slices();
        if !has(front, wanted) && !has(back, wanted) {
            return None;
        }
        self.commands.iter().rev().find(|(known, _)| *known == id).map(|(_, seq)| *seq)
    }
}

/// Ids are random, so any two of their bytes will do.
fn mark(id: CommandId) -> u16 {
    let [.., a, b] = *id.as_bytes();
    u16::from_be_bytes([a, b])
}

/// Whether a mark is among these. Without a way out inside a block, so that the compiler compares
/// a whole register of marks at once.
fn has(marks: &[u16], wanted: u16) -> bool {
    marks.chunks(64).any(|block| block.iter().fold(false, |found, mark| found | (*mark == wanted)))
}

impl From<VecDeque<(CommandId, Seq)>> for Answered {
    fn from(commands: VecDeque<(CommandId, Seq)>) -> Self {
        let marks = commands.iter().map(|(id, _)| mark(*id)).collect();
        Self { commands, marks }
    }
}

impl From<Answered> for VecDeque<(CommandId, Seq)> {
    fn from(answered: Answered) -> Self {
        answered.commands
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> CommandId {
        CommandId::from_bytes(u128::from(n).to_be_bytes())
    }

    #[test]
    fn marks_that_are_alike_are_still_told_apart() {
        let mut answered = Answered::default();
        answered.push(id(7), Seq(1));
        assert_eq!(answered.get(id(7)), Some(Seq(1)));
        assert_eq!(answered.get(id(7 | 1 << 32)), None, "the same mark, another command");
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut answered = Answered::default();
        let count = limits::COMMANDS_REMEMBERED as u64 + 3;
        for n in 0..count {
            answered.push(id(n), Seq(n));
        }
        assert_eq!((answered.get(id(2)), answered.get(id(3))), (None, Some(Seq(3))));
        assert_eq!(answered.get(id(count - 1)), Some(Seq(count - 1)));
        assert_eq!(answered.commands.len(), answered.marks.len());
    }
}
