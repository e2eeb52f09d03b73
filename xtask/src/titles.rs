//! The tests of a TypeScript file by their titles, vitest's and Playwright's.

/// Lines within which a test says its title, behind the table of `each`.
const LINES: usize = 40;

/// A test.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Titled {
    /// The line where it begins, counted from 0.
    pub(crate) line: usize,
    /// Its title, behind those of what it stands in.
    pub(crate) path: Vec<String>,
}

/// All of them, in order.
pub(crate) fn titled(text: &str) -> Vec<Titled> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut tests, mut around) = (Vec::new(), Vec::<(usize, String)>::new());
    for (line, whole) in lines.iter().enumerate() {
        let call = whole.trim_start();
        let indent = whole.len() - call.len();
        let is = |words: &[&str]| words.iter().any(|word| call.starts_with(word));
        let is_group = is(&["describe(", "describe.each(", "test.describe("]);
        if !is_group && !is(&["it(", "it.each(", "test(", "test.each("]) {
            continue;
        }
        let Some(title) = title(lines.get(line..).unwrap_or_default()) else { continue };
        around.retain(|(at, _)| *at < indent);
        if is_group {
            around.push((indent, title));
            continue;
        }
        let path = around.iter().map(|(_, title)| title).chain([&title]).cloned().collect();
        tests.push(Titled { line, path });
    }
    tests
}

/// The first text in quotes of the call that begins here, behind the table of `each`.
fn title(lines: &[&str]) -> Option<String> {
    let call = lines.iter().take(LINES).copied().collect::<Vec<_>>().join("\n");
    let named = match call.split_once(".each(") {
        Some((before, table)) if !before.contains(['\'', '(']) => table.split_once(")(")?.1,
        _ => &call,
    };
    let (at, quote) = named.char_indices().find(|(_, c)| matches!(c, '\'' | '"' | '`'))?;
    Some(named.get(at + 1..)?.split(quote).next()?.to_owned())
}
