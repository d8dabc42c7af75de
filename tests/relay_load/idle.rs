//! Clients that are connected and do nothing, for their cost in the relay's memory.

use std::io::{BufRead, Write};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::Failure;
use crate::client::Client;

/// Connections that are made at the same time: fewer than a listener's backlog.
const AT_ONCE: usize = 64;

/// Connects so many clients; a line later all subscribe; a line later they read on until the
/// input ends.
pub async fn hold(address: &str, feed: &str, clients: usize) -> Result<Value, Failure> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut connecting = JoinSet::new();
    for _ in 0..clients {
        let (address, places) = (address.to_owned(), places.clone());
        connecting.spawn(async move {
            let _place = places.acquire_owned().await?;
            Client::connect(&address).await
        });
    }
    let mut connected = Vec::with_capacity(clients);
    while let Some(client) = connecting.join_next().await {
        connected.push(client??);
    }
    stage(&json!({"stage": "connected", "clients": connected.len()})).await?;

    let mut subscribing = JoinSet::new();
    for mut client in connected {
        let (feed, places) = (feed.to_owned(), places.clone());
        subscribing.spawn(async move {
            let place = places.acquire_owned().await?;
            client.subscribe(&feed).await?;
            drop(place);
            Ok::<_, Failure>(client)
        });
    }
    let mut reading = JoinSet::new();
    while let Some(client) = subscribing.join_next().await {
        let mut client = client??;
        // Status comes once a second; who does not read it is let go some day.
        reading.spawn(async move { while client.next().await.is_ok() {} });
    }
    let subscribed = reading.len();
    stage(&json!({"stage": "subscribed", "clients": subscribed})).await?;
    Ok(json!({"clients": subscribed, "lost": ended(&mut reading)}))
}

/// Clients that were let go meanwhile.
fn ended(reading: &mut JoinSet<()>) -> usize {
    std::iter::from_fn(|| reading.try_join_next()).count()
}

/// Says what has been reached, and waits for a line.
async fn stage(what: &Value) -> Result<(), Failure> {
    println!("{what}");
    std::io::stdout().flush()?;
    // Clients read on meanwhile.
    tokio::task::spawn_blocking(|| std::io::stdin().lock().read_line(&mut String::new())).await??;
    Ok(())
}
