//! The load: many raw sockets on one thread, every delivery checked.
//!
//! An open loop sends commands when they are due, however slow the answers are, and counts latency
//! from that moment. A closed loop keeps so many commands of each room in flight: it shows what
//! fits, and nothing about latency.

mod books;
mod connect;
mod link;

use std::io;
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};

pub use self::books::Books;
pub use self::connect::{Opening, Way};
use self::link::Link;
use crate::clock::{Clock, ns};
use crate::wire::{self, Stamp};

const AT_ONCE: usize = 512;
const READ_BYTES: usize = 256 * 1024;
/// Silence after which the joins are taken to be over, and how long that is waited for.
const QUIET: Duration = Duration::from_millis(200);
const SETTLE: Duration = Duration::from_secs(2);
/// How long stragglers are waited for.
const DRAIN: Duration = Duration::from_secs(5);

/// How commands come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many a second, all rooms together, one after the other.
    Open(f64),
    /// So many in flight in each room.
    Closed(usize),
}

/// A room as the generator sees it.
#[derive(Debug)]
struct Room {
    /// Its first link; the others follow.
    first: usize,
    members: usize,
    /// Who is next to press.
    turn: usize,
}

/// All rooms and their sockets.
#[derive(Debug)]
pub struct Generator {
    clock: Clock,
    epoll: rustix::fd::OwnedFd,
    links: Vec<Link>,
    rooms: Vec<Room>,
    books: Books,
    buffer: Vec<u8>,
    out: Vec<u8>,
    way: Way,
    /// Links whose own command has come back, in a closed loop.
    back: Vec<usize>,
    pace: Pace,
}

impl Generator {
    /// Nobody is connected yet.
    ///
    /// # Errors
    /// That of the system.
    pub fn new(way: Way) -> io::Result<Self> {
        Ok(Self {
            clock: Clock::start(),
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            links: Vec::new(),
            rooms: Vec::new(),
            books: Books::new(),
            buffer: vec![0; READ_BYTES],
            out: Vec::new(),
            way,
            back: Vec::new(),
            pace: Pace::Open(1.0),
        })
    }

    /// Connects a room's people.
    ///
    /// # Errors
    /// When one of them is not let in.
    pub fn room(&mut self, openings: &[Opening]) -> io::Result<()> {
        let room = self.rooms.len();
        self.books.room(openings.len());
        self.rooms.push(Room { first: self.links.len(), members: openings.len(), turn: 0 });
        for opening in openings {
            let (stream, carry) = connect::connect(self.way, opening)?;
            let data = epoll::EventData::new_u64(self.links.len() as u64);
            epoll::add(&self.epoll, &stream, data, epoll::EventFlags::IN)?;
            self.links.push(Link::new(stream, room, carry));
        }
        Ok(())
    }

    /// Sockets that are open.
    pub fn links(&self) -> usize {
        self.links.len()
    }

    /// What was counted so far.
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// Nanoseconds since this generator was made.
    pub fn now(&self) -> u64 {
        self.clock.ns()
    }

    /// Reads for a while and sends nothing, so that what belongs to the joins is out of the way.
    ///
    /// # Errors
    /// When a connection ends.
    pub fn settle(&mut self) -> io::Result<()> {
        let end = self.now() + ns(SETTLE);
        let mut until = self.now() + ns(QUIET);
        while self.now() < until.min(end) || (self.way == Way::Setroom && !self.all_in()) {
            if self.now() > end + ns(SETTLE) {
                return Err(io::Error::other("not everybody was let in"));
            }
            if self.listen(until.max(self.now() + ns(QUIET)))? > 0 {
                until = self.now() + ns(QUIET);
            }
        }
        Ok(())
    }

    /// Whether everybody has been told where the room stands.
    fn all_in(&self) -> bool {
        self.links.iter().all(|link| link.last.is_some())
    }

    /// From now on latency is recorded; gives the time, and the deliveries so far.
    pub fn begin(&mut self) -> (u64, u64) {
        let now = self.now();
        self.books.begin(now);
        (now, self.books.received)
    }

    /// Plays for `long`. What becomes due before that is sent, and what comes is counted.
    ///
    /// # Errors
    /// When a connection ends, or a server does not read.
    pub fn play(&mut self, pace: Pace, long: Duration) -> io::Result<()> {
        self.pace = pace;
        let (start, long) = (self.now(), ns(long));
        match pace {
            Pace::Open(rate) => self.play_open(rate, start, start + long),
            Pace::Closed(window) => self.play_closed(window, start + long),
        }
    }

    fn play_open(&mut self, rate: f64, start: u64, end: u64) -> io::Result<()> {
        let gap = 1e9 / rate.max(f64::MIN_POSITIVE);
        let mut count = 0.0;
        let mut room = 0;
        loop {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "nanoseconds of minutes"
            )]
            let due = start + (gap * count) as u64;
            let now = self.now();
            if due >= end {
                if now >= end {
                    return Ok(());
                }
                self.listen(end)?;
            } else if due > now {
                self.listen(due)?;
            } else {
                self.press(room, due)?;
                self.books.late(now.saturating_sub(due));
                room = (room + 1) % self.rooms.len().max(1);
                count += 1.0;
            }
        }
    }

    fn play_closed(&mut self, window: usize, end: u64) -> io::Result<()> {
        self.back.clear();
        // What is still in flight from a play before goes on being in flight.
        for room in 0..self.rooms.len() {
            let missing = window.saturating_sub(self.books.in_flight(room));
            for _ in 0..missing {
                self.press(room, self.now())?;
            }
        }
        while self.now() < end {
            self.listen(end)?;
            let back = std::mem::take(&mut self.back);
            for room in &back {
                self.press(*room, self.now())?;
            }
            self.back = back;
            self.back.clear();
        }
        Ok(())
    }

    /// Reads for so long and sends nothing but signs of life.
    ///
    /// # Errors
    /// When a connection ends.
    pub fn rest(&mut self, long: Duration) -> io::Result<()> {
        let until = self.now() + ns(long);
        while self.now() < until {
            self.listen(until)?;
        }
        Ok(())
    }

    /// Waits until everything that was sent has come to everybody, or for long enough.
    ///
    /// # Errors
    /// When a connection ends.
    pub fn drain(&mut self) -> io::Result<()> {
        self.pace = Pace::Open(1.0);
        let until = self.now() + ns(DRAIN);
        while !self.books.settled() && self.now() < until {
            self.listen(until)?;
        }
        Ok(())
    }

    /// The next person of a room ticks the part off, or takes that back.
    fn press(&mut self, index: usize, due: u64) -> io::Result<()> {
        let Some(room) = self.rooms.get_mut(index) else { return Ok(()) };
        let from = room.first + room.turn;
        room.turn = (room.turn + 1) % room.members.max(1);
        let Some(link) = self.links.get_mut(from) else { return Ok(()) };
        let on = link.press();
        let whole = |index| u32::try_from(index).unwrap_or(u32::MAX);
        let stamp = Stamp { due, from: whole(from), room: whole(index) };
        self.out.clear();
        link.command(self.way, stamp, on, &mut self.out);
        self.books.sent(index);
        link.write(&self.out)
    }

    /// Reads what comes until then, at most once; says how many deliveries that were.
    fn listen(&mut self, until: u64) -> io::Result<usize> {
        let wait = Duration::from_nanos(until.saturating_sub(self.now()));
        let wait = Timespec {
            tv_sec: i64::try_from(wait.as_secs()).unwrap_or(0),
            tv_nsec: wait.subsec_nanos().into(),
        };
        let mut events = Vec::with_capacity(AT_ONCE);
        match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&wait)) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(0),
            Err(error) => return Err(error.into()),
        }
        let mut heard = 0;
        for event in events {
            let index = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
            heard += self.read(index)?;
        }
        Ok(heard)
    }

    fn read(&mut self, index: usize) -> io::Result<usize> {
        let Some(link) = self.links.get_mut(index) else { return Ok(0) };
        let Some(got) = link.read(&mut self.buffer)? else { return Ok(0) };
        let now = self.clock.ns();
        let mut carry = std::mem::take(&mut link.carry);
        let fresh = self.buffer.get(..got).unwrap_or_default();
        let bytes = if carry.is_empty() {
            fresh
        } else {
            carry.extend_from_slice(fresh);
            &carry
        };
        let (mut used, mut heard) = (0, 0);
        while let Some(frame) = wire::first_frame(bytes.get(used..).unwrap_or_default()) {
            used += frame.length;
            match link.take(self.way, &frame)? {
                None => {}
                Some(text) => {
                    let is_own = self.books.take(index, link, text, now);
                    heard += 1;
                    if is_own && matches!(self.pace, Pace::Closed(_)) {
                        self.back.push(link.room);
                    }
                }
            }
        }
        if used < bytes.len() {
            link.carry = bytes.get(used..).unwrap_or_default().to_vec();
        } else {
            // Kept for its room, emptied.
            carry.clear();
            link.carry = carry;
        }
        Ok(heard)
    }
}
