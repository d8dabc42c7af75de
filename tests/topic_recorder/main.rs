//! Writes down every message of a topic, from its beginning: the tests' own witness of what
//! was in it, which shares no code with the relay.
//!
//! `topic-recorder BROKERS TOPIC` prints a line a message, `partition TAB offset TAB value`.
//! When its input ends it reads on to where the topic ends at that moment, and stops.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

/// Longer than any answer of a broker takes.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [brokers, topic] = &arguments[..] else {
        eprintln!("usage: topic-recorder BROKERS TOPIC");
        return ExitCode::from(2);
    };
    match record(brokers, topic) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("topic-recorder: {error}");
            ExitCode::FAILURE
        }
    }
}

fn record(brokers: &str, topic: &str) -> Result<(), Box<dyn std::error::Error>> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", "topic-recorder")
        .set("enable.auto.commit", "false")
        .create()?;
    let partitions = partitions(&consumer, topic)?;
    let mut assignment = TopicPartitionList::new();
    for &partition in &partitions {
        assignment.add_partition_offset(topic, partition, Offset::Beginning)?;
    }
    consumer.assign(&assignment)?;

    let ended = Arc::new(AtomicBool::new(false));
    let seen_by_reader = ended.clone();
    std::thread::spawn(move || {
        // Whatever comes is of no interest, only that nothing comes any more.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        seen_by_reader.store(true, Ordering::Release);
    });

    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut next = vec![0i64; partitions.iter().max().map_or(0, |&p| p as usize + 1)];
    let mut until: Option<Vec<(i32, i64)>> = None;
    loop {
        if until.is_none() && ended.load(Ordering::Acquire) {
            let ends = partitions
                .iter()
                .map(|&p| Ok((p, consumer.fetch_watermarks(topic, p, PATIENCE)?.1)));
            until = Some(ends.collect::<Result<_, rdkafka::error::KafkaError>>()?);
        }
        if let Some(ends) = &until
            && ends.iter().all(|&(p, end)| next[p as usize] >= end)
        {
            break;
        }
        if let Some(message) = consumer.poll(Duration::from_millis(100)) {
            let message = message?;
            write!(out, "{}\t{}\t", message.partition(), message.offset())?;
            out.write_all(message.payload().unwrap_or_default())?;
            out.write_all(b"\n")?;
            next[message.partition() as usize] = message.offset() + 1;
        }
    }
    out.flush()?;
    Ok(())
}

/// The topic's partitions, as soon as it has any.
fn partitions(consumer: &BaseConsumer, topic: &str) -> Result<Vec<i32>, String> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Ok(metadata) = consumer.fetch_metadata(Some(topic), PATIENCE) {
            let found = metadata.topics().iter().find(|t| t.name() == topic);
            let partitions: Vec<i32> =
                found.into_iter().flat_map(|t| t.partitions()).map(|p| p.id()).collect();
            if !partitions.is_empty() {
                return Ok(partitions);
            }
        }
    }
    Err(format!("there is no topic {topic} within {} s", PATIENCE.as_secs()))
}
