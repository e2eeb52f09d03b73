//! Sections 1 to 5, 7, 9 and 10: framing, control frames, what is reserved, fragments, goodbyes,
//! sizes.

use super::{BAD, BEGUN, Bare, CLOSE, Case, Code, LAST, MORE, MOST, PING, PONG, TEXT, Well};
use super::{frame, goodbye, play, text};

fn letters(count: usize) -> Vec<u8> {
    vec![b'*'; count]
}

#[tokio::test]
async fn cases_1_and_9_and_10_texts_of_every_size() {
    let whole = |len: usize| vec![frame(TEXT, &letters(len))];
    let mut cases: Vec<Case> = [
        ("1.1.1", 0),
        ("1.1.2", 125),
        ("1.1.3", 126),
        ("1.1.4", 127),
        ("1.1.5", 128),
        ("1.1.6", 65_535),
        ("1.1.7", 65_536),
        ("9.1, as long as may be", MOST),
    ]
    .map(|(name, len)| Case(name, whole(len), vec![text(letters(len))], Well))
    .into();
    let chops = |bytes: Vec<u8>, size: usize| -> Vec<_> {
        bytes.chunks(size).map(<[u8]>::to_vec).collect()
    };
    let whole = frame(TEXT, &letters(65_536));
    cases.push(Case("1.1.8", chops(whole.clone(), 997), vec![text(letters(65_536))], Well));
    for (name, size) in [("9.5.1", 64), ("9.5.2", 128), ("9.5.6", 2048)] {
        cases.push(Case(name, chops(whole.clone(), size), vec![text(letters(65_536))], Well));
    }
    for (name, size) in [("9.3.1", 64), ("9.3.3", 1024), ("10.1.1", 1300)] {
        let mut parts: Vec<_> =
            letters(65_536).chunks(size).map(|part| frame(MORE, part)).collect();
        parts[0][0] = BEGUN;
        *parts.last_mut().unwrap().first_mut().unwrap() = LAST;
        cases.push(Case(name, parts, vec![text(letters(65_536))], Well));
    }
    let many: Vec<_> = (0..1000).map(|_| frame(TEXT, &letters(16))).collect();
    cases.push(Case("9.7.2", many, vec![text(letters(16)); 1000], Well));
    let over = vec![frame(TEXT, &letters(MOST + 1))];
    cases.push(Case("9.1, one byte too long", over, vec![], Code(4413)));
    let parts = vec![frame(BEGUN, &letters(MOST)), frame(LAST, b"*")];
    cases.push(Case("9.3, one byte too long in parts", parts, vec![], Code(4413)));
    play(cases).await;
}

#[tokio::test]
async fn cases_1_2_binary_messages_are_refused() {
    let binary = |first, len| vec![frame(first, &vec![0xfe; len])];
    play([
        Case("1.2.1", binary(0x82, 0), vec![], Code(BAD)),
        Case("1.2.2", binary(0x82, 125), vec![], Code(BAD)),
        Case("9.4, begun", binary(0x02, 10), vec![], Code(BAD)),
    ])
    .await;
}

#[tokio::test]
async fn cases_2_pings_and_pongs() {
    let long = vec![0xfe; 125];
    let ping = |payload: &[u8]| frame(PING, payload);
    let pong = |payload: &[u8]| (PONG, payload.to_vec());
    let ten: Vec<_> = (0..10).map(|n| format!("payload-{n}").into_bytes()).collect();
    play([
        Case("2.1", vec![ping(b"")], vec![pong(b"")], Well),
        Case("2.2", vec![ping(b"Hello, world!")], vec![pong(b"Hello, world!")], Well),
        Case("2.3", vec![ping(b"\0\xff\xfe\xfd")], vec![pong(b"\0\xff\xfe\xfd")], Well),
        Case("2.4 and 2.6", vec![ping(&long)], vec![pong(&long)], Well),
        Case("2.5", vec![ping(&[0xfe; 126])], vec![], Code(BAD)),
        Case("2.7", vec![frame(PONG, b"")], vec![], Well),
        Case("2.8", vec![frame(PONG, b"unasked")], vec![], Well),
        Case("2.9", vec![frame(PONG, b"unasked"), ping(b"x")], vec![pong(b"x")], Well),
        Case(
            "2.10 and 2.11",
            ten.iter().map(|payload| ping(payload)).collect(),
            ten.iter().map(|payload| pong(payload)).collect(),
            Well,
        ),
    ])
    .await;
}

#[tokio::test]
async fn cases_3_reserved_bits() {
    let hello = || frame(TEXT, b"hello");
    let after = |first| vec![hello(), frame(first, b"hello"), frame(PING, b"")];
    let before = || vec![text("hello")];
    play([
        Case("3.1", vec![frame(TEXT | 0x10, b"hello")], vec![], Code(BAD)),
        Case("3.2", after(TEXT | 0x20), before(), Code(BAD)),
        Case("3.3", after(TEXT | 0x30), before(), Code(BAD)),
        Case("3.4", after(TEXT | 0x40), before(), Code(BAD)),
        Case("3.5", vec![frame(0x82 | 0x50, b"\0")], vec![], Code(BAD)),
        Case("3.6", vec![frame(PING | 0x60, b"")], vec![], Code(BAD)),
        Case("3.7", vec![frame(CLOSE | 0x70, b"")], vec![], Code(BAD)),
        // RFC 6455, 5.1; the suite has no number for it.
        Case("unmasked", vec![vec![TEXT, 2, b'h', b'i']], vec![], Code(BAD)),
    ])
    .await;
}

#[tokio::test]
async fn cases_4_reserved_opcodes() {
    let mut cases = Vec::new();
    for (name, opcode) in [
        ("4.1.1", 3),
        ("4.1.2", 4),
        ("4.1.3", 5),
        ("4.1.4", 6),
        ("4.1.5", 7),
        ("4.2.1", 11),
        ("4.2.2", 12),
        ("4.2.3", 13),
        ("4.2.4", 14),
        ("4.2.5", 15),
    ] {
        let alone = vec![frame(0x80 | opcode, b"")];
        cases.push(Case(name, alone, vec![], Code(BAD)));
        let after = vec![frame(TEXT, b"hello"), frame(0x80 | opcode, b"x"), frame(PING, b"")];
        cases.push(Case(name, after, vec![text("hello")], Code(BAD)));
    }
    play(cases).await;
}

#[tokio::test]
async fn cases_5_fragments() {
    let f = frame;
    let pong = |payload: &[u8]| (PONG, payload.to_vec());
    let begun = || f(BEGUN, b"fragment1");
    let end = || f(LAST, b"fragment2");
    let both = || vec![text("fragment1fragment2")];
    play([
        Case("5.1", vec![f(0x09, b"a"), f(LAST, b"b")], vec![], Code(BAD)),
        Case("5.2", vec![f(0x0a, b"a"), f(LAST, b"b")], vec![], Code(BAD)),
        Case("5.3 to 5.5", vec![begun(), end()], both(), Well),
        Case(
            "5.6 to 5.8",
            vec![begun(), f(PING, b"ping"), end()],
            [vec![pong(b"ping")], both()].concat(),
            Well,
        ),
        Case("5.9 to 5.11", vec![f(LAST, b"x"), f(TEXT, b"y")], vec![], Code(BAD)),
        Case("5.12 to 5.14", vec![f(MORE, b"x"), f(TEXT, b"y")], vec![], Code(BAD)),
        Case("5.15", vec![begun(), end(), f(LAST, b"3"), f(TEXT, b"4")], both(), Code(BAD)),
        Case("5.16", vec![f(MORE, b"1"), f(BEGUN, b"2"), f(LAST, b"3")], vec![], Code(BAD)),
        Case("5.17", vec![f(LAST, b"1"), f(BEGUN, b"2"), f(LAST, b"3")], vec![], Code(BAD)),
        Case("5.18", vec![begun(), f(TEXT, b"fragment2")], vec![], Code(BAD)),
        Case(
            "5.19 and 5.20",
            vec![
                begun(),
                f(MORE, b"fragment2"),
                f(PING, b"pongme 1!"),
                f(MORE, b"fragment3"),
                f(MORE, b"fragment4"),
                f(PING, b"pongme 2!"),
                f(LAST, b"fragment5"),
            ],
            vec![
                pong(b"pongme 1!"),
                pong(b"pongme 2!"),
                text("fragment1fragment2fragment3fragment4fragment5"),
            ],
            Well,
        ),
    ])
    .await;
}

#[tokio::test]
async fn cases_7_1_after_the_goodbye_there_is_nothing() {
    let bye = || goodbye(1000, b"");
    let hello = || frame(TEXT, b"hello");
    play([
        Case("7.1.1", vec![hello(), bye()], vec![text("hello")], Code(1000)),
        Case("7.1.2", vec![bye(), bye()], vec![], Code(1000)),
        Case("7.1.3", vec![bye(), frame(PING, b"")], vec![], Code(1000)),
        Case("7.1.4", vec![bye(), hello()], vec![], Code(1000)),
        Case("7.1.5", vec![frame(BEGUN, b"1"), bye(), frame(LAST, b"2")], vec![], Code(1000)),
        Case("7.1.6", vec![bye(), frame(TEXT, &letters(60_000)), hello()], vec![], Code(1000)),
    ])
    .await;
}

#[tokio::test]
async fn cases_7_3_to_7_9_goodbyes_and_their_codes() {
    let mut cases = vec![
        Case("7.3.1", vec![frame(CLOSE, b"")], vec![], Bare),
        Case("7.3.2", vec![frame(CLOSE, b"a")], vec![], Code(BAD)),
        Case("7.3.3", vec![goodbye(1000, b"")], vec![], Code(1000)),
        Case("7.3.4", vec![goodbye(1000, b"Hello World!")], vec![], Code(1000)),
        Case("7.3.5", vec![goodbye(1000, &letters(123))], vec![], Code(1000)),
        Case("7.3.6", vec![goodbye(1000, &letters(124))], vec![], Code(BAD)),
        Case("7.5.1", vec![goodbye(1000, b"\xce\xba\xed\xa0\x80")], vec![], Code(BAD)),
    ];
    let may = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
    for code in may {
        cases.push(Case("7.7", vec![goodbye(code, b"")], vec![], Code(code)));
    }
    // Nobody may say these: they are answered as a breach of the protocol.
    for code in [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999] {
        cases.push(Case("7.9", vec![goodbye(code, b"")], vec![], Code(1002)));
    }
    for code in [5000, 65_535] {
        cases.push(Case("7.13", vec![goodbye(code, b"")], vec![], Code(1002)));
    }
    play(cases).await;
}
