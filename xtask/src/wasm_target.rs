//! Finding a way to compile for `wasm32-unknown-unknown`.
//!
//! The target's standard library is not part of a Rust installation, and not every machine can
//! have it the usual way. In this order:
//!
//! 1. the Rust that runs us has it already;
//! 2. `rustup target add` brings it;
//! 3. on Debian, the packages [`PACKAGES`] bring a second Rust with the library's source, from
//!    which cargo compiles it along (`-Zbuild-std`), and a linker;
//! 4. else the error says what to run.
//!
//! No `rust-toolchain.toml` names the target: on a machine where way 2 fails, that would break
//! every call of cargo.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::debian;
use crate::step::{self, Step};
use crate::workspace::{Workspace, which};

/// The target's name.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's second Rust, its library's source, and a linker for WebAssembly.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
/// Where those packages put the library's source.
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";
/// Rust 1.90, as the workspace's `rust-version`.
const OLDEST_MINOR: u32 = 90;
/// What every browser of the last years has; the engine's loops are written for SIMD.
const FEATURES: &str = "+simd128,+bulk-memory,+nontrapping-fptoint,+sign-ext,+mutable-globals";
/// A download of the target takes seconds; a refused connection may hang for longer than that.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);

/// A way to compile for the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WasmTarget {
    /// The Rust that runs us has the target.
    Installed,
    /// Debian's Rust, compiling the standard library along, with this linker.
    Debian {
        /// A program that links as `wasm-ld` does.
        linker: String,
    },
}

impl WasmTarget {
    /// Finds a way, installing what it needs.
    ///
    /// # Errors
    ///
    /// When there is none; the error says what to run.
    pub fn find(ws: &Workspace) -> Result<Self> {
        let wish = std::env::var("MILLRACE_WASM_TOOLCHAIN").unwrap_or_else(|_| "auto".to_owned());
        match wish.as_str() {
            "auto" => match rustup(ws) {
                Ok(found) => Ok(found),
                Err(first) => debian_way(ws).map_err(|second| no_way(&first, &second)),
            },
            "rustup" => rustup(ws),
            "debian" => debian_way(ws),
            other => {
                bail!("MILLRACE_WASM_TOOLCHAIN is `{other}`; it may be auto, rustup or debian")
            }
        }
    }

    /// A cargo command for the target; its results are in [`WasmTarget::output`].
    pub fn cargo(&self, ws: &Workspace, subcommand: &str) -> Command {
        let mut flags = vec![format!("-Ctarget-feature={FEATURES}")];
        let mut command = match self {
            Self::Installed => {
                let mut command = ws.cargo();
                command.args([subcommand, "--target", TARGET]);
                command
            }
            Self::Debian { linker } => {
                flags.push("-Clinker-flavor=wasm-ld".to_owned());
                flags.push(format!("-Clinker={linker}"));
                let mut command = ws.command("/usr/bin/cargo");
                command
                    .args([subcommand, "-Zbuild-std=std,panic_abort", "--target", TARGET])
                    // `-Z` on a stable cargo: the library is compiled by the compiler it is of.
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_DIR", self.target_folder(ws))
                    .env("PATH", path_with_first("/usr/bin"))
                    .env_remove("RUSTC")
                    .env_remove("RUSTUP_TOOLCHAIN")
                    // `cargo run` points it at another Rust's libraries.
                    .env_remove("LD_LIBRARY_PATH");
                command
            }
        };
        // The only form that nothing in the user's environment or configuration overrides.
        command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        command
    }

    /// The file that `cargo build --profile wasm` makes of the engine.
    pub fn output(&self, ws: &Workspace) -> PathBuf {
        self.target_folder(ws).join(TARGET).join("wasm/millrace_engine.wasm")
    }

    /// Another compiler has another target folder, or each would undo the other's work.
    fn target_folder(&self, ws: &Workspace) -> PathBuf {
        match self {
            Self::Installed => ws.target.clone(),
            Self::Debian { .. } => ws.target.join("debian"),
        }
    }
}

/// Ways 1 and 2.
fn rustup(ws: &Workspace) -> Result<WasmTarget> {
    if installed(ws) {
        return Ok(WasmTarget::Installed);
    }
    if which("rustup").is_none() {
        bail!("this Rust lacks the target {TARGET}, and there is no rustup to add it");
    }
    let step = Step::begin(ws, "wasm target");
    step.run(ws.command("rustup").args(["target", "add", TARGET]), Some(RUSTUP_LIMIT))?;
    step.done("added by rustup");
    if !installed(ws) {
        bail!(
            "`rustup target add {TARGET}` succeeded, but the Rust in use does not have the target"
        );
    }
    Ok(WasmTarget::Installed)
}

fn installed(ws: &Workspace) -> bool {
    let mut rustc = ws.command(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    step::capture(&mut rustc).is_ok_and(|folder| {
        Path::new(folder.trim()).read_dir().is_ok_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
            })
        })
    })
}

/// Way 3.
fn debian_way(ws: &Workspace) -> Result<WasmTarget> {
    if !debian_ready() {
        debian::install(ws, &PACKAGES)?;
    }
    if !debian_ready() {
        bail!(
            "the packages {} are installed, but /usr/bin/cargo is not of Rust 1.{OLDEST_MINOR} or \
             newer, or {DEBIAN_LIBRARY} is missing",
            PACKAGES.join(" ")
        );
    }
    let linker = linker(ws).context(
        "no linker for WebAssembly: neither wasm-ld (Debian's lld-22) nor rustup's rust-lld",
    )?;
    Ok(WasmTarget::Debian { linker })
}

fn debian_ready() -> bool {
    let version = step::capture(Command::new("/usr/bin/cargo").arg("--version"));
    // Debian's ordinary cargo has the same path and is older than the workspace allows.
    version.is_ok_and(|said| minor_version(&said) >= Some(OLDEST_MINOR))
        && Path::new(DEBIAN_LIBRARY).exists()
}

/// 96 of `cargo 1.96.0 (30a34c682 2026-05-25)`.
fn minor_version(said: &str) -> Option<u32> {
    said.strip_prefix("cargo 1.")?.split('.').next()?.parse().ok()
}

/// `wasm-ld` by any of its names, or the one that rustup's Rust carries.
fn linker(ws: &Workspace) -> Option<String> {
    let mut names = vec!["wasm-ld".to_owned()];
    names.extend((14..=30).rev().map(|version| format!("wasm-ld-{version}")));
    if let Some(path) = names.iter().find_map(|name| which(name)) {
        return Some(path.to_string_lossy().into_owned());
    }
    let sysroot = step::capture(ws.command("rustc").args(["--print", "sysroot"])).ok()?;
    let host = step::capture(ws.command("rustc").arg("-vV")).ok()?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: "))?;
    let lld = Path::new(sysroot.trim()).join("lib/rustlib").join(host).join("bin/rust-lld");
    lld.exists().then(|| lld.to_string_lossy().into_owned())
}

fn path_with_first(folder: &str) -> std::ffi::OsString {
    let mut path = std::ffi::OsString::from(folder);
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    path
}

fn no_way(rustup: &anyhow::Error, debian: &anyhow::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "no way was found to compile for {TARGET}.\n  \
         With rustup: {rustup:#}\n  \
         With Debian's packages: {debian:#}\n\
         Any of these will do, then run the command again:\n  \
         rustup target add {TARGET}\n  \
         apt-get install {}   (Debian 12 or newer)\n  \
         the package of your distribution that has Rust's standard library for {TARGET}",
        PACKAGES.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::minor_version;

    #[test]
    fn cargo_says_its_version() {
        assert_eq!(minor_version("cargo 1.96.0 (30a34c682 2026-05-25) (built …)\n"), Some(96));
        assert_eq!(minor_version("error"), None);
    }
}
