//! Installing what a command needs from Debian's packages, where that is possible.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::step::{self, Step};
use crate::workspace::{Workspace, which};

/// How long one call of `apt-get` may take.
const LIMIT: Duration = Duration::from_secs(600);

/// Whether this is Debian, or made from it.
pub fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists() && which("apt-get").is_some()
}

/// Whether packages can be installed without asking anyone.
pub fn is_root() -> bool {
    step::capture(std::process::Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs packages.
///
/// # Errors
///
/// When this is not Debian, the user is not root, or `apt-get` fails; each says what to do.
pub fn install(ws: &Workspace, packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if !is_debian() {
        bail!("this is not Debian, so `apt-get install {list}` is not at hand");
    }
    if !is_root() {
        bail!("run `sudo apt-get install {list}`, then this command again");
    }
    let step = Step::begin(ws, "Debian packages");
    // The list of packages may be absent, as in a fresh container, or out of date.
    if step.run(&mut apt(ws, &["install"], packages), Some(LIMIT)).is_err() {
        step.run(&mut apt(ws, &["update"], &[]), Some(LIMIT))?;
        step.run(&mut apt(ws, &["install"], packages), Some(LIMIT))?;
    }
    step.done(&list);
    Ok(())
}

fn apt(ws: &Workspace, verb: &[&str], packages: &[&str]) -> std::process::Command {
    let mut command = ws.command("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command.args(verb).args(["-y", "-q", "--no-install-recommends"]).args(packages);
    command
}
