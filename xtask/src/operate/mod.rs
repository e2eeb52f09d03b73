//! Operating the service as its document says, in a system that is booted for it: the unit, the data
//! folder and the user are systemd's there, and what an operator types is the document's own blocks.
//!
//! The system is this machine's `/usr`, which nothing is written to, with folders of its own for
//! everything else and a network of its own. It is gone afterwards.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use crate::browser;
use crate::install::on_path;
use crate::place::{Place, TemporaryFolder};
use crate::run::{Job, say};

/// What is typed around the document's blocks.
const SCRIPT: &str = include_str!("script.sh");

/// Runs the script in the system that was booted, and turns it off.
const UNIT: &str = "\
[Unit]
Description=What an operator types
After=dbus.socket
SuccessAction=poweroff
FailureAction=poweroff

[Service]
Type=oneshot
WorkingDirectory=/src
ExecStart=/bin/bash /src/script
StandardOutput=file:/src/said
StandardError=file:/src/said
TimeoutStartSec=30min
";

/// Where it can be done: `None`. Elsewhere, why not.
pub(crate) fn cannot() -> Option<String> {
    let root = Job::new("id", &["-u"]).read().is_ok_and(|id| id.trim() == "0");
    if !root {
        return Some("this is not root".to_owned());
    }
    let nspawn = on_path("systemd-nspawn").is_some();
    let merged = fs::symlink_metadata("/lib").is_ok_and(|its| its.is_symlink());
    let booted = Path::new("/usr/lib/systemd/systemd").is_file();
    match (nspawn, merged && booted) {
        (false, _) => Some("there is no systemd-nspawn (Debian's systemd-container)".to_owned()),
        (_, false) => Some("this machine's /usr has no systemd to boot".to_owned()),
        (true, true) => None,
    }
}

/// Builds what is shipped, and does it.
pub(crate) fn rehearse(place: &Place) -> Result<()> {
    if let Some(why) = cannot() {
        anyhow::bail!("this cannot be done here: {why}");
    }
    browser::build_release(place)?;
    run(place)
}

/// Boots, types, and says whether all of it went well.
pub(crate) fn run(place: &Place) -> Result<()> {
    let folder = TemporaryFolder::make("setroom-operate")?;
    let root = folder.path();
    let document = fs::read_to_string(place.root.join("docs/OPERATIONS.md"))?;
    lay_out(root)?;
    fs::write(root.join("src/script"), script(&document)?)?;
    let programs = place.binary("release", "setroom")?;
    let programs = programs.parent().context("a program lies in a folder")?.to_owned();
    let bind = |from: &Path, to: &str| format!("--bind-ro={}:{to}", from.display());
    let words = [
        "--quiet".to_owned(),
        "--directory".to_owned(),
        root.display().to_string(),
        "--bind-ro=/usr".to_owned(),
        bind(&place.root.join("deploy"), "/src/deploy"),
        bind(&programs, "/src/target/release"),
        "--private-network".to_owned(),
        "--register=no".to_owned(),
        "--keep-unit".to_owned(),
        "--console=pipe".to_owned(),
        "--boot".to_owned(),
        "systemd.show_status=no".to_owned(),
        "systemd.unit=multi-user.target".to_owned(),
    ];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // How the system itself ends says nothing: it is turned off from inside, however that went.
    let ended = Job::new("systemd-nspawn", &words).run();
    let said = fs::read(root.join("src/said")).unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    said.lines().for_each(say);
    let is_done = said.lines().last() == Some("ALL DONE");
    if said.is_empty() {
        ended.context("the system did not boot")?;
    }
    ensure!(is_done, "what the document says does not lead to a running service: see above");
    say("every block of the document was typed, and the service ran after each");
    Ok(())
}

/// A root with nothing in it but what systemd needs to boot from `/usr`.
fn lay_out(root: &Path) -> Result<()> {
    for folder in ["usr/lib", "etc/systemd/system/multi-user.target.wants", "src/deploy"] {
        fs::create_dir_all(root.join(folder))?;
    }
    for folder in ["src/target/release", "var", "proc", "sys", "dev", "run", "tmp"] {
        fs::create_dir_all(root.join(folder))?;
    }
    for name in ["bin", "sbin", "lib", "lib64"] {
        symlink(format!("usr/{name}"), root.join(name))?;
    }
    // It is asked for before `/usr` is there.
    fs::copy("/usr/lib/os-release", root.join("usr/lib/os-release"))?;
    let etc = |name: &str, text: &str| fs::write(root.join("etc").join(name), text);
    etc("passwd", "root:x:0:0:root:/:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n")?;
    etc("group", "root:x:0:\nnogroup:x:65534:\n")?;
    etc("nsswitch.conf", "passwd: files systemd\ngroup: files systemd\n")?;
    etc("machine-id", "0123456789abcdef0123456789abcdef\n")?;
    // Nothing of this machine's services is to start there.
    fs::create_dir_all(root.join("etc/systemd/system-preset"))?;
    etc("systemd/system-preset/00-none.preset", "disable *\n")?;
    etc("systemd/system/typed.service", UNIT)?;
    let wanted = root.join("etc/systemd/system/multi-user.target.wants/typed.service");
    symlink("../typed.service", wanted)?;
    Ok(())
}

/// The script, with the document's blocks where their headings stand.
fn script(document: &str) -> Result<String> {
    let mut script = String::new();
    for line in SCRIPT.lines() {
        match line.strip_prefix("#: ") {
            Some(heading) => {
                for block in blocks(document, heading)? {
                    script.push_str(&format!("{block}running\n"));
                }
            }
            None => script.push_str(&format!("{line}\n")),
        }
    }
    Ok(script)
}

/// The blocks of shell under a heading of the document.
fn blocks(document: &str, heading: &str) -> Result<Vec<String>> {
    let (_, section) = document
        .split_once(&format!("\n## {heading}\n"))
        .with_context(|| format!("the document has no heading `{heading}`"))?;
    let section = section.split("\n## ").next().unwrap_or_default();
    let blocks = section.split("```sh\n").skip(1);
    let blocks: Vec<String> =
        blocks.filter_map(|rest| Some(rest.split_once("```")?.0.to_owned())).collect();
    ensure!(!blocks.is_empty(), "nothing is typed under `{heading}`");
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blocks_of_the_document_are_typed_where_their_headings_stand() {
        let document = "# A\n\n## One\n```sh\nfirst\n```\nand\n```toml\nnot = 1\n```\n\
                        ```sh\nsecond\n```\n## Two\n```sh\nthird\n```\n";
        assert_eq!(blocks(document, "One").unwrap(), ["first\n", "second\n"]);
        assert_eq!(blocks(document, "Two").unwrap(), ["third\n"]);
        assert!(blocks(document, "Three").is_err());
    }
}
