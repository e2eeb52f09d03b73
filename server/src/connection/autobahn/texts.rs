//! Section 6: what is text, whole and in fragments, and what is not.

use super::{BAD, BEGUN, Case, Code, LAST, MORE, TEXT, Well};
use super::{frame, play, text};

/// κόσμε.
const COSMOS: &[u8] = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";

/// One octet to a fragment.
fn crumbs(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut parts: Vec<_> = bytes.chunks(1).map(|part| frame(MORE, part)).collect();
    parts[0][0] = BEGUN;
    // The last of it, which is empty, so that a text of one octet is in fragments too.
    parts.push(frame(LAST, b""));
    parts
}

#[tokio::test]
async fn cases_6_1_to_6_4_where_texts_are_cut() {
    let f = frame;
    let hello = "Hello-µ@ßöäüàá-UTF-8!!";
    let broken = [COSMOS, b"\xed\xa0\x80edited"].concat();
    play([
        Case("6.1.1", vec![f(TEXT, b"")], vec![text("")], Well),
        Case("6.1.2", vec![f(BEGUN, b""), f(MORE, b""), f(LAST, b"")], vec![text("")], Well),
        Case(
            "6.1.3",
            vec![f(BEGUN, b""), f(MORE, b"middle"), f(LAST, b"")],
            vec![text("middle")],
            Well,
        ),
        Case("6.2.1", vec![f(TEXT, hello.as_bytes())], vec![text(hello)], Well),
        Case(
            "6.2.2",
            vec![f(BEGUN, "Hello-µ@ßöä".as_bytes()), f(LAST, "üàá-UTF-8!!".as_bytes())],
            vec![text(hello)],
            Well,
        ),
        Case("6.2.3", crumbs(hello.as_bytes()), vec![text(hello)], Well),
        Case("6.2.4", crumbs(COSMOS), vec![text(COSMOS)], Well),
        Case("6.3.1", vec![f(TEXT, &broken)], vec![], Code(BAD)),
        Case("6.3.2", crumbs(&broken), vec![], Code(BAD)),
        // It fails with the fragment that breaks it, whatever would follow.
        Case("6.4.1", vec![f(BEGUN, COSMOS), f(MORE, b"\xf4\x90\x80\x80")], vec![], Code(BAD)),
        Case(
            "6.4.2",
            vec![f(BEGUN, &[COSMOS, b"\xf4"].concat()), f(MORE, b"\x90")],
            vec![],
            Code(BAD),
        ),
    ])
    .await;
}

/// The numbers of the suite, and texts that are sound.
const SOUND: &[(&str, &[u8])] = &[
    ("6.5.1", b"\xce\xba"),
    ("6.6.2", b"\xce\xba"),
    ("6.6.5", b"\xce\xba\xe1\xbd\xb9"),
    ("6.6.7", b"\xce\xba\xe1\xbd\xb9\xcf\x83"),
    ("6.6.9", b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc"),
    ("6.6.11", COSMOS),
    ("6.7.1", b"\0"),
    ("6.7.2", b"\xc2\x80"),
    ("6.7.3", b"\xe0\xa0\x80"),
    ("6.7.4", b"\xf0\x90\x80\x80"),
    ("6.9.1", b"\x7f"),
    ("6.9.2", b"\xdf\xbf"),
    ("6.9.3", b"\xef\xbf\xbf"),
    ("6.9.4", b"\xf4\x8f\xbf\xbf"),
    ("6.11.1", b"\xed\x9f\xbf"),
    ("6.11.2", b"\xee\x80\x80"),
    ("6.11.3", b"\xef\xbf\xbd"),
    ("6.11.4", b"\xf4\x8f\xbf\xbf"),
    ("6.22.1", b"\xef\xbf\xbe"),
    ("6.22.2", b"\xef\xbf\xbf"),
    ("6.22.3", b"\xf0\x9f\xbf\xbe"),
    ("6.22.34", b"\xf4\x8f\xbf\xbf"),
    ("6.23.1", b"\xef\xbf\xb9"),
    ("6.23.7", b"\xef\xbf\xbf"),
];

/// The numbers of the suite, and bytes that are no text.
const BROKEN: &[(&str, &[u8])] = &[
    ("6.6.1", b"\xce"),
    ("6.6.3", b"\xce\xba\xe1"),
    ("6.6.4", b"\xce\xba\xe1\xbd"),
    ("6.6.6", b"\xce\xba\xe1\xbd\xb9\xcf"),
    ("6.6.8", b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce"),
    ("6.6.10", b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce"),
    ("6.8.1", b"\xf8\x88\x80\x80\x80"),
    ("6.8.2", b"\xfc\x84\x80\x80\x80\x80"),
    ("6.10.1", b"\xf7\xbf\xbf\xbf"),
    ("6.10.2", b"\xfb\xbf\xbf\xbf\xbf"),
    ("6.10.3", b"\xfd\xbf\xbf\xbf\xbf\xbf"),
    ("6.11.5", b"\xf4\x90\x80\x80"),
    ("6.12.1", b"\x80"),
    ("6.12.2", b"\xbf"),
    ("6.12.3", b"\x80\xbf"),
    ("6.12.8", b"\x80\xbf\x80\xbf\x80\xbf\xbe"),
    ("6.13.1", b"\xc0 \xc1 \xc2 \xdf "),
    ("6.13.2", b"\xe0 \xef "),
    ("6.13.3", b"\xf0 \xf7 "),
    ("6.13.4", b"\xf8 \xfb "),
    ("6.13.5", b"\xfc \xfd "),
    ("6.14.1", b"\xc0"),
    ("6.14.2", b"\xe0\x80"),
    ("6.14.3", b"\xf0\x80\x80"),
    ("6.14.6", b"\xdf"),
    ("6.14.7", b"\xef\xbf"),
    ("6.14.8", b"\xf7\xbf\xbf"),
    ("6.15.1", b"\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80\xfc\x80\x80\x80\x80\xdf\xef\xbf"),
    ("6.16.1", b"\xfe"),
    ("6.16.2", b"\xff"),
    ("6.16.3", b"\xfe\xfe\xff\xff"),
    ("6.17.1", b"\xc0\xaf"),
    ("6.17.2", b"\xe0\x80\xaf"),
    ("6.17.3", b"\xf0\x80\x80\xaf"),
    ("6.18.1", b"\xc1\xbf"),
    ("6.18.2", b"\xe0\x9f\xbf"),
    ("6.18.3", b"\xf0\x8f\xbf\xbf"),
    ("6.19.1", b"\xc0\x80"),
    ("6.19.2", b"\xe0\x80\x80"),
    ("6.19.3", b"\xf0\x80\x80\x80"),
    ("6.20.1", b"\xed\xa0\x80"),
    ("6.20.3", b"\xed\xae\x80"),
    ("6.20.7", b"\xed\xbf\xbf"),
    ("6.21.1", b"\xed\xa0\x80\xed\xb0\x80"),
    ("6.21.8", b"\xed\xaf\xbf\xed\xbf\xbf"),
];

#[tokio::test]
async fn cases_6_5_to_6_23_what_is_text_is_said_back() {
    let whole = SOUND
        .iter()
        .map(|(name, bytes)| Case(name, vec![frame(TEXT, bytes)], vec![text(bytes)], Well));
    let cut = SOUND.iter().map(|(name, bytes)| Case(name, crumbs(bytes), vec![text(bytes)], Well));
    play(whole.chain(cut)).await;
}

#[tokio::test]
async fn cases_6_6_to_6_21_what_is_no_text_ends_the_line() {
    let whole =
        BROKEN.iter().map(|(name, bytes)| Case(name, vec![frame(TEXT, bytes)], vec![], Code(BAD)));
    let cut = BROKEN.iter().map(|(name, bytes)| Case(name, crumbs(bytes), vec![], Code(BAD)));
    play(whole.chain(cut)).await;
}
