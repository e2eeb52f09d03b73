//! How much a server carries, asked of a real one whose limit is known.

use std::time::Duration;

use setroom_client::{Dial, Sealing};
use setroom_loadtest::capacity::{By, Limit, Plan, SearchAsked, Slo, find};
use setroom_loadtest::measure::verdict::Verdict;
use setroom_loadtest::progress::Progress;
use setroom_loadtest::run::{Run, Share};
use setroom_loadtest::scenario::Scenario;
use tokio::sync::watch;

#[tokio::test]
async fn the_limit_that_gave_first_has_the_servers_own_name() {
    let server = super::start(|config| {
        // Room for four rooms of three, and for a founding beside them.
        config.limits.connections = 13;
        config.limits.connections_per_address = 13;
        config.limits.inbound_messages_per_second = 100_000;
        config.limits.inbound_messages_burst = 100_000;
    })
    .await;
    let url = format!("http://{}", server.addr());
    let plan = Plan {
        run: Run {
            url: url.clone(),
            dial: Dial::to(&url).unwrap(),
            scenario: Scenario::steady(100, 3, 1.0, Duration::from_secs(1)),
            seed: 5,
            salt: 1,
            sealing: Sealing::Opaque,
            server_pid: None,
            drain: Duration::from_secs(10),
            share: Share::WHOLE,
            gate: None,
            servers: None,
            logs: None,
            leave_open: false,
        },
        asked: SearchAsked {
            url,
            by: By::Rooms,
            members: 3,
            rate_per_room: Some(10.0),
            rooms: None,
            from: 1,
            most: 100,
            slo: Slo { p99_ms: 20_000.0 },
            warm_up_seconds: 0.1,
            window_seconds: 0.3,
            at_least: Some(5),
            opaque: true,
            seed: 5,
            version: String::new(),
        },
        within: Duration::from_secs(600),
        precision: 1.08,
    };
    let (_stop, stopped) = watch::channel(false);
    let found = crate::soon(find(&plan, stopped, &Progress::Silent)).await.unwrap();
    assert_eq!(found.limit, Limit::Named("connections".into()), "{found}");
    assert_eq!((found.largest, found.lower_bound), (Some(4), false), "{found}");
    assert!(found.sentence.contains("`connections` was met"), "{found}");
    // Fewer than were wished.
    assert_eq!(found.verdict, Verdict::Fail);
    server.stop().await;
}
