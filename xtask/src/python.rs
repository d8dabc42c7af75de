//! A Python environment under `target/`, for tests that read Millrace with libraries of others.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::stamp::{Fingerprint, Stamp};
use crate::step::Step;
use crate::workspace::{Workspace, which};

/// The interpreter of an environment that has what `requirements` lists.
///
/// # Errors
///
/// When there is no Python or a package cannot be had; the error says which.
pub fn environment(ws: &Workspace, name: &str, requirements: &Path) -> Result<PathBuf> {
    let folder = ws.target.join("python").join(name);
    let python = folder.join("bin/python");
    let inputs = Fingerprint::default().path(requirements, &[])?;
    let stamp = Stamp::new(folder.join(".xtask-stamp"), &inputs);
    if stamp.holds() {
        return Ok(python);
    }
    if which("python3").is_none() {
        bail!("python3 is not on PATH (Debian: `apt-get install python3 python3-venv`)");
    }
    let step = Step::begin(ws, &format!("Python packages ({name})"));
    step.run(ws.command("python3").args(["-m", "venv", "--clear"]).arg(&folder), None)
        .context("no virtual environment (Debian: `apt-get install python3-venv`)")?;
    let mut pip = ws.command(&python);
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "-r"]).arg(requirements);
    step.run(&mut pip, None).context("the packages could not be had from PyPI")?;
    stamp.set()?;
    step.done("");
    Ok(python)
}
