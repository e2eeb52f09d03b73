//! At the end: does what everybody merged equal what the server would tell them afresh?

use std::time::Duration;

use tokio::time::Instant;

use super::ledger::Ledger;
use super::player::Player;
use setroom_client::{ClientError, Model};

/// How a seat's view compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    /// The same, both parts.
    Equal,
    /// Not the same, or the seat was not told everything.
    Differs,
}

/// Fetches a fresh snapshot for one seat of a room that holds still, over a connection of its own,
/// and compares.
pub(crate) async fn compare(
    player: &Player,
    seat: usize,
    patience: Duration,
) -> Result<Compared, ClientError> {
    let hand = player.hands.get(seat).ok_or(ClientError::Missing("seat"))?;
    let mut connection = hand.dial.connect().await?;
    connection.send(&hand.keyring.come_back(None)).await?;
    let mut model = Model::default();
    let snapshot = async {
        while !model.is_in() {
            model.take(&connection.next_text().await?)?;
        }
        Ok::<_, ClientError>(())
    };
    tokio::time::timeout(patience, snapshot)
        .await
        .map_err(|_| ClientError::Late("a fresh snapshot"))??;
    // A goodbye that does not arrive changes nothing about the comparison.
    let _ = connection.close().await;
    let seq = model.seq().0;
    let (shared, own) = model.into_views();
    let equal = |ledger: &Ledger| {
        ledger.seat(seat).is_some_and(|standing| {
            standing.same
                && standing.sequence.last() == seq
                && standing.sequence.lost() == 0
                && ledger.merged_to() == seq
                && *ledger.shared() == shared
                && standing.own == own
        })
    };
    let hopeless = |ledger: &Ledger| ledger.seat(seat).is_none_or(|at| !at.open || !at.same);
    // A part of one's own may still be on its way: it follows the change that it belongs to.
    let deadline = Instant::now() + patience;
    player.room.wait(deadline, |ledger| equal(ledger) || hopeless(ledger)).await;
    let equal = equal(&player.room.ledger());
    Ok(if equal { Compared::Equal } else { Compared::Differs })
}
