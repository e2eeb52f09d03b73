//! Lines that change what a server sends: what passes between it and its clients goes through here.
//!
//! Requests and whatever clients send pass as they are. Of what is sent to them each frame is
//! looked at, and some lie about one thing.

use std::io::Cursor;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};
use setroom_protocol::CloseCode;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::Bug;

/// Frames that may wait for one client; nobody here is slow.
const WAITING: usize = 4096;
/// What answers a request for a WebSocket.
const SWITCHES: &[u8] = b"HTTP/1.1 101";

/// All lines to one server. Clones are the same.
#[derive(Clone, Debug)]
pub struct Lies {
    bug: Bug,
    lines: Arc<Mutex<Vec<Line>>>,
}

/// What is known of a line.
#[derive(Debug)]
struct Line {
    out: mpsc::Sender<Vec<u8>>,
    stands: Stands,
    /// The server has let go of it, and that was kept back.
    is_kept: bool,
    /// The last change that was sent on it, and what is to be sent behind later ones.
    reached: Option<u64>,
    due: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq)]
enum Stands {
    Unknown,
    AtTheDoor,
    /// In the room, on this seat; how many came in before.
    Inside(Value, usize),
}

impl Line {
    fn is_inside(&self) -> bool {
        matches!(self.stands, Stands::Inside(..))
    }

    fn seat(&self) -> Option<&Value> {
        if let Stands::Inside(seat, _) = &self.stands { Some(seat) } else { None }
    }

    /// How many came in before.
    fn came(&self) -> usize {
        if let Stands::Inside(_, before) = &self.stands { *before } else { 0 }
    }

    /// Sends an own part, behind the change that it belongs to.
    fn owe(&mut self, frame: &Value) {
        if self.reached >= place_of(frame) {
            self.send(frame);
        } else {
            self.due.push(frame.clone());
        }
    }

    fn send(&self, frame: &Value) {
        // A line that has ended gets nothing.
        let _ = self.out.try_send(framed(OpCode::Data(Data::Text), frame.to_string().as_bytes()));
    }
}

fn framed(opcode: OpCode, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(payload.len() + 10);
    // Into memory this cannot fail.
    let _ =
        FrameHeader { opcode, ..FrameHeader::default() }.format(payload.len() as u64, &mut bytes);
    bytes.extend_from_slice(payload);
    bytes
}

impl Lies {
    /// Lines with a bug; `None` when it is none of theirs.
    pub fn with(bug: Option<Bug>) -> Option<Self> {
        let bug = bug.filter(|bug| {
            matches!(
                bug,
                Bug::LobbyHears
                    | Bug::ShowsTwice
                    | Bug::LosesFrames
                    | Bug::ShowsOthersOwn
                    | Bug::TwoPresenters
                    | Bug::KeepsRemoved
                    | Bug::SnapshotDiffers
                    | Bug::LinesUncounted
                    | Bug::LeaksOwnTexts
            )
        })?;
        Some(Self { bug, lines: Arc::default() })
    }

    /// Carries one connection, until both of its ends are gone.
    pub async fn carry<C, S>(self, client: C, server: S)
    where
        C: AsyncRead + AsyncWrite + Send + 'static,
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        let (mut from_client, mut to_client) = tokio::io::split(client);
        let (mut from_server, mut to_server) = tokio::io::split(server);
        let (out, mut waiting) = mpsc::channel::<Vec<u8>>(WAITING);
        let place = {
            let mut lines = self.lines.lock();
            let (out, stands) = (out.clone(), Stands::Unknown);
            lines.push(Line { out, stands, is_kept: false, reached: None, due: Vec::new() });
            lines.len() - 1
        };
        tokio::spawn(async move {
            while let Some(bytes) = waiting.recv().await {
                if to_client.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            let _ = to_client.shutdown().await;
        });
        let upwards = tokio::spawn(async move {
            let mut bytes = vec![0; 16 * 1024];
            let mut is_open = true;
            while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
                // Whoever is kept may speak to nobody.
                let sent = bytes.get(..count).unwrap_or_default();
                is_open = is_open && to_server.write_all(sent).await.is_ok();
            }
            let _ = to_server.shutdown().await;
        });
        let mut buffer = Vec::new();
        let mut is_framed = false;
        while let Ok(1..) = from_server.read_buf(&mut buffer).await {
            if !is_framed && buffer.starts_with(SWITCHES) {
                let Some(end) = buffer.windows(4).position(|at| at == b"\r\n\r\n") else {
                    continue;
                };
                let _ = out.send(buffer.drain(..end + 4).collect()).await;
                is_framed = true;
            }
            if is_framed {
                while let Some((opcode, payload)) = next_frame(&mut buffer) {
                    for bytes in self.instead(place, opcode, payload) {
                        let _ = out.send(bytes).await;
                    }
                }
            } else {
                let _ = out.send(std::mem::take(&mut buffer)).await;
            }
        }
        drop(out);
        if self.lines.lock().get(place).is_some_and(|line| line.is_kept) {
            let _ = upwards.await;
        }
        self.close(place);
    }

    /// The line has ended: nothing is sent to it any more.
    fn close(&self, place: usize) {
        if let Some(line) = self.lines.lock().get_mut(place) {
            (line.stands, line.is_kept) = (Stands::Unknown, false);
            line.out = mpsc::channel(1).0;
        }
    }

    /// What a line's client is sent in place of a frame.
    fn instead(&self, place: usize, opcode: OpCode, payload: Vec<u8>) -> Vec<Vec<u8>> {
        if opcode == OpCode::Control(Control::Close) && self.keeps(place, &payload) {
            return Vec::new();
        }
        let is_text = opcode == OpCode::Data(Data::Text);
        let frame = serde_json::from_slice(&payload).ok().filter(|_| is_text);
        match frame.and_then(|frame| self.text(place, frame)) {
            Some(frames) => {
                let text = |frame: Value| framed(opcode, frame.to_string().as_bytes());
                frames.into_iter().map(text).collect()
            }
            None => vec![framed(opcode, &payload)],
        }
    }

    /// Whether a goodbye is kept from whoever it is for, who goes on hearing what others do.
    fn keeps(&self, place: usize, payload: &[u8]) -> bool {
        let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
        let removed = self.bug == Bug::KeepsRemoved && code == Some(CloseCode::NotAllowed.code());
        let one_more = self.bug == Bug::LinesUncounted && code == Some(CloseCode::Replaced.code());
        let mut lines = self.lines.lock();
        let Some(line) = lines.get_mut(place).filter(|line| line.is_inside()) else { return false };
        line.is_kept = removed || one_more;
        line.is_kept
    }

    /// What is said in place of a frame; `None` where that is the frame itself.
    fn text(&self, place: usize, mut frame: Value) -> Option<Vec<Value>> {
        let mut lines = self.lines.lock();
        let kind = frame.get("t").and_then(Value::as_str)?.to_owned();
        let is_whole = frame.get("whole").is_some_and(|whole| *whole == true);
        let bug = self.bug;
        if kind == "lobby" {
            lines.get_mut(place)?.stands = Stands::AtTheDoor;
        } else if kind == "snapshot" || kind == "own" && is_whole {
            come_in(&mut lines, place, frame.pointer("/own/seat").cloned()?);
            if kind == "snapshot" {
                lines.get_mut(place)?.reached = place_of(&frame);
            }
            if bug == Bug::SnapshotDiffers {
                let locked = frame.pointer_mut("/shared/locked")?;
                *locked = json!(!locked.as_bool().unwrap_or_default());
                return Some(vec![frame]);
            }
        } else if kind == "change" {
            let first = lines.iter().position(|line| line.is_inside() && !line.is_kept);
            let hears = |line: &&Line| {
                line.is_kept || bug == Bug::LobbyHears && line.stands == Stands::AtTheDoor
            };
            // Once for each change, however many lines it comes on.
            if first == Some(place) {
                lines.iter().filter(hears).for_each(|line| line.send(&frame));
            }
            let line = lines.get_mut(place)?;
            line.reached = place_of(&frame);
            let owed = std::mem::take(&mut line.due).into_iter();
            let (due, later): (Vec<_>, _) = owed.partition(|own| place_of(own) <= line.reached);
            line.due = later;
            let locks = frame.get("what").is_some_and(|what| what == "locked");
            let mut said = vec![another_presenter(bug, line, frame)];
            if locks && bug == Bug::LosesFrames {
                said.clear();
            } else if locks && bug == Bug::ShowsTwice {
                said.extend(said.first().cloned());
            }
            said.extend(due);
            return Some(said);
        } else if kind == "own" && bug == Bug::ShowsOthersOwn {
            let others = lines.iter_mut().enumerate().filter(|(other, _)| *other != place);
            others.filter(|(_, line)| line.is_inside()).for_each(|(_, line)| line.owe(&frame));
        } else if kind == "own" && bug == Bug::LeaksOwnTexts {
            let items = frame.pointer("/own/items")?;
            let own = json!({"t": "own", "seq": place_of(&frame), "own": {"items": items}});
            let author = lines.get(place)?.seat()?.clone();
            let is_others = |line: &&mut Line| line.seat().is_some_and(|seat| *seat != author);
            lines.iter_mut().filter(is_others).max_by_key(|line| line.came())?.owe(&own);
        }
        None
    }
}

fn place_of(frame: &Value) -> Option<u64> {
    frame.get("seq").and_then(Value::as_u64)
}

/// A line's client is in the room from now on.
fn come_in(lines: &mut [Line], place: usize, seat: Value) {
    let before = lines.iter().filter(|line| line.is_inside()).count();
    if let Some(line) = lines.get_mut(place) {
        line.stands = Stands::Inside(seat, before);
    }
}

/// To every other of those inside somebody else presents: they do themselves.
fn another_presenter(bug: Bug, line: &Line, mut frame: Value) -> Value {
    if bug == Bug::TwoPresenters
        && let Stands::Inside(seat, before) = &line.stands
        && before % 2 == 1
        && let Some(presenter) = frame.pointer_mut("/shared/presenter")
        && !presenter.is_null()
    {
        *presenter = seat.clone();
    }
    frame
}

/// Takes the first whole frame of what came.
fn next_frame(buffer: &mut Vec<u8>) -> Option<(OpCode, Vec<u8>)> {
    let mut cursor = Cursor::new(&buffer);
    let (header, length) = FrameHeader::parse(&mut cursor).ok()??;
    let begin = usize::try_from(cursor.position()).ok()?;
    let end = begin.checked_add(usize::try_from(length).ok()?)?;
    let payload = buffer.get(begin..end)?.to_vec();
    buffer.drain(..end);
    Some((header.opcode, payload))
}
