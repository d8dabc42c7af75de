//! Where things are, and how a program is started there.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The folders of the workspace this program was compiled in.
pub struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder, wherever the user's configuration puts it.
    pub target: PathBuf,
    /// Show what programs print while they work.
    pub verbose: bool,
}

impl Workspace {
    /// Finds the folders.
    pub fn locate(verbose: bool) -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies in the workspace")?
            .to_path_buf();
        // This program is TARGET/debug/xtask, so the target folder is known without asking cargo.
        let program = std::env::current_exe().context("finding this program's own path")?;
        let target = program
            .parent()
            .and_then(Path::parent)
            .with_context(|| format!("{} does not lie in a target folder", program.display()))?
            .to_path_buf();
        Ok(Self { root, target, verbose })
    }

    /// The npm package.
    pub fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    /// What wasm-bindgen writes, for the npm package to bundle.
    pub fn web_wasm(&self) -> PathBuf {
        self.root.join("web/wasm")
    }

    /// What vite writes, for the relay to embed.
    pub fn web_dist(&self) -> PathBuf {
        self.root.join("web/dist")
    }

    /// The program that users run.
    pub fn millrace(&self) -> PathBuf {
        self.target.join("release/millrace")
    }

    /// Stamps and logs of these commands.
    pub fn state(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// A command that runs in the workspace's root.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// The cargo that runs these commands, with the same target folder.
    pub fn cargo(&self) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo);
        command.env("CARGO_TARGET_DIR", &self.target);
        command
    }
}

/// Whether a program of this name is on `PATH`, and where.
pub fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
