//! Builds the web client and leaves it where the program embeds it from.
//!
//! A program without its client would answer, and be useless; so a build that cannot make the
//! client fails, and says in one sentence what to do. `SETROOM_WEB_BUILD=skip` embeds a page that
//! says so instead, for work on the Rust side alone.
#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// The oldest Node that the client's tools run on: major and minor.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// In the client's folder, and no part of the client.
const NOT_SOURCE: [&str; 6] = ["node_modules", "dist", "test-results", "tests", "e2e", "README.md"];

/// Notes which lock file `node_modules` was installed from. `npm ci` removes it with the rest.
const STAMP: &str = "node_modules/.setroom-installed";

const PLACEHOLDER: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"setroom-client\" content=\"none\"><title>Setroom</title>\
    <p>This Setroom was built without its web client. Build it again without \
    SETROOM_WEB_BUILD=skip.</p></html>\n";

/// Packs text files beside themselves, so that the server need not pack them for each visitor.
const PACK: &str = r"
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { brotliCompressSync, gzipSync } = require('node:zlib');
const root = process.argv[1];
for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(js|css|html|svg|json|webmanifest|txt|ftl)$/.test(entry.name)) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const plain = readFileSync(path);
  const forms = { '.br': brotliCompressSync(plain), '.gz': gzipSync(plain, { level: 9 }) };
  for (const [ending, packed] of Object.entries(forms)) {
    if (packed.length < plain.length) writeFileSync(path + ending, packed);
  }
}
";

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            println!("cargo::error={sentence}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SETROOM_WEB_BUILD");
    let out = folder("OUT_DIR")?.join("web");
    match std::env::var("SETROOM_WEB_BUILD").as_deref() {
        Err(_) | Ok("require" | "") => {}
        Ok("skip") => {
            empty(&out)?;
            return write(&out.join("index.html"), PLACEHOLDER);
        }
        Ok(other) => {
            return Err(format!("SETROOM_WEB_BUILD is {other:?}; set it to require or skip."));
        }
    }
    let client = folder("CARGO_MANIFEST_DIR")?.join("..").join("web-client");
    watch(&client)?;
    check_node()?;
    let _alone = lock()?;
    install(&client)?;
    empty(&out)?;
    let target = out.to_str().ok_or("the build folder's name is not plain text")?;
    let arguments = ["run", "build", "--", "--outDir", target, "--emptyOutDir"];
    run(npm().args(arguments).current_dir(&client), "building the web client failed")?;
    run(Command::new("node").args(["-e", PACK, target]), "packing the web client failed")?;
    if out.join("index.html").is_file() {
        Ok(())
    } else {
        Err("the web client was built without an index.html; look at web-client.".to_owned())
    }
}

fn folder(variable: &str) -> Result<PathBuf, String> {
    std::env::var_os(variable).map(PathBuf::from).ok_or(format!("cargo did not set {variable}."))
}

/// Builds again when a source of the client changes, and not when its tools do.
fn watch(client: &Path) -> Result<(), String> {
    let entries = fs::read_dir(client).map_err(|error| {
        format!("the folder web-client cannot be read ({error}); check out the whole repository.")
    })?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        if !NOT_SOURCE.iter().any(|not| name == *not) {
            println!("cargo::rerun-if-changed={}", entry.path().display());
        }
    }
    Ok(())
}

fn check_node() -> Result<(), String> {
    let (major, minor) = OLDEST_NODE;
    let cure = format!(
        "install Node {major}.{minor} or newer (it brings npm), or set SETROOM_WEB_BUILD=skip to \
         build without the web client."
    );
    let version = |command: &mut Command| {
        let output = command.arg("--version").stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(node) = version(&mut Command::new("node")) else {
        return Err(format!("the web client needs Node, which was not found: {cure}"));
    };
    let mut parts = node.trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    if (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < OLDEST_NODE {
        return Err(format!("the web client needs a newer Node than {node}: {cure}"));
    }
    match version(&mut npm()) {
        Some(_) => Ok(()),
        None => Err(format!("the web client needs npm, which was not found: {cure}")),
    }
}

fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Two builds (of two target folders, say) must not install at the same time. This very file is what
/// they lock: it is there anyway, so nothing is left behind, and nobody reads it meanwhile.
fn lock() -> Result<File, String> {
    let path = folder("CARGO_MANIFEST_DIR")?.join("build.rs");
    let failed = |error| format!("the lock {} cannot be taken: {error}.", path.display());
    let file = File::open(&path).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

fn install(client: &Path) -> Result<(), String> {
    let lock = fs::read(client.join("package-lock.json"))
        .map_err(|error| format!("web-client/package-lock.json cannot be read: {error}."))?;
    let wanted = format!("{:016x}\n", hash(&lock));
    let stamp = client.join(STAMP);
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let arguments = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
    run(npm().args(arguments).current_dir(client), "installing the web client's tools failed")?;
    write(&stamp, &wanted)
}

fn empty(folder: &Path) -> Result<(), String> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}.", folder.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{} cannot be written: {error}.", path.display()))
}

/// Runs a tool. Its own words go to standard error, which cargo shows when the build fails.
fn run(command: &mut Command, failure: &str) -> Result<(), String> {
    let output = command
        // Cargo runs us with its own settings; the tools should see the project's only.
        .env_remove("NODE_ENV")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{failure}: {error}."))?;
    if output.status.success() {
        return Ok(());
    }
    for said in [&output.stdout, &output.stderr] {
        let _ = std::io::Write::write_all(&mut std::io::stderr(), said);
    }
    Err(format!("{failure}; its own words stand above or below."))
}
