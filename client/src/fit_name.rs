//! Names as people type them, made fit to be shown. Names are sealed, so no server can look at them:
//! each client does it for itself, at the door and with every name that others sealed. The web client
//! does the same (`web-client/src/lib/names.ts`), by the same vectors.
//!
//! What nobody can see goes: controls, marks of direction, fillers, what Unicode has not assigned. A
//! joiner or a variation selector stays only where a script or an emoji is drawn by it. What is left is
//! NFC, with single spaces, and holds a letter or a digit; else it is no name.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{
    GeneralCategory as Category, GeneralCategoryGroup as Group, UnicodeGeneralCategory as _,
};

/// More marks on one letter than any script has: they would run over the lines above and below.
const MARKS_MAX: usize = 4;

/// A name as it is shown; `None` when nothing is left that could be one.
#[must_use]
pub fn fit_name(typed: &str) -> Option<String> {
    // Again until nothing changes: what goes brings others together, and marks into another order.
    let mut name = cleaned(typed);
    loop {
        let again = cleaned(&name);
        if again == name {
            break;
        }
        name = again;
    }
    name.chars()
        .any(|letter| matches!(letter.general_category_group(), Group::Letter | Group::Number))
        .then_some(name)
}

fn cleaned(typed: &str) -> String {
    let seen: Vec<char> = typed.nfc().filter_map(seen).collect();
    let joined = belonging(&belonging(&seen, selects), joins);
    parted(unpiled(joined.into_iter()).nfc())
}

/// A character as the eye sees it: a space of any kind is a space, and what is not drawn is nothing.
fn seen(letter: char) -> Option<char> {
    // What hides although it counts as a letter or a mark.
    let hides = matches!(
        letter,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{ffa0}' | '\u{fffc}'
    );
    match letter {
        '\t'..='\r' | '\u{85}' | '\u{2800}' => Some(' '),
        '\u{200c}' | '\u{200d}' => Some(letter),
        _ if hides => None,
        _ => match letter.general_category_group() {
            Group::Separator => Some(' '),
            Group::Other => None,
            Group::Letter | Group::Mark | Group::Number | Group::Punctuation | Group::Symbol => {
                Some(letter)
            }
        },
    }
}

/// What belongs where it stands, between its neighbours.
fn belonging(letters: &[char], belongs: fn(char, Option<char>, Option<char>) -> bool) -> Vec<char> {
    let before = [None].into_iter().chain(letters.iter().copied().map(Some));
    let after = letters.iter().copied().skip(1).map(Some).chain([None]);
    letters
        .iter()
        .zip(before.zip(after))
        .filter(|(letter, (before, after))| belongs(**letter, *before, *after))
        .map(|(letter, _)| *letter)
        .collect()
}

/// Whether a selector stands behind what has variants.
fn selects(letter: char, before: Option<char>, _after: Option<char>) -> bool {
    match letter {
        '\u{fe0e}' | '\u{fe0f}' => before.is_some_and(is_picture),
        '\u{e0100}'..='\u{e01ef}' => before.is_some_and(is_ideograph),
        _ => true,
    }
}

/// Whether a joiner has something to join, once all selectors belong.
fn joins(letter: char, before: Option<char>, after: Option<char>) -> bool {
    let between = |test: fn(char) -> bool| before.is_some_and(test) && after.is_some_and(test);
    match letter {
        '\u{200c}' => before.is_some_and(is_virama) || between(is_joining),
        '\u{200d}' => {
            let picture = before.is_some_and(|at| at == '\u{fe0f}' || is_picture(at));
            before.is_some_and(is_virama)
                || between(is_joining)
                || (picture && after.is_some_and(is_picture))
        }
        _ => true,
    }
}

/// Of scripts in which a joiner changes the shape of letters: from Arabic to Sinhala, Myanmar, Khmer,
/// Mongolian.
fn is_joining(letter: char) -> bool {
    matches!(
        letter,
        '\u{600}'..='\u{85f}' | '\u{870}'..='\u{dff}' | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}' | '\u{1820}'..='\u{18af}'
    )
}

/// A sign after which a joiner has a meaning of its own.
fn is_virama(letter: char) -> bool {
    matches!(
        letter,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d4d}'
            | '\u{dca}'
    )
}

/// What an emoji is made of.
fn is_picture(letter: char) -> bool {
    matches!(letter, '\u{2194}' | '\u{1f3fb}'..='\u{1f3ff}')
        || letter.general_category() == Category::OtherSymbol
}

fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Without the marks that stand on too many others.
fn unpiled(letters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut marks = 0;
    letters.filter(move |letter| {
        let category = letter.general_category();
        let mark = matches!(category, Category::NonspacingMark | Category::EnclosingMark);
        marks = if mark { marks + 1 } else { 0 };
        marks <= MARKS_MAX
    })
}

/// With single spaces, and without dots and bars as a page might set them between a name and what it
/// says of it itself. Between two letters, as in Catalan or Japanese, they stay.
fn parted(letters: impl Iterator<Item = char>) -> String {
    let mut name = String::new();
    let mut run = String::new();
    for letter in letters {
        if matches!(letter, ' ' | '·' | '•' | '‧' | '∙' | '⋅' | '・' | '|' | '¦' | '│' | '/')
        {
            run.push(letter);
            continue;
        }
        if !name.is_empty() {
            name.push_str(if run.contains(' ') { " " } else { &run });
        }
        run.clear();
        name.push(letter);
    }
    name
}
