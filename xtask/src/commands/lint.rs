//! `lint`: rustfmt and clippy for the Rust rooms, the linter and the type checker for the page.
//!
//! Clippy looks at the engine twice: as the tests compile it, and for WebAssembly, where the
//! bindings are. Warnings are errors.

use std::process::Command;

use anyhow::Result;
use pico_args::Arguments;

use super::build;
use crate::finish;
use crate::node::{self, npm};
use crate::step;
use crate::wasm_target::WasmTarget;
use crate::workspace::Workspace;

/// What is not of the workspace, to be formatted all the same.
const FUZZING: &str = "tests/fuzz/src/main.rs";

/// The command.
pub fn run(ws: &Workspace, mut args: Arguments) -> Result<bool> {
    let fix = args.contains("--fix");
    finish(args)?;
    if fix {
        step::run(ws, "rustfmt", ws.cargo().args(["fmt", "--all", "--", FUZZING]))?;
        node::install(ws, "web packages", &ws.web())?;
        step::run(ws, "web format", npm(&ws.web()).args(["run", "format"]))?;
    } else {
        step::run(ws, "rustfmt", &mut rustfmt(ws))?;
    }
    build::web_ready(ws)?;
    let mut failed = false;
    let lints = [
        ("clippy", clippy(ws)),
        ("clippy (wasm)", clippy_wasm(ws)?),
        ("web lint", web_lint(ws)),
        ("web types", web_types(ws)),
    ];
    // One after the other, all of them: a person wants the whole list.
    for (name, mut command) in lints {
        if let Err(error) = step::run(ws, name, &mut command) {
            step::say(&format!("error: {error:#}"));
            failed = true;
        }
    }
    Ok(!failed)
}

/// Says what is not formatted.
pub fn rustfmt(ws: &Workspace) -> Command {
    let mut command = ws.cargo();
    command.args(["fmt", "--all", "--check", "--", FUZZING]);
    command
}

/// Everything that compiles for this machine.
pub fn clippy(ws: &Workspace) -> Command {
    let mut command = ws.cargo();
    command.args(["clippy", "--workspace", "--all-targets", "--features", "xtask/bindgen"]);
    command.args(["--", "-Dwarnings"]);
    command
}

/// The engine as pages get it.
pub fn clippy_wasm(ws: &Workspace) -> Result<Command> {
    let mut command = match WasmTarget::find(ws)? {
        target @ WasmTarget::Installed => target.cargo(ws, "clippy"),
        // Debian's second Rust has no clippy; its compiler's own warnings are something.
        target @ WasmTarget::Debian { .. } => {
            let mut command = target.cargo(ws, "check");
            command.args(["--package", "millrace-engine", "--lib"]);
            return Ok(command);
        }
    };
    command.args(["--package", "millrace-engine", "--lib", "--", "-Dwarnings"]);
    Ok(command)
}

/// The page's linter.
pub fn web_lint(ws: &Workspace) -> Command {
    let mut command = npm(&ws.web());
    command.args(["run", "--silent", "lint"]);
    command
}

/// The page's type checker.
pub fn web_types(ws: &Workspace) -> Command {
    let mut command = npm(&ws.web());
    command.args(["run", "--silent", "typecheck"]);
    command
}
