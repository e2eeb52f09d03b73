//! Where things are: the repository, its target folder, what cargo knows of its crates.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::run::Job;

/// The checkout that the chore works on.
#[derive(Debug)]
pub(crate) struct Place {
    /// The repository's root.
    pub(crate) root: PathBuf,
    /// `cargo metadata --no-deps` of the workspace.
    pub(crate) metadata: Value,
}

impl Place {
    /// The checkout that this xtask was built from.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies in a folder of the repository")?
            .to_owned();
        let metadata = Job::new("cargo", &["metadata", "--no-deps", "--format-version", "1"])
            .within(&root)
            .read()?;
        let metadata = serde_json::from_str(&metadata).context("cargo metadata is not JSON")?;
        Ok(Self { root, metadata })
    }

    /// The web client's folder.
    pub(crate) fn web(&self) -> PathBuf {
        self.root.join("web-client")
    }

    /// The folder that everything is built into.
    pub(crate) fn target(&self) -> Result<&str> {
        let target = self.metadata.get("target_directory").and_then(Value::as_str);
        target.context("cargo metadata names no target folder")
    }

    /// A program of the build with this profile, `release` or `debug`.
    pub(crate) fn binary(&self, profile: &str, name: &str) -> Result<PathBuf> {
        let target = self.target()?;
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        Ok(Path::new(target).join(profile).join(file))
    }
}

/// A folder that is removed when dropped.
#[derive(Debug)]
pub(crate) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes one whose name begins so.
    pub(crate) fn make(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| format!("{} exists", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
