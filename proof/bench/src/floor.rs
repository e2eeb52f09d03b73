//! The floor: the least that any server has to do for a delivery. It reads a command's frame, fills
//! the id and the place into a frame that is ready, and writes that to every member of the room,
//! one write each. No JSON, no state, no runtime: what it costs is what the kernel costs.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use setroom_websocket::{TEXT, write};

use crate::wire::{self, ID};

const LISTENER: u64 = u64::MAX;
const AT_ONCE: usize = 1024;
const READ_BYTES: usize = 64 * 1024;
/// Where a command's id stands in its text: after `{"t":"do","cid":"`.
const ID_AT: usize = 17;
/// Digits that the place has room for.
const PLACE: usize = 10;

/// A frame that is ready but for the id and the place: the same text, and as many bytes, as the
/// service sends when somebody ticks a part off.
#[derive(Debug)]
struct Ready {
    frame: Vec<u8>,
    place_at: usize,
    id_at: usize,
}

impl Ready {
    fn for_seat(seat: &str) -> Self {
        let place = " ".repeat(PLACE);
        let id = "A".repeat(ID);
        let front = r#"{"t":"change","seq":"#;
        let middle = format!(r#"{front}{place},"at":1700000000000,"by":"{seat}","re":""#);
        let end =
            format!(r#"","what":"ticked","shared":{{"seats":{{"{seat}":{{"tick":true}}}}}}}}"#);
        let text = format!("{middle}{id}{end}");
        let mut frame = Vec::new();
        write(TEXT, text.as_bytes(), None, &mut frame);
        let head = frame.len() - text.len();
        Self { frame, place_at: head + front.len(), id_at: head + middle.len() }
    }

    fn fill(&mut self, place: u64, id: &[u8]) {
        if let Some(to) = self.frame.get_mut(self.id_at..self.id_at + ID) {
            to.iter_mut().zip(id).for_each(|(to, byte)| *to = *byte);
        }
        let Some(to) = self.frame.get_mut(self.place_at..self.place_at + PLACE) else { return };
        let mut rest = place;
        for digit in to.iter_mut().rev() {
            // Spaces in front of a number are JSON too.
            *digit = if rest > 0 { b'0' + u8::try_from(rest % 10).unwrap_or(0) } else { b' ' };
            rest /= 10;
        }
    }
}

#[derive(Debug)]
struct Peer {
    stream: TcpStream,
    /// The room, once the request for it is in.
    room: Option<usize>,
    /// What came of a frame whose rest has not come yet.
    carry: Vec<u8>,
}

#[derive(Debug)]
struct Room {
    members: Vec<usize>,
    place: u64,
    ready: Ready,
}

/// The floor's state.
#[derive(Debug)]
struct Floor {
    listener: TcpListener,
    epoll: rustix::fd::OwnedFd,
    peers: Vec<Option<Peer>>,
    rooms: Vec<Room>,
    by_name: BTreeMap<String, usize>,
    buffer: Vec<u8>,
    text: Vec<u8>,
}

/// Serves on `listener` until the process is ended.
///
/// # Errors
/// That of the system.
pub fn serve(listener: TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, epoll::EventData::new_u64(LISTENER), epoll::EventFlags::IN)?;
    let mut floor = Floor {
        listener,
        epoll,
        peers: Vec::new(),
        rooms: Vec::new(),
        by_name: BTreeMap::new(),
        buffer: vec![0; READ_BYTES],
        text: Vec::new(),
    };
    let mut events = Vec::with_capacity(AT_ONCE);
    loop {
        match epoll::wait(&floor.epoll, spare_capacity(&mut events), None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        for event in events.drain(..) {
            let data = event.data.u64();
            if data == LISTENER {
                floor.take_in()?;
            } else if let Ok(index) = usize::try_from(data) {
                floor.read(index);
            }
        }
    }
}

impl Floor {
    fn take_in(&mut self) -> io::Result<()> {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            let data = epoll::EventData::new_u64(self.peers.len() as u64);
            epoll::add(&self.epoll, &stream, data, epoll::EventFlags::IN)?;
            self.peers.push(Some(Peer { stream, room: None, carry: Vec::new() }));
        }
    }

    fn read(&mut self, index: usize) {
        let Some(Some(peer)) = self.peers.get_mut(index) else { return };
        let got = match peer.stream.read(&mut self.buffer) {
            Ok(0) => None,
            Ok(got) => Some(got),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(_) => None,
        };
        let Some(got) = got else {
            self.lose(index);
            return;
        };
        let mut bytes = std::mem::take(&mut peer.carry);
        bytes.extend_from_slice(self.buffer.get(..got).unwrap_or_default());
        let used = self.take(index, &bytes);
        if let Some(Some(peer)) = self.peers.get_mut(index)
            && used < bytes.len()
        {
            bytes.drain(..used);
            peer.carry = bytes;
        }
    }

    /// Takes whole frames, or the request that comes before them; says how many bytes that were.
    fn take(&mut self, index: usize, bytes: &[u8]) -> usize {
        let mut used = 0;
        loop {
            let rest = bytes.get(used..).unwrap_or_default();
            let room = self.peers.get(index).and_then(|peer| peer.as_ref()?.room);
            let Some(room) = room else {
                let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") else {
                    return used;
                };
                self.open(index, rest);
                used += end + 4;
                continue;
            };
            let Some(frame) = wire::first_frame(rest) else { return used };
            used += frame.length;
            if let (TEXT, Some(mask)) = (frame.opcode, frame.mask) {
                let mut text = std::mem::take(&mut self.text);
                wire::unmask(frame.payload, mask, &mut text);
                self.command(room, &text);
                self.text = text;
            }
        }
    }

    /// Answers `GET /<room>/<seat>`.
    fn open(&mut self, index: usize, request: &[u8]) {
        let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let mut path = line.split(' ').nth(1).unwrap_or_default().split('/').skip(1);
        let (room, seat) = (path.next().unwrap_or_default(), path.next().unwrap_or_default());
        let rooms = &mut self.rooms;
        let room = *self.by_name.entry(room.to_owned()).or_insert_with(|| {
            rooms.push(Room { members: Vec::new(), place: 0, ready: Ready::for_seat(seat) });
            rooms.len() - 1
        });
        if let Some(room) = self.rooms.get_mut(room) {
            room.members.push(index);
        }
        let Some(Some(peer)) = self.peers.get_mut(index) else { return };
        peer.room = Some(room);
        // Who measures does not check the key's answer.
        let answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
            Connection: Upgrade\r\nSec-WebSocket-Accept: -\r\n\r\n";
        if peer.stream.write_all(answer).is_err() {
            self.lose(index);
        }
    }

    fn command(&mut self, room: usize, text: &[u8]) {
        let Some(room) = self.rooms.get_mut(room) else { return };
        room.place += 1;
        room.ready.fill(room.place, text.get(ID_AT..ID_AT + ID).unwrap_or_default());
        for member in &room.members {
            if let Some(Some(peer)) = self.peers.get_mut(*member) {
                // One write for each; who does not read misses it, and the generator tells.
                let _ = peer.stream.write(&room.ready.frame);
            }
        }
    }

    fn lose(&mut self, index: usize) {
        let lost = self.peers.get_mut(index).and_then(Option::take);
        if let Some(room) = lost.and_then(|peer| peer.room)
            && let Some(room) = self.rooms.get_mut(room)
        {
            room.members.retain(|member| *member != index);
        }
    }
}
