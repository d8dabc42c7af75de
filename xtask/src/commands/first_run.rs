//! `first-run`: does what a new user does, and times it.
//!
//! A fresh clone of the last commit, in a folder of its own, with nothing built and no npm cache;
//! there `cargo xtask demo`, until it prints its address and answers; then the same again, for the
//! second start. What it clones is what is committed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

use crate::finish;
use crate::step::{self, seconds};
use crate::workspace::Workspace;

/// What a user is promised, on two cores.
const FIRST: Duration = Duration::from_secs(20 * 60);
const SECOND: Duration = Duration::from_secs(10);

/// The command.
pub fn run(ws: &Workspace, mut args: Arguments) -> Result<bool> {
    let no_cargo_cache = args.contains("--no-cargo-cache");
    finish(args)?;
    let home = ws.target.join("first-run");
    if home.exists() {
        std::fs::remove_dir_all(&home).with_context(|| format!("removing {}", home.display()))?;
    }
    std::fs::create_dir_all(&home)?;
    let clone = home.join("millrace");
    step::run(
        ws,
        "git clone",
        ws.command("git").args(["clone", "--quiet"]).arg(&ws.root).arg(&clone),
    )?;
    let demo = || {
        let mut command = Command::new("cargo");
        command.args(["xtask", "demo", "--listen", "127.0.0.1:0"]).current_dir(&clone);
        command.env("npm_config_cache", home.join("npm"));
        if no_cargo_cache {
            command.env("CARGO_HOME", home.join("cargo"));
        }
        // Those of the cargo that runs us would name our own folders.
        for name in ["CARGO_TARGET_DIR", "CARGO", "CARGO_MANIFEST_DIR", "LD_LIBRARY_PATH"] {
            command.env_remove(name);
        }
        command
    };
    let mut kept = true;
    for (name, limit) in [("first start", FIRST), ("second start", SECOND)] {
        let (address, took) = start(demo(), &home, FIRST * 2)?;
        let verdict = if took <= limit { "within" } else { "NOT within" };
        println!(
            "{name}: {:.1} s, {verdict} {} s ({address})",
            took.as_secs_f64(),
            limit.as_secs()
        );
        kept &= took <= limit;
    }
    Ok(kept)
}

/// Starts the demo, waits for its address, asks it for its page and stops it.
fn start(mut command: Command, home: &Path, limit: Duration) -> Result<(String, Duration)> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting `cargo xtask demo`")?;
    let pipe = child.stdout.take().context("the demo's output")?;
    let mut address = None;
    for line in BufReader::new(pipe).lines() {
        let line = line?;
        step::say(&format!("    {line}"));
        if let Some(at) = line.find("http://") {
            let found = line[at..].split_whitespace().next().unwrap_or_default();
            address = Some(found.trim_end_matches('/').to_owned());
            break;
        }
        if started.elapsed() > limit {
            break;
        }
    }
    let took = started.elapsed();
    let answer = address.as_deref().map(|address| {
        let page = home.join("page.html");
        step::capture(Command::new("curl").args(["-sS", "--fail", "-o"]).arg(page).arg(address))
    });
    // cargo, these commands and the demo take each other's place: it is one process.
    drop(child.kill());
    child.wait()?;
    let Some(address) = address else {
        bail!("the demo ended after {} without printing its address", seconds(started));
    };
    answer.transpose().context("the demo printed its address but does not answer")?;
    Ok((address, took))
}
