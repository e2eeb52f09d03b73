//! Defaults, file, environment, flags: who wins, and what is refused.

use std::path::PathBuf;

use setroom_server::config::{
    self, Config, DEFAULT_TOML, Fault, Flags, JournalKind, Network, Origin,
};

fn load(flags: &Flags, env: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    config::load(flags, env)
        .map(|loaded| loaded.config)
        .map_err(|faults| faults.iter().map(Fault::to_string).collect())
}

struct File {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn file(text: &str) -> File {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("setroom.toml");
    std::fs::write(&path, text).unwrap();
    File { _folder: folder, path }
}

fn with_file(text: &str) -> Result<Config, Vec<String>> {
    let file = file(text);
    let flags = Flags { config: Some(file.path.clone()), ..Flags::default() };
    load(&flags, &[])
}

#[test]
fn what_is_printed_reads_back_the_same() {
    let defaults = load(&Flags::default(), &[]).unwrap();
    assert_eq!(with_file(DEFAULT_TOML).unwrap(), defaults);
    assert_eq!(toml::from_str::<Config>(DEFAULT_TOML).unwrap(), defaults);
    let mut changed = defaults;
    changed.origin = vec![Origin::try_from("https://a.example".to_owned()).unwrap()];
    changed.trusted_proxies = vec![Network::try_from("10.0.0.0/8".to_owned()).unwrap()];
    changed.journal = JournalKind::Memory;
    changed.limits.rooms = 7;
    assert_eq!(with_file(&toml::to_string(&changed).unwrap()).unwrap(), changed);
}

#[test]
fn the_defaults_are_the_published_limits() {
    let config = load(&Flags::default(), &[]).unwrap();
    let limits = &config.limits;
    assert_eq!(config.listen.to_string(), "127.0.0.1:8787");
    assert_eq!(config.metrics.to_string(), "127.0.0.1:9787");
    assert_eq!((limits.connections, limits.connections_per_address), (10_000, 2_000));
    assert_eq!(limits.new_connections_per_address_per_second, 200);
    assert_eq!(limits.new_connections_per_address_burst, 4_000);
    assert_eq!(limits.unauthenticated_per_address, 512);
    assert_eq!((limits.outbox_frames, limits.outbox_kib), (256, 512));
    assert_eq!((limits.inbound_messages_per_second, limits.inbound_messages_burst), (10, 40));
    assert_eq!(limits.header_timeout_ms, 5_000);
    assert!(!config.log_addresses && config.trusted_proxies.is_empty());
}

#[test]
fn the_later_layer_wins() {
    let file = file("listen = \"127.0.0.1:1\"\nmetrics = \"127.0.0.1:3\"\ndata = \"from-file\"\n");
    let env = [("SETROOM_METRICS", "127.0.0.1:2"), ("SETROOM_DATA", "from-env")];
    let flags = Flags {
        config: Some(file.path.clone()),
        data: Some("from-flag".to_owned()),
        ..Flags::default()
    };
    let config = load(&flags, &env).unwrap();
    assert_eq!(config.listen.port(), 1);
    assert_eq!(config.metrics.port(), 2);
    assert_eq!(config.data, PathBuf::from("from-flag"));
    let path = file.path.to_str().unwrap();
    let config = load(&Flags::default(), &[("SETROOM_CONFIG", path)]).unwrap();
    assert_eq!(config.listen.port(), 1);
}

#[test]
fn every_setting_has_its_variable() {
    let config = load(
        &Flags::default(),
        &[
            ("SETROOM_LIMITS_CONNECTIONS_PER_ADDRESS", " 77 "),
            ("SETROOM_LIMITS_LOOPBACK_EXEMPT", "false"),
            ("SETROOM_LOG_ADDRESSES", "true"),
            ("SETROOM_JOURNAL", "memory"),
            ("SETROOM_ORIGIN", "https://a.example, https://b.example:8443"),
            ("SETROOM_TRUSTED_PROXIES", "10.0.0.0/8,::1"),
        ],
    )
    .unwrap();
    assert_eq!(config.limits.connections_per_address, 77);
    assert!(!config.limits.loopback_exempt && config.log_addresses);
    assert_eq!(config.journal, JournalKind::Memory);
    let origins: Vec<String> = config.origin.iter().map(Origin::to_string).collect();
    assert_eq!(origins, ["https://a.example", "https://b.example:8443"]);
    assert!(config.trusted_proxies[1].contains("::1".parse().unwrap()));
}

#[test]
fn a_foreign_variable_is_noted_and_not_obeyed() {
    let env = [("SETROOM_PORT", "tcp://10.0.0.1:80"), ("OTHER", "x")];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let loaded = config::load(&Flags::default(), env).unwrap();
    assert_eq!(loaded.notes.len(), 1);
    assert!(loaded.notes[0].starts_with("SETROOM_PORT "), "{:?}", loaded.notes);
}

#[test]
fn all_faults_are_named_at_once_with_their_place() {
    let file = file(
        "listen = \"nowhere\"\njournal = \"paper\"\ncolour = 1\n[limits]\nrooms = -1\nroms = 2\n",
    );
    let flags = Flags {
        config: Some(file.path.clone()),
        metrics: Some("0.0.0.0:9787".to_owned()),
        ..Flags::default()
    };
    let faults = load(&flags, &[("SETROOM_LIMITS_CONNECTIONS", "many")]).unwrap_err();
    let name = file.path.display();
    for expected in [
        format!("{name}, listen: "),
        format!("{name}, journal: "),
        format!("{name}, colour: unknown field `colour`"),
        format!("{name}, limits.rooms: "),
        format!("{name}, limits.roms: unknown field `roms`"),
        "SETROOM_LIMITS_CONNECTIONS: \"many\" is not a whole number".to_owned(),
        "metrics: must be a loopback address".to_owned(),
    ] {
        let named = faults.iter().any(|fault| fault.starts_with(&expected));
        assert!(named, "{expected} is not in {faults:#?}");
    }
    assert_eq!(faults.len(), 7, "{faults:#?}");
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for (text, place) in [
        ("listen = \"0.0.0.0:80\"", "origin"),
        ("origin = [\"http://setroom.example.org\"]", "origin"),
        ("listen = \"127.0.0.1:9787\"", "metrics"),
        ("trusted_proxies = [\"0.0.0.0/0\"]", "trusted_proxies"),
        ("data = \"\"", "data"),
        ("limits.outbox_frames = 0", "limits.outbox_frames"),
        ("limits.connections = 5", "limits.connections_per_address"),
        ("limits.inbound_kib_per_seat_burst = 47", "limits.inbound_kib_per_seat_burst"),
    ] {
        let faults = with_file(text).unwrap_err();
        assert!(faults.len() == 1 && faults[0].starts_with(place), "{text}: {faults:?}");
    }
    let tls = "listen = \"0.0.0.0:80\"\norigin = [\"https://setroom.example.org\"]";
    assert!(with_file(tls).is_ok());
    let faults = with_file("listen = ").unwrap_err();
    assert!(faults[0].contains("setroom.toml line 1"), "{faults:?}");
    let missing = Flags { config: Some("/no/such/file".into()), ..Flags::default() };
    assert!(load(&missing, &[]).unwrap_err()[0].contains("cannot be read"));
}

#[test]
fn origins_are_read_as_browsers_write_them() {
    let read = |text: &str| Origin::try_from(text.to_owned()).map(|origin| origin.to_string());
    for (text, canonical) in [
        ("https://Setroom.Example.org", "https://setroom.example.org"),
        ("https://setroom.example.org:443/", "https://setroom.example.org"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8787", "http://[::1]:8787"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(canonical));
    }
    for text in [
        "setroom.example.org",
        "https://",
        "https://a b",
        "https://a/path",
        "https://user@a",
        "https://a:0",
        "https://a:99999",
        "https://[::1",
        "ftp://a",
        "null",
        "https://a; script-src *",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn networks_hold_what_they_should() {
    let holds = |network: &str, address: &str| {
        Network::try_from(network.to_owned()).unwrap().contains(address.parse().unwrap())
    };
    assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
    assert!(holds("192.0.2.7", "192.0.2.7") && !holds("192.0.2.7", "192.0.2.8"));
    assert!(holds("2001:db8::/32", "2001:db8:ffff::1") && !holds("2001:db8::/32", "2001:db9::1"));
    assert!(holds("10.0.0.0/8", "::ffff:10.1.1.1") && !holds("::/1", "10.1.1.1"));
    for bad in ["10.0.0.0/33", "::/129", "10.0.0", "10.0.0.0/x", "/8", "10.0.0.0/-1"] {
        assert!(Network::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}
