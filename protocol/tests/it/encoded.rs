//! Bytes in text: blobs and boxes go there and back, have exact bounds, and show nothing.

use setroom_protocol::{BOX_OVERHEAD, BUCKETS, Blob, BoxFault, Sealed, limits};

fn read(text: &str) -> Result<Blob, String> {
    serde_json::from_value(text.into()).map_err(|error: serde_json::Error| error.to_string())
}

#[test]
fn a_blob_goes_there_and_back() {
    for bytes in [&b"a"[..], b"\0", b"\x01", b"grants and wraps", &[0xff; 300]] {
        let blob = Blob::encode(bytes);
        assert_eq!(blob.decode(), bytes);
        assert_eq!(read(blob.as_str()), Ok(blob));
    }
}

#[test]
fn a_blob_is_neither_empty_nor_longer_than_its_limit() {
    assert!(read("").is_err());
    assert!(read("AA").is_ok());
    assert!(read(&"A".repeat(limits::BLOB_CHARS)).is_ok(), "exactly the limit");
    let over = read(&"A".repeat(limits::BLOB_CHARS + 4)).unwrap_err();
    assert!(over.contains("blob_chars"), "{over}");
    for text in ["A", "AA==", "A+", "plain text", "é"] {
        let fault = read(text).unwrap_err();
        assert!(fault.contains("base64url") && !fault.contains("plain text"), "{fault}");
    }
}

#[test]
fn nothing_of_what_is_inside_is_printed() {
    let blob = Blob::encode(b"somebody's key");
    assert_eq!(format!("{blob:?}"), format!("Blob({} chars)", blob.as_str().len()));
    let mut bytes = vec![7; BOX_OVERHEAD + BUCKETS[0]];
    bytes[0] = 1;
    assert_eq!(format!("{:?}", Sealed::from_bytes(&bytes).unwrap()), "Sealed(256 B)");
}

#[test]
fn a_box_goes_there_and_back() {
    for (bucket, version) in BUCKETS.into_iter().flat_map(|bucket| [(bucket, 1), (bucket, 2)]) {
        let bytes: Vec<u8> = [version]
            .into_iter()
            .chain((0..).take(BOX_OVERHEAD + bucket - 1).map(|n| (n % 251) as u8))
            .collect();
        let sealed = Sealed::from_bytes(&bytes).unwrap();
        assert_eq!(sealed.decode(), bytes);
        assert_eq!((sealed.bucket(), sealed.epoch()), (bucket, 0x0001_0203));
        assert_eq!(sealed.is_own(), version == 2);
    }
}

#[test]
fn what_is_wrong_with_a_box_is_told_by_name_and_length_comes_first() {
    let largest = (BOX_OVERHEAD + BUCKETS[5]).div_ceil(3) * 4;
    // However long: it is not even decoded.
    assert_eq!(Sealed::parse(&"!".repeat(largest + 1)), Err(BoxFault::Length));
    assert_eq!(Sealed::parse(&"!".repeat(largest)), Err(BoxFault::Alphabet));
    assert_eq!(Sealed::parse(&"A".repeat(100)), Err(BoxFault::Version));
    assert_eq!(Sealed::parse("AQ"), Err(BoxFault::Length));
    assert_eq!(Sealed::from_bytes(&[]), Err(BoxFault::Version));
}
