//! Running programs as named steps, and showing how far they are.
//!
//! A step's own output is kept in a log file and shown only when the step fails, or all along with
//! `--verbose`. Meanwhile a line says which steps run, for how long, and what each printed last:
//! on a terminal it is redrawn, elsewhere it is repeated every ten seconds. All of this goes to
//! stderr; stdout is for results.
//!
//! Several steps may run at once, from several threads. When one fails, [`cancel_others`] stops
//! the rest, so that a person learns of a mistake when it happens.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// How many of a failed program's first and last lines are shown; the log file has them all.
const SHOWN_HEAD: usize = 15;
const SHOWN_TAIL: usize = 30;
/// How often the waiting is looked after.
const TICK: Duration = Duration::from_millis(25);
/// How often a line of progress is printed where lines cannot be redrawn.
const HEARTBEAT: Duration = Duration::from_secs(10);

static BOARD: Mutex<Vec<Running>> = Mutex::new(Vec::new());
static TICKER: Once = Once::new();
static CANCELLED: AtomicBool = AtomicBool::new(false);

struct Running {
    name: String,
    started: Instant,
    last_line: String,
}

/// A named piece of work that is shown while it lasts.
pub struct Step<'a> {
    ws: &'a Workspace,
    name: String,
    started: Instant,
    log: PathBuf,
    done: bool,
}

impl<'a> Step<'a> {
    /// Begins a step; its name is unique among those that run at the same time.
    pub fn begin(ws: &'a Workspace, name: &str) -> Self {
        TICKER.call_once(|| drop(thread::spawn(tick)));
        let started = Instant::now();
        board().push(Running { name: name.to_owned(), started, last_line: String::new() });
        let file = name.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let log = ws.state().join("logs").join(format!("{file}.log"));
        // The last run's; there may be none.
        drop(std::fs::remove_file(&log));
        Self { ws, name: name.to_owned(), started, log, done: false }
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    ///
    /// When it cannot be started, does not succeed, or does not end within `limit`. The last of
    /// what it printed is shown before this returns.
    pub fn run(&self, command: &mut Command, limit: Option<Duration>) -> Result<()> {
        let shown = describe(command);
        let kept = Arc::new(Mutex::new(Shown::default()));
        let outcome = self.drive(command, limit, &kept);
        if let Ok(status) = &outcome
            && status.success()
        {
            return Ok(());
        }
        if CANCELLED.load(Ordering::Relaxed) {
            bail!("{}: stopped, because another step failed", self.name);
        }
        if !self.ws.verbose {
            let kept = lock(&kept);
            kept.head.iter().for_each(|line| say(&format!("    {line}")));
            if kept.left_out > 0 {
                say(&format!("    … {} lines …", kept.left_out));
            }
            kept.tail.iter().for_each(|line| say(&format!("    {line}")));
        }
        let status = outcome?;
        bail!("`{shown}` failed ({status}); all that it printed: {}", self.log.display())
    }

    fn drive(
        &self,
        command: &mut Command,
        limit: Option<Duration>,
        shown: &Arc<Mutex<Shown>>,
    ) -> Result<ExitStatus> {
        let title = describe(command);
        if let Some(folder) = self.log.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("making {}", folder.display()))?;
        }
        let log = File::options().create(true).append(true).open(&self.log);
        let log = log.with_context(|| format!("opening {}", self.log.display()))?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting `{title}`"))?;
        let sink = Arc::new(Sink {
            name: self.name.clone(),
            verbose: self.ws.verbose,
            shown: Arc::clone(shown),
            log: Mutex::new(log),
        });
        let readers = [
            child.stdout.take().map(|pipe| read_lines(pipe, Arc::clone(&sink))),
            child.stderr.take().map(|pipe| read_lines(pipe, Arc::clone(&sink))),
        ];
        let status = wait(&mut child, limit, true)
            .with_context(|| format!("waiting for `{title}`"))?
            .with_context(|| {
                format!("`{title}` did not end within {} s", limit.unwrap_or_default().as_secs())
            })?;
        for reader in readers.into_iter().flatten() {
            // A reader ends when its pipe does.
            drop(reader.join());
        }
        Ok(status)
    }

    /// The file with all that its programs have printed.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Ends the step well, and says how long it took.
    pub fn done(mut self, note: &str) {
        self.done = true;
        let note = if note.is_empty() { String::new() } else { format!("  {note}") };
        self.leave(&format!("  ok  {:<26} {:>8}{note}", self.name, seconds(self.started)));
    }

    fn leave(&self, line: &str) {
        board().retain(|running| running.name != self.name);
        say(line);
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        if !self.done {
            let what = if CANCELLED.load(Ordering::Relaxed) { "stopped" } else { "FAILED" };
            self.leave(&format!("  --  {:<26} {:>8}  {what}", self.name, seconds(self.started)));
        }
    }
}

/// Runs one program as one step.
pub fn run(ws: &Workspace, name: &str, command: &mut Command) -> Result<()> {
    let step = Step::begin(ws, name);
    step.run(command, None)?;
    step.done("");
    Ok(())
}

/// Stops all other steps: one has failed.
pub fn cancel_others() {
    CANCELLED.store(true, Ordering::Relaxed);
}

/// Lets steps run again, when those that were stopped have ended.
pub fn resume() {
    CANCELLED.store(false, Ordering::Relaxed);
}

/// Says that a step has nothing to do.
pub fn up_to_date(name: &str) {
    say(&format!("  ok  {name:<26} up to date"));
}

/// Prints a line above whatever is redrawn.
pub fn say(line: &str) {
    let mut out = stderr().lock();
    let clear = if out.is_terminal() { "\r\x1b[K" } else { "" };
    // Nobody to tell when stderr is closed.
    drop(writeln!(out, "{clear}{line}"));
}

/// What a program prints on stdout, or an error with what it printed on stderr.
pub fn capture(command: &mut Command) -> Result<String> {
    let shown = describe(command);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("starting `{shown}`"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{shown}` failed ({}): {}", output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Waits for a program. `None` when it was ended for taking longer than `limit`.
pub fn wait(
    child: &mut Child,
    limit: Option<Duration>,
    cancellable: bool,
) -> std::io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let late = limit.is_some_and(|limit| started.elapsed() > limit);
        if late || (cancellable && CANCELLED.load(Ordering::Relaxed)) {
            child.kill()?;
            let status = child.wait()?;
            return Ok((!late).then_some(status));
        }
        thread::sleep(TICK);
    }
}

/// Time since `started`, to read.
pub fn seconds(started: Instant) -> String {
    let elapsed = started.elapsed().as_secs_f64();
    if elapsed < 60.0 {
        format!("{elapsed:.1} s")
    } else {
        format!("{}:{:02} min", elapsed as u64 / 60, elapsed as u64 % 60)
    }
}

/// A command as one would type it.
pub fn describe(command: &Command) -> String {
    let mut text = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}

/// The lines that are shown if a program fails.
#[derive(Default)]
struct Shown {
    head: Vec<String>,
    left_out: usize,
    tail: VecDeque<String>,
}

impl Shown {
    fn take(&mut self, line: String) {
        if self.head.len() < SHOWN_HEAD {
            self.head.push(line);
            return;
        }
        if self.tail.len() == SHOWN_TAIL {
            self.tail.pop_front();
            self.left_out += 1;
        }
        self.tail.push_back(line);
    }
}

/// Where the lines of a step's program go.
struct Sink {
    name: String,
    verbose: bool,
    shown: Arc<Mutex<Shown>>,
    log: Mutex<File>,
}

impl Sink {
    fn take(&self, line: String) {
        // A full disk must not stop a build that would succeed.
        drop(writeln!(lock(&self.log), "{line}"));
        if self.verbose {
            say(&format!("{}: {line}", self.name));
        }
        if !line.trim().is_empty()
            && let Some(running) = board().iter_mut().find(|running| running.name == self.name)
        {
            running.last_line = line.trim().to_owned();
        }
        lock(&self.shown).take(line);
    }
}

fn read_lines(pipe: impl Read + Send + 'static, sink: Arc<Sink>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
            sink.take(String::from_utf8_lossy(&bytes).trim_end().to_owned());
            bytes.clear();
        }
    })
}

/// Shows what runs, until the program ends.
fn tick() {
    let terminal = stderr().is_terminal();
    let pause = if terminal { Duration::from_millis(200) } else { HEARTBEAT };
    loop {
        thread::sleep(pause);
        let running = board();
        if running.is_empty() {
            continue;
        }
        if terminal {
            let line = running
                .iter()
                .map(|r| format!("{} {} {}", r.name, seconds(r.started), clip(&r.last_line, 34)))
                .collect::<Vec<_>>()
                .join(" | ");
            drop(running);
            let mut out = stderr().lock();
            drop(write!(out, "\r\x1b[K  …   {}", clip(&line, columns().saturating_sub(7))));
            drop(out.flush());
        } else {
            let lines: Vec<String> = running
                .iter()
                .map(|r| format!("  …   {:<26} {:>8}  {}", r.name, seconds(r.started), r.last_line))
                .collect();
            drop(running);
            lines.iter().for_each(|line| say(line));
        }
    }
}

/// The terminal's width, as far as the shell tells.
fn columns() -> usize {
    std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn board() -> MutexGuard<'static, Vec<Running>> {
    lock(&BOARD)
}

/// A lock whose holder panicked still guards plain text.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
