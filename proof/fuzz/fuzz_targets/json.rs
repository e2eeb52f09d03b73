//! Mutations that keep JSON what it is: bytes turned at random seldom get past the parser.

use serde_json::{Number, Value};

/// A small generator: the fuzzer gives a seed for each mutation.
struct Dice(u64);

impl Dice {
    /// A number below `sides`, or 0.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (sides.max(1) as u64)).unwrap_or_default()
    }
}

/// Changes one of the lines after the first `skip` bytes: mostly a value within it, sometimes its
/// place among the lines, sometimes bytes as they are. The new size.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32, skip: usize) -> usize {
    let mut dice = Dice(u64::from(seed) | 1 << 40);
    if dice.roll(8) == 0 || size <= skip {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let text = &data[skip..size];
    let mut lines: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let at = dice.roll(lines.len());
    match dice.roll(12) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[dice.roll(lines.len())].clone()),
        2 => {
            let other = dice.roll(lines.len());
            lines.swap(at, other);
        }
        _ => {
            let Ok(mut value) = serde_json::from_slice(&lines[at]) else {
                return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
            };
            let spare = serde_json::from_slice(&lines[dice.roll(lines.len())]).unwrap_or_default();
            for _ in 0..=dice.roll(3) {
                change(&mut value, &spare, &mut dice);
            }
            lines[at] = value.to_string().into_bytes();
        }
    }
    let new = lines.join(&b'\n');
    if skip + new.len() > max_size {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    data[skip..skip + new.len()].copy_from_slice(&new);
    skip + new.len()
}

/// Goes down to some value and makes another one of it.
fn change(value: &mut Value, spare: &Value, dice: &mut Dice) {
    let below = match value {
        Value::Array(list) => list.len(),
        Value::Object(map) => map.len(),
        _ => 0,
    };
    if below > 0 && dice.roll(6) > 0 {
        let at = dice.roll(below);
        match value {
            Value::Array(list) => change(&mut list[at], spare, dice),
            Value::Object(map) => change(map.values_mut().nth(at).unwrap(), spare, dice),
            _ => {}
        }
        return;
    }
    match value {
        Value::Array(list) if below > 0 => {
            let (from, to) = (dice.roll(below), dice.roll(below));
            match dice.roll(3) {
                0 => drop(list.remove(from)),
                1 => list.insert(to, list[from].clone()),
                _ => list.swap(from, to),
            }
        }
        Value::Object(map) if below > 0 => {
            let keys: Vec<String> = map.keys().cloned().collect();
            let (from, to) = (&keys[dice.roll(below)], &keys[dice.roll(below)]);
            match dice.roll(3) {
                0 => drop(map.remove(from)),
                1 => drop(map.insert(to.clone(), map[from].clone())),
                _ => drop(map.insert(from.clone(), some_value(spare, dice))),
            }
        }
        Value::Number(number) => *number = some_number(number, dice),
        Value::String(text) if dice.roll(2) == 0 => *text = some_text(text, dice),
        other => *other = some_value(spare, dice),
    }
}

/// A value from elsewhere, or one of the plainest.
fn some_value(spare: &Value, dice: &mut Dice) -> Value {
    let mut found = spare;
    for _ in 0..dice.roll(6) {
        found = match found {
            Value::Array(list) if !list.is_empty() => &list[dice.roll(list.len())],
            Value::Object(map) if !map.is_empty() => {
                map.values().nth(dice.roll(map.len())).unwrap()
            }
            _ => break,
        };
    }
    match dice.roll(8) {
        0 => Value::Null,
        1 => Value::Bool(dice.roll(2) == 0),
        2 => Value::from(dice.roll(300)),
        _ => found.clone(),
    }
}

fn some_number(number: &Number, dice: &mut Dice) -> Number {
    let old = number.as_u64().unwrap_or_default();
    let new = match dice.roll(9) {
        0 => 0,
        1 => u64::MAX,
        2 => u64::from(u32::MAX),
        3 => i64::MAX.unsigned_abs(),
        4 => old.wrapping_add(1),
        5 => old.saturating_sub(1),
        6 => return Number::from(-1 - i64::try_from(dice.roll(100)).unwrap_or_default()),
        7 => old.wrapping_mul(1_000),
        _ => dice.roll(40) as u64,
    };
    Number::from(new)
}

/// As long as before, mostly: ids and keys have a length.
fn some_text(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = dice.roll(letters.len());
    match dice.roll(4) {
        0 => letters.truncate(at),
        1 => letters.push('A'),
        _ if !letters.is_empty() => letters[at] = ['A', '_', '-', '0', 'é'][dice.roll(5)],
        _ => {}
    }
    letters.into_iter().collect()
}
