//! What a client knows of a room, by the frames that the protocol's own tests made.

use std::path::Path;

use serde_json::Value;
use setroom_client::Model;

fn sample(name: &str) -> String {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/tests/data/wire/server");
    let file = std::fs::read_to_string(dir.join(name).with_extension("json")).unwrap();
    serde_json::from_str::<Value>(&file).unwrap()["frame"].to_string()
}

/// What may not be there any more, as after a restart, is not kept from the line before.
#[test]
fn a_new_line_forgets_what_comes_again_on_it_where_there_is_any() {
    let mut model = Model::default();
    let known = |model: &Model| {
        [model.claims.is_empty(), model.offers.is_empty(), model.attended.is_empty()]
    };
    for name in ["claims", "lines", "attendance"] {
        model.take(&sample(name)).unwrap();
    }
    assert_eq!(known(&model), [false; 3]);
    model.take(&sample("hello")).unwrap();
    assert_eq!(known(&model), [true; 3]);
}
