//! How many sets one address makes: those that were made count, and nothing else uses them up.

use std::net::IpAddr;

use setroom_checker::planted::Wrapped;
use setroom_client::{ClientError, Dial, Links, create_set};
use setroom_protocol::{MeetingId, Mode, SetId};
use setroom_server::config::Config;
use setroom_server::journal::MemoryJournal;
use setroom_server::limits::{ConnectionLimits, Founding, Limit, Refused};

use crate::limits::{connection_limits, ip, refused};
use crate::support::faulty::Faulty;
use crate::support::people::{dial_to, rng};
use crate::support::{as_journal, start, start_with};

#[test]
fn sets_are_made_at_a_rate() {
    let (connection_limits, clock) =
        connection_limits(|limits| limits.new_sets_per_address_per_minute = 2);
    let peer = ip("192.0.2.1");
    made(&connection_limits, peer).unwrap();
    made(&connection_limits, peer).unwrap();
    refused(Limit::NewSetsPerAddress, made(&connection_limits, peer));
    made(&connection_limits, ip("192.0.2.2")).unwrap();
    clock.advance(59_000);
    refused(Limit::NewSetsPerAddress, made(&connection_limits, peer));
    clock.advance(9_000);
    made(&connection_limits, peer).unwrap();
}

/// A set is made, or not for its address' pace.
fn made(connection_limits: &ConnectionLimits, by: IpAddr) -> Result<(), Refused> {
    connection_limits.found(by).map(Founding::is_made)
}

#[test]
fn what_is_not_made_counts_for_no_set() {
    let (connection_limits, _) = connection_limits(|limits| {
        (limits.new_sets_per_address_per_minute, limits.new_sets_per_address_per_day) = (2, 2);
    });
    let peer = ip("192.0.2.1");
    for _ in 0..10 {
        drop(connection_limits.found(peer).unwrap());
    }
    let first = connection_limits.found(peer).unwrap();
    let _second = connection_limits.found(peer).unwrap();
    refused(Limit::NewSetsPerAddress, connection_limits.found(peer));
    drop(first);
    made(&connection_limits, peer).unwrap();
    refused(Limit::NewSetsPerAddress, connection_limits.found(peer));
    // And that has a pace, by which nobody is kept from making one.
    for _ in 0..2 {
        connection_limits.found_in_vain(ip("192.0.2.2")).unwrap();
    }
    refused(Limit::NewSetsPerAddress, connection_limits.found_in_vain(ip("192.0.2.2")));
    made(&connection_limits, ip("192.0.2.2")).unwrap();
}

#[test]
fn sets_of_a_day_are_so_many() {
    let (connection_limits, clock) =
        connection_limits(|limits| limits.new_sets_per_address_per_day = 3);
    let peer = ip("192.0.2.1");
    for _ in 0..3 {
        made(&connection_limits, peer).unwrap();
        clock.advance(60_000);
    }
    refused(Limit::NewSetsPerAddress, made(&connection_limits, peer));
    made(&connection_limits, ip("192.0.2.2")).unwrap();
    clock.advance(23 * 60 * 60_000);
    refused(Limit::NewSetsPerAddress, made(&connection_limits, peer));
    clock.advance(4 * 60 * 60_000);
    for _ in 0..3 {
        made(&connection_limits, peer).unwrap();
    }
    refused(Limit::NewSetsPerAddress, made(&connection_limits, peer));
}

async fn makes(dial: &Dial, seed: u64) -> Result<Links, u16> {
    let made = create_set(dial, "short_90", "classic", Mode::Set, &mut rng(seed)).await;
    made.map_err(|error| {
        let ClientError::NotCreated { status, .. } = error else { panic!("{error}") };
        status
    })
}

// fault: F20 — what is refused uses up no set that somebody else may make
#[tokio::test]
async fn junk_uses_up_no_sets_of_a_neighbours() {
    let server = start(|config| {
        config.limits.loopback_exempt = false;
        config.limits.new_sets_per_address_per_minute = 4;
        config.limits.new_sets_per_address_per_day = 4;
    })
    .await;
    let dial = dial_to(&server);
    let first = makes(&dial, 1).await.unwrap();
    let own = MeetingId::from_bytes([7; 16]);
    let again = serde_json::to_string(&first.founding(own, "short_90", "classic", Mode::Set));
    let unknown = Links::generate(SetId::from_bytes([8; 16]), &mut rng(8));
    let unknown = serde_json::to_string(&unknown.founding(own, "nothing", "classic", Mode::Set));
    let old = r#"{"v":0}"#.to_owned();
    let junk = [("{}".to_owned(), 400), (old, 409), (again.unwrap(), 409), (unknown.unwrap(), 422)];
    for (body, status) in &junk {
        assert_eq!(dial.post("/api/sets", body).await.unwrap().status, *status, "{body}");
    }
    // More of it has a pace; and nobody pays for that.
    for (body, _) in junk.iter().cycle().take(20) {
        assert_eq!(dial.post("/api/sets", body).await.unwrap().status, 429, "{body}");
    }
    for n in 0..3 {
        makes(&dial, 10 + n).await.expect("three more may be made");
    }
    assert_eq!(makes(&dial, 20).await.err(), Some(429));
}

// fault: F20 — whoever hangs up while their set is being made has made one all the same
#[tokio::test]
async fn a_set_for_whose_answer_nobody_waits_counts_too() {
    let journal = Faulty::new(MemoryJournal::new());
    let parts = journal.clone();
    let settings = |config: &mut Config| {
        config.limits.loopback_exempt = false;
        config.limits.new_sets_per_address_per_day = 1;
    };
    let server = start_with(settings, |deps| deps.journal = Some(as_journal(Wrapped(parts)))).await;
    let dial = dial_to(&server);
    journal.hold_appends(true);
    let arrived = journal.arrived();
    tokio::select! {
        made = makes(&dial, 1) => panic!("it is held: {made:?}"),
        () = journal.until_arrived(arrived + 1) => {}
    }
    // By when others are answered it is known that nobody waits any more.
    for _ in 0..20 {
        assert_eq!(server.ask("GET", "/healthz", &[]).await.status, 200);
    }
    journal.hold_appends(false);
    assert_eq!(makes(&dial, 2).await.err(), Some(429));
}
