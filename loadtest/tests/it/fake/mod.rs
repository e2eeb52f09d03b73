//! A server of a few lines with the real rules, and with faults that real ones must not have.
//!
//! It keeps no journal, one lock guards everything, and every frame goes through a queue that can
//! hold it back, drop it, repeat it or swap it with the next one.

mod set;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use setroom_client::seal::verifies;
use setroom_protocol::view::{self, Own};
use setroom_protocol::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

/// What is done to the changes that are sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    /// Held back so long, each on its own.
    pub(crate) delay: Duration,
    /// What happens to the `nth` hand that goes up, on its way to one seat unless it says more.
    pub(crate) hurt: Option<Hurt>,
    /// From which hand on, counted over all rooms.
    pub(crate) nth: u64,
    /// Whether it has no room for any set.
    pub(crate) full: bool,
    /// Whether every command after the start is refused.
    pub(crate) refuse: bool,
    /// Whether commands after the start get no answer.
    pub(crate) silent: bool,
    /// Whether nobody is told of changes in their own part after the start.
    pub(crate) own_kept_back: bool,
    /// Whether whoever presents is told of hands as they go up.
    pub(crate) hands_told: bool,
    /// The `nth` hand blocks the thread for so long, and so everything that shares it.
    pub(crate) stall: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hurt {
    Drop,
    Repeat,
    /// It comes after the next change.
    Swap,
    /// It says something else than the others' copies.
    Alter,
    /// No copy of it says which command it follows from.
    Nameless,
}

pub(crate) struct Fake {
    pub(crate) url: String,
    /// Hands that went up so far.
    pub(crate) hands: watch::Receiver<u64>,
}

#[derive(Default)]
struct World {
    sets: BTreeMap<SetId, Set>,
    faults: Faults,
    hands: watch::Sender<u64>,
    greeted: u64,
    connections: u64,
}

struct Set {
    room: Room,
    around: Presence,
    people: BTreeMap<u64, Person>,
}

struct Person {
    device: DeviceId,
    own: Option<Own>,
    out: mpsc::Sender<(Instant, String)>,
    swapped: Option<String>,
}

type Shelf = Arc<Mutex<World>>;

pub(crate) async fn start(faults: Faults) -> Fake {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let world: Shelf = Arc::new(Mutex::new(World { faults, ..World::default() }));
    let hands = lock(&world).hands.subscribe();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&world)));
        }
    });
    Fake { url: format!("http://{address}"), hands }
}

fn lock(world: &Shelf) -> MutexGuard<'_, World> {
    world.lock().unwrap()
}

fn now() -> Timestamp {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let start = START.get_or_init(Instant::now);
    Timestamp(1_800_000_000_000 + u64::try_from(start.elapsed().as_millis()).unwrap())
}

async fn serve(mut stream: TcpStream, world: Shelf) {
    let mut first = [0; 4];
    if stream.peek(&mut first).await.unwrap_or(0) == 0 {
        return;
    }
    stream.set_nodelay(true).unwrap();
    if first.starts_with(b"P") {
        create(&mut stream, &world).await;
        return;
    }
    #[allow(clippy::result_large_err, reason = "the library's own type")]
    let shake = |_: &Request, mut answer: Response| {
        answer.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        Ok(answer)
    };
    let Ok(socket) = tokio_tungstenite::accept_hdr_async(stream, shake).await else { return };
    let (mut sink, mut frames) = socket.split();
    let (out, mut queue) = mpsc::channel::<(Instant, String)>(4096);
    tokio::spawn(async move {
        while let Some((at, text)) = queue.recv().await {
            tokio::time::sleep_until(at).await;
            if sink.send(Message::text(text)).await.is_err() {
                return;
            }
        }
        let _ = sink.close().await;
    });
    // Nothing here is secret: that no two are the same is enough.
    let mut challenge = Challenge32([0; 32]);
    challenge.0[..8].copy_from_slice(&{ lock(&world).greet() }.to_be_bytes());
    let _ = out.try_send((
        Instant::now(),
        ServerFrame::Hello { challenge, build: String::new(), retention_days: 30 }.encode(),
    ));
    let mut me = None;
    while let Some(Ok(message)) = frames.next().await {
        let Message::Text(text) = message else { continue };
        let frame = decode(&text, me.is_none()).unwrap();
        let mut world = lock(&world);
        match me {
            None => me = Some(world.come_in(frame, challenge, &out)),
            Some((set, person)) => world.asked(set, person, frame),
        }
    }
    if let Some((set, person)) = me {
        lock(&world).sets.get_mut(&set).unwrap().leave(person);
    }
}

async fn create(stream: &mut TcpStream, world: &Shelf) {
    let mut bytes = Vec::new();
    let founding: Founding = loop {
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0);
        let text = String::from_utf8_lossy(&bytes);
        if let Some(Ok(founding)) =
            text.split_once("\r\n\r\n").map(|(_, b)| serde_json::from_str(b))
        {
            break founding;
        }
    };
    if lock(world).faults.full {
        let answer = b"HTTP/1.1 503 Full\r\ncontent-length: 21\r\nconnection: close\r\n\r\n";
        let body = b"{\"error\":\"disk_full\"}";
        return stream.write_all(&[answer.as_slice(), body].concat()).await.unwrap();
    }
    let change = found(&founding).unwrap();
    let record = Recorded { seq: Seq(1), at: now(), by: None, re: None, change };
    let room = Room::found(&record).unwrap();
    let set = Set { room, around: Presence::new(now()), people: BTreeMap::new() };
    lock(world).sets.insert(founding.set, set);
    let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(answer).await.unwrap();
}

impl World {
    /// A number for a new socket.
    fn greet(&mut self) -> u64 {
        self.greeted += 1;
        self.greeted
    }

    fn come_in(
        &mut self,
        frame: ClientFrame,
        challenge: Challenge32,
        out: &mpsc::Sender<(Instant, String)>,
    ) -> (SetId, u64) {
        self.connections += 1;
        let id = self.connections;
        let fresh = SeatId::from_bytes(u128::from(id).to_be_bytes());
        let person = |device| Person { device, own: None, out: out.clone(), swapped: None };
        match frame {
            ClientFrame::Knock(frame) => {
                let of = frame.set;
                assert!(verifies(&frame.sign, &frame.challenged(&challenge), &frame.pop));
                let (device, at) = (frame.device(), now());
                let knock = Knock::of(*frame, challenge, fresh, at);
                let set = self.sets.get_mut(&of).unwrap();
                set.people.insert(id, person(device));
                match enter(&set.room, &set.around, &knock).unwrap() {
                    Entrance::In(changes) => {
                        self.record(of, None, None, changes);
                        self.sets.get_mut(&of).unwrap().seat(id);
                    }
                    Entrance::Lobby => {
                        set.around.knock(knock).unwrap();
                        let lobby = view::lobby(&set.room, &set.around, device);
                        set.tell(id, &ServerFrame::Lobby { at, lobby });
                        set.tell_of_knocks();
                    }
                }
                (of, id)
            }
            ClientFrame::Resume { set: of, device, .. } => {
                let set = self.sets.get_mut(&of).unwrap();
                set.people.insert(id, person(device));
                set.seat(id);
                (of, id)
            }
            ClientFrame::Do { .. } | ClientFrame::Ping { .. } => panic!("not a first frame"),
        }
    }

    fn asked(&mut self, of: SetId, id: u64, frame: ClientFrame) {
        let ClientFrame::Do { cid, seen, cmd } = frame else { return };
        let faults = self.faults;
        let set = self.sets.get_mut(&of).unwrap();
        let running = set.room.meeting().now.presenter.is_some() && !matches!(cmd, Command::Hold);
        if faults.silent && running {
            return;
        }
        let device = set.people[&id].device;
        let Some(held) = set.room.device(device) else { return };
        let asker = Caller { seat: held.seat, device, seen };
        // Whoever comes back asks again for what they have no answer to.
        if let Some(seq) = set.room.answered(asker.seat, cid) {
            return set.tell(id, &ServerFrame::Done { cid, seq });
        }
        let decided = if faults.refuse && running {
            Err(Code::Busy.into())
        } else if cmd.edit().is_some_and(|edit| !set.is_signed(edit)) {
            Err(Code::StaleRoster.into())
        } else {
            decide(&set.room, &set.around, asker, &cmd, now())
        };
        match decided {
            Ok(changes) => {
                self.record(of, Some(asker.seat), Some(cid), changes);
                let set = self.sets.get_mut(&of).unwrap();
                let seq = set.room.seq();
                if let Command::Admit { device, .. } = cmd {
                    set.around.forget_knock(device);
                    let joined = set.people.iter().find(|(_, person)| person.device == device);
                    let joined = joined.map(|(id, _)| *id);
                    joined.into_iter().for_each(|id| set.seat(id));
                    set.tell_of_knocks();
                }
                set.tell(id, &ServerFrame::Done { cid, seq });
                let by_itself = tick(&set.room, &set.around, now());
                self.record(of, None, None, by_itself);
            }
            Err(Refusal { code }) => {
                let temporary = code.temporary();
                set.tell(id, &ServerFrame::Refused { cid: Some(cid), code, temporary });
            }
        }
    }

    fn record(
        &mut self,
        of: SetId,
        by: Option<SeatId>,
        re: Option<CommandId>,
        changes: Vec<Change>,
    ) {
        let last = changes.len().saturating_sub(1);
        for (index, change) in changes.into_iter().enumerate() {
            let hand = change.name() == "hand_raised";
            self.hands.send_modify(|hands| *hands += u64::from(hand));
            let now_it_is = hand && *self.hands.borrow() == self.faults.nth;
            if now_it_is {
                std::thread::sleep(self.faults.stall);
            }
            let hurt = self.faults.hurt.filter(|_| now_it_is);
            let set = self.sets.get_mut(&of).unwrap();
            let re = re.filter(|_| index == last);
            let seq =
                if set.room.is_unseen(&change) { set.room.seq() } else { set.room.next_seq() };
            let by = change.written_by(by);
            let record = Recorded { seq, at: now(), by, re, change };
            set.record(&record, self.faults, hurt);
        }
    }
}
