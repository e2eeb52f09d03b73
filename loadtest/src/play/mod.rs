//! Plays scenarios: every room a task of its own, people who follow the plan or a steady mix, and
//! figures that add up at the end. [`Rooms`] holds the tasks; `room_player` is one of them.

mod act;
mod admission;
mod closing;
mod context;
mod dice;
mod environment;
mod intent;
mod ledger;
mod losses;
mod mix;
mod part;
mod part_draw;
mod receive;
mod reconnect;
mod room_player;
mod rooms;
mod scene;
mod seat;
mod series;
mod timetable;
mod ws_client;

pub(crate) use self::context::{CHECKS_AT_ONCE, Context, Counts};
pub(crate) use self::environment::Environment;
pub(crate) use self::rooms::{Opened, Pace, Rooms};
