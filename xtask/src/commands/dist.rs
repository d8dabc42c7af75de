//! `dist`: what is handed out, in `target/dist`: the relay's program with the page in it, the npm
//! package, the API reference, and their checksums.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use pico_args::Arguments;

use super::build::{self, Options};
use super::docs;
use crate::finish;
use crate::node::npm;
use crate::step::{self, Step};
use crate::workspace::{Workspace, which};

const CHECKSUMS: &str = "SHA256SUMS";

/// The command.
pub fn run(ws: &Workspace, args: Arguments) -> Result<bool> {
    finish(args)?;
    build::build(ws, Options::default())?;
    let out = ws.target.join("dist");
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("clearing {}", out.display()))?;
    }
    fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;

    let program = out.join("millrace");
    let step = Step::begin(ws, "program");
    if which("strip").is_some() {
        step.run(ws.command("strip").arg("-o").arg(&program).arg(ws.millrace()), None)?;
    } else {
        fs::copy(ws.millrace(), &program).context("copying the program")?;
    }
    step.done(&build::size(&program));

    let step = Step::begin(ws, "npm package");
    step.run(npm(&ws.web()).args(["pack", "--pack-destination"]).arg(&out), None)?;
    step.done("");

    let reference = docs::reference(ws)?;
    let step = Step::begin(ws, "reference's archive");
    let archive = out.join("millrace-reference.tgz");
    step.run(ws.command("tar").arg("-czf").arg(&archive).arg("-C").arg(reference).arg("."), None)?;
    step.done(&build::size(&archive));

    let sums = checksums(ws, &out)?;
    print!("{sums}");
    println!("{}", out.display());
    Ok(true)
}

/// Writes the checksums of all files of a folder beside them, in the form that
/// `sha256sum --check` reads.
fn checksums(ws: &Workspace, folder: &Path) -> Result<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<Result<_>>()?;
    names.sort();
    let mut command = if which("sha256sum").is_some() {
        ws.command("sha256sum")
    } else {
        let mut command = ws.command("shasum");
        command.args(["-a", "256"]);
        command
    };
    let sums = step::capture(command.current_dir(folder).args(names))?;
    fs::write(folder.join(CHECKSUMS), &sums).context("writing the checksums")?;
    Ok(sums)
}
