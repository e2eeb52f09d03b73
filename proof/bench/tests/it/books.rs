//! A server that does wrong is told from one that does right.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use setroom_bench::generator::{Books, Generator, Opening, Pace, Way};
use setroom_bench::wire::{self, Heard, Stamp};
use setroom_websocket::{TEXT, write};

/// Takes one connection, opens it, reads one command, and answers with these frames; `{re}` in
/// them stands for the command's id.
fn server(frames: Vec<String>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        until(&mut stream, &mut bytes, |bytes| bytes.ends_with(b"\r\n\r\n"));
        stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").unwrap();
        bytes.clear();
        until(&mut stream, &mut bytes, |bytes| wire::first_frame(bytes).is_some());
        let frame = wire::first_frame(&bytes).unwrap();
        let mut text = Vec::new();
        wire::unmask(frame.payload, frame.mask.unwrap(), &mut text);
        let text = String::from_utf8(text).unwrap();
        let id = &text[17..17 + wire::ID];
        let mut out = Vec::new();
        for frame in frames {
            write(TEXT, frame.replace("{re}", id).as_bytes(), None, &mut out);
        }
        stream.write_all(&out).unwrap();
        // Held until the generator goes.
        let _ = stream.read(&mut [0; 1]);
    });
    address
}

fn until(stream: &mut TcpStream, bytes: &mut Vec<u8>, enough: impl Fn(&[u8]) -> bool) {
    while !enough(bytes) {
        let mut some = [0; 512];
        let got = stream.read(&mut some).unwrap();
        assert!(got > 0, "the generator went away");
        bytes.extend_from_slice(&some[..got]);
    }
}

fn change(seq: u64, re: &str) -> String {
    let seat = "seat-01-00000000000001";
    format!(
        r#"{{"t":"change","seq":{seq},"at":1700000000000,"by":"{seat}","re":"{re}","what":"ticked","shared":{{}}}}"#
    )
}

/// Sends one command in a room of one to such a server and gives the books.
fn played(frames: Vec<String>, check: impl Fn(&Books)) {
    let mut generator = Generator::new(Way::Plain).unwrap();
    let opening = Opening { to: server(frames), path: "/0/a".to_owned(), first: None };
    generator.room(&[opening]).unwrap();
    generator.play(Pace::Open(10.0), Duration::from_millis(50)).unwrap();
    generator.drain().unwrap();
    generator.settle().unwrap();
    assert_eq!(generator.books().commands, 1);
    check(generator.books());
}

#[test]
fn what_comes_once_is_right() {
    played(vec![r#"{"t":"beat","at":5}"#.into(), change(9, "{re}")], |books| {
        assert_eq!((books.received, books.lost(), books.duplicated, books.gaps), (1, 0, 0, 0));
        assert_eq!(books.asides, 1);
    });
}

#[test]
fn what_comes_twice_is_told() {
    played(vec![change(9, "{re}"), change(9, "{re}")], |books| {
        assert_eq!((books.received, books.duplicated), (1, 1));
    });
}

#[test]
fn what_is_left_out_is_told() {
    played(vec![change(7, "x"), change(9, "{re}")], |books| {
        assert_eq!((books.received, books.gaps), (1, 1));
    });
}

#[test]
fn another_rooms_command_is_told() {
    let foreign = Stamp { due: 0, from: 0, room: 5 }.write();
    let foreign = String::from_utf8(foreign.to_vec()).unwrap();
    played(vec![change(1, &foreign), change(2, "{re}")], |books| {
        assert_eq!((books.received, books.wrong_room, books.lost()), (1, 1, 0));
    });
}

#[test]
fn a_refusal_is_no_loss_and_is_told() {
    played(vec![r#"{"t":"refused","cid":"{re}","code":"already"}"#.into()], |books| {
        assert_eq!((books.refused, books.received), (1, 0));
    });
}

#[test]
fn the_frames_of_the_service_are_read() {
    use setroom_protocol::{CommandId, SeatId, Seq, ServerFrame, Timestamp};
    let stamp = Stamp { due: 123_456_789_012, from: 19_499, room: 1_949 };
    let id: CommandId = std::str::from_utf8(&stamp.write()).unwrap().parse().unwrap();
    let (seat, seq, at) = (SeatId::from_bytes([7; 16]), Seq(4711), Timestamp(1_790_000_000_000));
    let shared = serde_json::json!({"seats": {seat.to_string(): {"tick": true}}});
    let what = "ticked".into();
    let (by, re) = (Some(seat), Some(id));
    let text = ServerFrame::Change { seq, at, by, re, what, shared }.encode();
    assert!((170..200).contains(&text.len()), "{} bytes are told in the documents", text.len());
    let Heard::Change(4711, Some(found)) = wire::hear(text.as_bytes()) else { panic!("{text}") };
    assert_eq!(Stamp::read(found), Some(stamp));
    // Found also where it does not stand where it usually does.
    let odd = text.replace(r#","by":"#, r#","later":true,"by":"#);
    let Heard::Change(4711, Some(found)) = wire::hear(odd.as_bytes()) else { panic!("{odd}") };
    assert_eq!(Stamp::read(found), Some(stamp));

    let hears = |frame: ServerFrame| wire::hear(frame.encode().leak().as_bytes());
    let challenge = setroom_protocol::Challenge32([1; 32]);
    assert_eq!(
        hears(ServerFrame::Hello { challenge, build: "5b1f".into(), retention_days: 30 }),
        Heard::Other
    );
    assert_eq!(hears(ServerFrame::Done { cid: id, seq }), Heard::Done);
    let own = serde_json::json!({"next_n": 2});
    assert_eq!(hears(ServerFrame::Own { seq, own: own.clone(), whole: true }), Heard::Begin(4711));
    assert_eq!(hears(ServerFrame::Own { seq, own, whole: false }), Heard::Other);
    assert_eq!(hears(ServerFrame::Beat { at }), Heard::Other);
}

#[test]
fn a_command_is_one_that_the_service_takes() {
    use setroom_protocol::{ClientFrame, Command, decode};
    let mut text = Vec::new();
    wire::tick(Stamp { due: 1, from: 2, room: 3 }, 44, true, &mut text);
    let frame = decode(std::str::from_utf8(&text).unwrap(), false).unwrap();
    let ClientFrame::Do { seen, cmd, .. } = frame else { panic!("{frame:?}") };
    assert_eq!((seen.0, cmd), (44, Command::Tick { on: true }));
}

#[test]
fn frames_are_cut_where_they_end() {
    for length in [0, 1, 125, 126, 65_535, 65_536] {
        let payload = vec![0xa5; length];
        let (mut masked, mut plain) = (Vec::new(), Vec::new());
        wire::client_frame(TEXT, &payload, &mut masked);
        write(TEXT, &payload, None, &mut plain);
        let frame = wire::first_frame(&plain).unwrap();
        assert_eq!((frame.payload, frame.length, frame.mask), (&*payload, plain.len(), None));
        assert_eq!(wire::first_frame(&plain[..plain.len() - 1]), None, "one byte is missing");
        let frame = wire::first_frame(&masked).unwrap();
        let mut text = Vec::new();
        wire::unmask(frame.payload, frame.mask.unwrap(), &mut text);
        assert_eq!(text, payload);
    }
    assert_eq!(wire::first_frame(&[]), None);
}
