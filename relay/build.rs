//! Rebuilds when the built page changes: release builds carry it. Debug builds read it from disk.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist");
    if !debug {
        println!("cargo::rerun-if-changed={}", dist.display());
    }
}
