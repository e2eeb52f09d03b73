//! Rule by rule: what follows from a command, written out, and why it is refused.

mod access;
mod after;
mod agreed;
mod away;
mod claims;
mod clock;
mod crowded;
mod dates_asked;
mod door;
mod fit_time;
mod kept_texts;
mod keys;
mod lines;
mod meeting;
mod modes;
pub(crate) mod off_record;
mod off_record_keys;
mod own_key;
mod practices;
mod presented;
mod presenter;
mod press;
mod promoted;
mod queue;
mod roster;
mod round;
mod series;
mod text_bounds;
mod texts;
mod tick;

use setroom_protocol::room::TurnState;
use setroom_protocol::{Change, Code, Entrance, Knock, Refusal, SeatId, enter};

use crate::support::World;

/// The last move between parts was taken back.
const UNDONE: Change = Change::Undone { press: false, clock: None };

/// The names of changes, for rows that do not need to say more.
fn names(changes: &[Change]) -> Vec<&'static str> {
    changes.iter().map(Change::name).collect()
}

/// The round by rank: whose turn, and how it stands.
fn round(world: &World) -> Vec<(SeatId, TurnState)> {
    let mut turns: Vec<_> = world
        .room
        .meeting()
        .now
        .round
        .iter()
        .map(|(seat, turn)| (turn.rank, *seat, turn.is))
        .collect();
    turns.sort_by_key(|(rank, ..)| *rank);
    turns.into_iter().map(|(_, seat, is)| (seat, is)).collect()
}

/// What a knock leads to: changes for the host, `None` for the lobby.
fn door(world: &World, knock: &Knock) -> Result<Option<Vec<Change>>, Code> {
    match enter(&world.room, &world.around, knock) {
        Ok(Entrance::In(changes)) => Ok(Some(changes)),
        Ok(Entrance::Lobby) => Ok(None),
        Err(Refusal { code }) => Err(code),
    }
}
