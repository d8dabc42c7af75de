//! `demo`: builds what is not up to date and becomes `millrace demo`, which prints its address.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

use super::build::{self, Options};
use crate::step;
use crate::workspace::Workspace;

/// The command. It returns only when the demo cannot be started.
pub fn run(ws: &Workspace, mut args: Arguments, trailing: Vec<OsString>) -> Result<bool> {
    let program = ws.millrace();
    if args.contains("--no-build") {
        if !program.exists() {
            bail!("{} was not built yet: leave out --no-build", program.display());
        }
    } else {
        if !program.exists() {
            step::say("Building for the first time: some minutes. A second start takes seconds.");
        }
        build::build(ws, Options::default())?;
    }
    // In our place, so that Ctrl-C and the exit code are the demo's own.
    let error = ws.command(&program).arg("demo").args(args.finish()).args(trailing).exec();
    Err(error).with_context(|| format!("starting {}", program.display()))
}
