//! The generator and the floor, with real sockets.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use setroom_bench::floor;
use setroom_bench::generator::{Generator, Opening, Pace, Way};

/// A floor of this test's own; it ends with the process.
fn floor() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(|| floor::serve(listener));
    address
}

/// So many rooms of so many people at that server.
fn filled(to: SocketAddr, rooms: usize, members: usize) -> Generator {
    let mut generator = Generator::new(Way::Plain).unwrap();
    for room in 0..rooms {
        let seat = |seat: usize| format!("/{room}/seat-{seat:02}-{room:014}");
        let people: Vec<_> =
            (0..members).map(|n| Opening { to, path: seat(n), first: None }).collect();
        generator.room(&people).unwrap();
    }
    generator
}

#[test]
fn an_open_loop_comes_to_everybody_exactly_once() {
    let mut generator = filled(floor(), 5, 4);
    let (_, received) = generator.begin();
    assert_eq!(received, 0);
    generator.play(Pace::Open(500.0), Duration::from_millis(200)).unwrap();
    generator.drain().unwrap();
    let books = generator.books();
    assert_eq!(books.commands, 100, "so many are due in that time");
    assert_eq!((books.expected, books.received), (400, 400));
    assert_eq!((books.lost(), books.duplicated, books.wrong_room, books.gaps), (0, 0, 0, 0));
    assert!(books.latency.max() > 0 && books.last.value_at_quantile(0.5) >= books.latency.min());
}

#[test]
fn a_closed_loop_keeps_its_window_full() {
    let mut generator = filled(floor(), 2, 3);
    generator.play(Pace::Closed(4), Duration::from_millis(100)).unwrap();
    // Another play goes on where the one before was, and does not widen the window. A busy machine
    // needs some until there are answers.
    for again in 0.. {
        generator.play(Pace::Closed(4), Duration::from_millis(100)).unwrap();
        if generator.books().commands > 8 || again > 200 {
            break;
        }
    }
    for room in 0..2 {
        assert_eq!(generator.books().in_flight(room), 4, "commands of room {room} on their way");
    }
    generator.drain().unwrap();
    let books = generator.books();
    assert!(books.commands > 8, "answers lead to more commands");
    assert_eq!(books.received, books.commands * 3);
    assert_eq!((books.lost(), books.duplicated, books.wrong_room, books.gaps), (0, 0, 0, 0));
}

#[test]
fn a_room_of_the_service_is_filled_by_the_real_client() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let flags = setroom_server::config::Flags::default();
    let mut config = setroom_server::config::load(&flags, []).unwrap().config;
    config.listen.set_port(0);
    config.metrics.set_port(0);
    config.journal = setroom_server::config::JournalKind::Memory;
    let start = setroom_server::Server::system().start(config);
    let server = runtime.block_on(start).unwrap();
    let mut generator = Generator::new(Way::Setroom).unwrap();
    setroom_bench::servers::join::fill(&mut generator, server.addr(), 2, 3).unwrap();
    generator.settle().unwrap();
    generator.play(Pace::Open(20.0), Duration::from_millis(500)).unwrap();
    generator.drain().unwrap();
    let books = generator.books();
    assert_eq!((books.commands, books.received), (10, 30));
    assert_eq!((books.answers, books.refused), (10, 0), "each is answered, none refused");
    assert_eq!((books.lost(), books.duplicated, books.wrong_room, books.gaps), (0, 0, 0, 0));
    drop(generator);
    runtime.block_on(server.stop());
}
