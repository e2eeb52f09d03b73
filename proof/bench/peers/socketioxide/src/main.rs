//! socketioxide, doing the work of a Setroom room: a command is checked against the room's state,
//! changes that, and is written as one JSON event to everybody in the room.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use socketioxide::SocketIo;
use socketioxide::extract::{Data, Extension, SocketRef, State};

/// Messages that may wait for a client; the default is too few for four commands in flight.
const WAITING: usize = 4096;
/// What a connection reads into. The default is 32 times that, and costs as much memory.
const READ_BYTES: usize = 4096;

/// Whoever connects says which room and which seat.
#[derive(Clone, Deserialize)]
struct Place {
    room: String,
    seat: String,
}

#[derive(Deserialize)]
struct Frame {
    cid: String,
    cmd: Command,
}

#[derive(Deserialize)]
struct Command {
    c: String,
    on: bool,
}

#[derive(Serialize)]
struct Change<'a> {
    t: &'static str,
    seq: u64,
    at: u64,
    by: &'a str,
    re: &'a str,
    what: &'static str,
    shared: Shared<'a>,
}

#[derive(Serialize)]
struct Shared<'a> {
    seats: BTreeMap<&'a str, Seat>,
}

#[derive(Serialize)]
struct Seat {
    tick: Option<bool>,
}

#[derive(Default)]
struct Room {
    seq: u64,
    ticks: HashSet<String>,
}

/// A room is held while its event is handed on, so that events come in the order of their places.
type Held = Arc<tokio::sync::Mutex<Room>>;

#[derive(Clone, Default)]
struct Rooms(Arc<Mutex<HashMap<String, Held>>>);

impl Rooms {
    fn of(&self, name: &str) -> Held {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(rooms.entry(name.to_owned()).or_default())
    }
}

async fn connected(socket: SocketRef, Data(place): Data<Place>, State(rooms): State<Rooms>) {
    socket.join(place.room.clone());
    socket.extensions.insert(rooms.of(&place.room));
    socket.extensions.insert(place);
    socket.on("do", asked);
}

async fn asked(
    io: SocketIo,
    Data(frame): Data<Frame>,
    Extension(place): Extension<Place>,
    Extension(room): Extension<Held>,
) {
    let Frame { cid, cmd: Command { c, on } } = frame;
    let mut room = room.lock().await;
    if c != "tick" || room.ticks.contains(&place.seat) == on {
        return;
    }
    if on {
        room.ticks.insert(place.seat.clone());
    } else {
        room.ticks.remove(&place.seat);
    }
    room.seq += 1;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_millis());
    let seat = Seat { tick: on.then_some(true) };
    let change = Change {
        t: "change",
        seq: room.seq,
        at: u64::try_from(now).unwrap_or(0),
        by: &place.seat,
        re: &cid,
        what: "ticked",
        shared: Shared { seats: BTreeMap::from([(place.seat.as_str(), seat)]) },
    };
    // What cannot be handed on is lost, and whoever measures tells.
    let _ = io.to(place.room.clone()).emit("change", &change).await;
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (layer, io) = SocketIo::builder()
        .with_state(Rooms::default())
        .max_buffer_size(WAITING)
        .ws_read_buffer_size(READ_BYTES)
        .build_layer();
    io.ns("/", connected);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    let service = axum::Router::new().layer(layer);
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| {
            let _ = stream.set_nodelay(true);
        }),
        service,
    )
    .await?;
    Ok(())
}
