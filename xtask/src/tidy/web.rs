//! Rules of the web client that its Content-Security-Policy would otherwise find at run time.

use super::{Fault, Source};

/// Ways for text to become markup or code.
const SINKS: [&str; 8] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "dangerouslySetInnerHTML",
    "document.write",
    "srcdoc",
    "eval(",
    "new Function(",
];

pub(super) fn check(source: &Source, faults: &mut Vec<Fault>) {
    let page = source.path == "web-client/index.html";
    let code = source.path.starts_with("web-client/src/")
        && source.ends_with(&[".ts", ".tsx", ".html", ".svg"]);
    if !page && !code {
        return;
    }
    for sink in SINKS {
        for at in words(&source.text, sink) {
            let rule = format!("`{sink}` turns text into markup or code: use text nodes");
            faults.push(Fault::new(&source.path, source.line_of(at), rule));
        }
    }
    if !page && !source.ends_with(&[".tsx", ".html", ".svg"]) {
        return;
    }
    for at in attributes(&source.text, "style=") {
        let rule = "the Content-Security-Policy refuses a `style` attribute: use a class";
        faults.push(Fault::new(&source.path, source.line_of(at), rule));
    }
    for at in attributes(&source.text, "title=") {
        let rule = "a `title` tooltip is out of reach of touch and keys: show the text";
        faults.push(Fault::new(&source.path, source.line_of(at), rule));
    }
}

/// Where `word` stands, other than as the end of a longer name (`medieval(`).
fn words(text: &str, word: &str) -> Vec<usize> {
    let inside = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(|&at| {
            !text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(inside)
        })
        .collect()
}

/// Where `name` is an attribute of an element. Components, which have capitals, may call a
/// property what they like.
fn attributes(text: &str, name: &str) -> Vec<usize> {
    words(text, name)
        .into_iter()
        .filter(|&at| {
            let before = text.get(..at).unwrap_or_default();
            before.ends_with(char::is_whitespace) && last_tag(before).is_some_and(is_element)
        })
        .collect()
}

/// The first letter of the nearest tag that opens in this text.
fn last_tag(text: &str) -> Option<char> {
    text.rmatch_indices('<')
        .filter_map(|(at, _)| text.get(at + 1..)?.chars().next())
        .find(|first| first.is_ascii_alphabetic())
}

fn is_element(first: char) -> bool {
    first.is_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::faults_of;
    use super::check;

    fn faults(text: &str) -> Vec<usize> {
        faults_of(check, "web-client/src/room.tsx", text)
    }

    #[test]
    fn sinks_are_found() {
        assert_eq!(faults("const a = 1;\nbox.innerHTML = text;\n"), [2]);
        assert_eq!(faults("<p dangerouslySetInnerHTML={x} />"), [1]);
        assert_eq!(faults("eval('1')"), [1]);
        assert!(faults("medieval('1'); retrieval(x)").is_empty());
        assert_eq!(faults_of(check, "web-client/src/a.ts", "x.outerHTML"), [1]);
        assert!(faults_of(check, "web-client/tests/a.ts", "x.outerHTML").is_empty());
    }

    #[test]
    fn style_and_title_attributes_are_found() {
        assert_eq!(faults("<p\n  style={{ a: 1 }}>"), [2]);
        assert_eq!(faults("<button class=\"a\" title=\"Next\">"), [1]);
        assert!(faults("<Panel title=\"Next\">").is_empty());
        assert!(faults("const title = 1; const x = <p data-title=\"a\" />;").is_empty());
        assert_eq!(faults_of(check, "web-client/index.html", "<p style=\"a\">"), [1]);
    }
}
