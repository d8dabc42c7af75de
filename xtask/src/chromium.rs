//! Finding a Chromium for browser tests, or installing Debian's.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::debian;
use crate::workspace::{Workspace, which};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A Chromium or Chrome: what `CHROME` names, what is on `PATH`, or Debian's package.
///
/// # Errors
///
/// When there is none and none can be installed; the error says what to do.
pub fn find(ws: &Workspace) -> Result<PathBuf> {
    if let Some(wish) = std::env::var_os("CHROME").filter(|wish| !wish.is_empty()) {
        let path = PathBuf::from(&wish);
        let found = if path.is_file() { Some(path) } else { which(&wish.to_string_lossy()) };
        return found.with_context(|| format!("CHROME is {wish:?}, and there is no such program"));
    }
    if let Some(path) = NAMES.iter().find_map(|name| which(name)) {
        return Ok(path);
    }
    debian::install(ws, &["chromium"])
        .context("no Chromium: install it, or name one in the variable CHROME")?;
    match which("chromium") {
        Some(path) => Ok(path),
        None => bail!("the package chromium is installed, but no `chromium` is on PATH"),
    }
}
