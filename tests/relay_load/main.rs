//! The load of `cargo xtask bench relay`: writes topics, counts them, and plays many clients.
//!
//! ```text
//! relay-load fill BROKERS TOPIC PARTITIONS ROWS
//! relay-load count BROKERS TOPIC
//! relay-load latency BROKERS TOPIC ADDRESS RATE SECONDS
//! relay-load idle ADDRESS FEED CLIENTS
//! relay-load broadcast BROKERS TOPIC ADDRESS CLIENTS FRAMES ROWS
//! ```
//!
//! Each prints its figures as one line of JSON. A feed has the name of its topic, `ADDRESS` is
//! `host:port`. `idle` prints a line a stage and goes on when it reads one; it ends with its input.

mod broadcast;
mod client;
mod idle;
mod latency;
mod topic;

use std::process::ExitCode;
use std::str::FromStr;

use serde_json::Value;

/// What a part of the load can fail with.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments).await {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("relay-load: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[&str]) -> Result<Value, Failure> {
    match arguments {
        ["fill", brokers, topic, partitions, rows] => {
            let partitions = number("PARTITIONS", partitions)?;
            topic::fill(brokers, topic, partitions, number("ROWS", rows)?).await
        }
        // Waits for the broker on its own thread, as nothing else is to be done.
        ["count", brokers, topic] => topic::count(brokers, topic),
        ["latency", brokers, topic, address, rate, seconds] => {
            let (rate, seconds) = (number("RATE", rate)?, number("SECONDS", seconds)?);
            latency::measure(brokers, topic, address, rate, seconds).await
        }
        ["idle", address, feed, clients] => {
            idle::hold(address, feed, number("CLIENTS", clients)?).await
        }
        ["broadcast", brokers, topic, address, clients, frames, rows] => {
            let load = broadcast::Load {
                clients: number("CLIENTS", clients)?,
                frames: number("FRAMES", frames)?,
                rows: number("ROWS", rows)?,
            };
            broadcast::measure(brokers, topic, address, load).await
        }
        _ => Err("expected fill, count, latency, idle or broadcast with their arguments, as \
                  the head of tests/relay_load/main.rs has them"
            .into()),
    }
}

fn number<T: FromStr>(name: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| format!("{name} is {text}: expected a number").into())
}

/// Median, 90th and 99th percentile and the largest of some spans in nanoseconds, as milliseconds.
///
/// Quantiles by nearest rank: the value that so great a share of the values does not exceed.
pub fn spread(nanoseconds: &mut [u64]) -> Value {
    nanoseconds.sort_unstable();
    let at = |share: f64| {
        let rank = (share * nanoseconds.len() as f64).ceil() as usize;
        let value = nanoseconds.get(rank.saturating_sub(1)).copied().unwrap_or_default();
        value as f64 / 1e6
    };
    serde_json::json!({"median": at(0.5), "p90": at(0.9), "p99": at(0.99), "most": at(1.0)})
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let mut values: Vec<u64> = (1..=200).rev().map(|n| n * 1_000_000).collect();
        let spread = spread(&mut values);
        assert_eq!(spread["median"], 100.0);
        assert_eq!(spread["p90"], 180.0);
        assert_eq!(spread["p99"], 198.0);
        assert_eq!(spread["most"], 200.0);
    }
}
