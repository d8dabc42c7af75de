//! Node and npm: whether they are there, and installing a package's dependencies.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::stamp::{Fingerprint, Stamp};
use crate::step::{self, Step};
use crate::workspace::{Workspace, which};

/// The oldest Node that the build's tools run on.
const OLDEST: (u32, u32) = (20, 19);

/// Checks that Node is there and new enough.
///
/// # Errors
///
/// When it is not; the error says how to get it.
pub fn check(ws: &Workspace) -> Result<()> {
    let (major, minor) = OLDEST;
    let how = format!(
        "Node {major}.{minor} or newer is needed to build the page: https://nodejs.org/en/download, \
         or your distribution's packages `nodejs` and `npm`"
    );
    if which("node").is_none() || which("npm").is_none() {
        bail!("node and npm are not on PATH. {how}");
    }
    let version = step::capture(ws.command("node").arg("--version"))?;
    match parse(&version) {
        Some(found) if found >= OLDEST => Ok(()),
        _ => bail!("this is Node {}. {how}", version.trim()),
    }
}

/// `v20.19.1` as (20, 19).
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Installs what a package's `package-lock.json` names, unless that is there already.
pub fn install(ws: &Workspace, name: &str, package: &Path) -> Result<()> {
    let lock = package.join("package-lock.json");
    let inputs =
        Fingerprint::default().path(&lock, &[])?.path(&package.join("package.json"), &[])?;
    // Inside, so that it goes when the folder goes.
    let stamp = Stamp::new(package.join("node_modules/.xtask-stamp"), &inputs);
    if stamp.holds() {
        step::up_to_date(name);
        return Ok(());
    }
    check(ws)?;
    let step = Step::begin(ws, name);
    let verb = if lock.exists() { "ci" } else { "install" };
    step.run(npm(package).args([verb, "--no-audit", "--no-fund"]), None)
        .with_context(|| format!("npm could not install what {} names", lock.display()))?;
    stamp.set()?;
    step.done("");
    Ok(())
}

/// An npm command in a package's folder.
pub fn npm(package: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(package);
    command
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(parse("v20.19.1\n"), Some((20, 19)));
        assert!(parse("v22.3.0") > parse("v20.19.0"));
        assert_eq!(parse("20.19.0"), None);
    }
}
