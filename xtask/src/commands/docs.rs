//! `docs`: the API reference, made from the declaration files of the npm package.

use std::path::PathBuf;

use anyhow::Result;
use pico_args::Arguments;

use super::build;
use crate::node::{self, npm};
use crate::workspace::Workspace;
use crate::{finish, step};

/// The command.
pub fn run(ws: &Workspace, args: Arguments) -> Result<bool> {
    finish(args)?;
    build::page_only(ws)?;
    println!("{}", reference(ws)?.join("index.html").display());
    Ok(true)
}

/// The reference of the package that is built, as a folder of pages.
pub fn reference(ws: &Workspace) -> Result<PathBuf> {
    let package = ws.root.join("tests/reference");
    node::install(ws, "reference packages", &package)?;
    let out = ws.target.join("reference");
    let mut typedoc = npm(&package);
    typedoc.args(["run", "--silent", "build", "--", "--out"]).arg(&out);
    step::run(ws, "API reference", &mut typedoc)?;
    Ok(out)
}
