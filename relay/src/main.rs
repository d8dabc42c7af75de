//! The `millrace` command.

#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use clap::{Args, Parser, Subcommand};
use millrace_relay::config::{Config, KafkaConfig, ServerConfig, SourceConfig};
use millrace_relay::demo::broker::Broker;
use millrace_relay::demo::producer::{Producer, ProducerConfig, create_topic};
use millrace_relay::demo::{self, PARTITIONS, TOPIC, control};
use millrace_relay::inspect::{self, Question};
use millrace_relay::serve::guard;
use millrace_relay::source::kafka::check_property;
use millrace_relay::{Relay, RelayHandle, check, listen};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Brings Kafka topics to the browser as live Arrow tables.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the feeds of a configuration.
    Serve(FileArg),
    /// Says what is wrong with a configuration, and whether its brokers and topics are there.
    Check(FileArg),
    /// Looks into a topic and prints a feed for it: its partitions, how fast it grows, the format
    /// and the columns that it seems to have, and some rows.
    Inspect(InspectArgs),
    /// A broker, a producer of stock prices and a relay, all in one process.
    Demo(DemoArgs),
    /// A broker to try things with and its producer, without a relay. Keeps little, and nothing
    /// when it ends.
    Broker(BrokerArgs),
}

#[derive(Args)]
struct FileArg {
    /// The configuration.
    #[arg(long, default_value = "millrace.toml")]
    config: PathBuf,
}

#[derive(Args)]
struct InspectArgs {
    /// host:port, several by commas.
    #[arg(long, required_unless_present = "feed")]
    brokers: Option<String>,
    /// The topic.
    #[arg(long, required_unless_present = "feed")]
    topic: Option<String>,
    /// A setting of librdkafka, as security.protocol=ssl. May be repeated. A secret is better kept
    /// in a configuration: see --config.
    #[arg(long = "property", value_name = "NAME=VALUE")]
    properties: Vec<String>,
    /// Looks at the source of this feed of a configuration instead.
    #[arg(long, conflicts_with_all = ["brokers", "topic", "properties"])]
    feed: Option<String>,
    /// The configuration that the feed is in.
    #[arg(long, default_value = "millrace.toml")]
    config: PathBuf,
    /// A schema registry, for records that are written by one.
    #[arg(long, value_name = "URL")]
    registry: Option<String>,
    /// How many of the newest records are looked at.
    #[arg(long, default_value_t = 500)]
    records: u64,
    /// How many rows are shown.
    #[arg(long, default_value_t = 5)]
    rows: usize,
}

#[derive(Args)]
struct ProducerArgs {
    /// Rows a second.
    #[arg(long, default_value_t = 10_000)]
    rate: u64,
    /// The seed of the prices: the same seed gives the same walk.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Waits for `POST /demo/resume` before the first row.
    #[arg(long)]
    paused: bool,
}

#[derive(Args)]
struct DemoArgs {
    #[command(flatten)]
    producer: ProducerArgs,
    /// The address to serve at.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Writes to and reads from these brokers (host:port) instead of the embedded one.
    #[arg(long, value_name = "BROKERS")]
    kafka: Option<String>,
    /// Lets pages of this origin read the data, as http://localhost:3000. May be repeated.
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    allow_origins: Vec<String>,
}

#[derive(Args)]
struct BrokerArgs {
    #[command(flatten)]
    producer: ProducerArgs,
    /// Serves GET /demo, POST /demo/pause and POST /demo/resume at this address.
    #[arg(long)]
    control: Option<SocketAddr>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(message) = start_log() {
        eprintln!("millrace: {message}");
        return ExitCode::FAILURE;
    }
    if let Command::Check(file) = &cli.command {
        let report = check::check(&file.config);
        println!("{report}");
        return if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    if let Command::Inspect(args) = &cli.command {
        return match question(args).and_then(|question| inspect::inspect(&question)) {
            Ok(answer) => {
                print!("{answer}");
                ExitCode::SUCCESS
            }
            Err(message) => {
                eprintln!("millrace: {message}");
                ExitCode::FAILURE
            }
        };
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("millrace: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        match cli.command {
            Command::Serve(file) => serve(file).await,
            Command::Demo(args) => run_demo(args).await,
            Command::Broker(args) => run_broker(args).await,
            Command::Check(_) | Command::Inspect(_) => Ok(()),
        }
    });
    // Questions to a broker that does not answer may be under way: they are not waited for.
    runtime.shutdown_timeout(Duration::from_millis(500));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("millrace: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Logs to standard error: what `MILLRACE_LOG` asks for, as `MILLRACE_LOG_FORMAT` says.
fn start_log() -> Result<(), String> {
    let filter = EnvFilter::try_from_env("MILLRACE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match std::env::var("MILLRACE_LOG_FORMAT").as_deref() {
        Ok("json") => log.json().flatten_event(true).init(),
        Ok("text") | Err(_) => log.init(),
        Ok(other) => {
            return Err(format!("MILLRACE_LOG_FORMAT is {other:?}: expected \"text\" or \"json\""));
        }
    }
    Ok(())
}

fn question(args: &InspectArgs) -> Result<Question, String> {
    let kafka = match (&args.feed, &args.brokers, &args.topic) {
        (Some(name), ..) => {
            let config = Config::from_file(&args.config)
                .map_err(|e| format!("the configuration cannot be used:\n{e}"))?;
            let feed = config.feeds.into_iter().find(|feed| feed.name == *name);
            let feed = feed.ok_or_else(|| format!("there is no feed \"{name}\""))?;
            let SourceConfig::Kafka(kafka) = feed.source;
            kafka
        }
        (None, Some(brokers), Some(topic)) => {
            let mut kafka = KafkaConfig::new(brokers, topic);
            for property in &args.properties {
                let (name, value) = property
                    .split_once('=')
                    .ok_or("--property: expected NAME=VALUE, as security.protocol=ssl")?;
                check_property(name, value).map_err(|why| format!("property \"{name}\" {why}"))?;
                kafka.properties.insert(name.into(), value.into());
            }
            kafka
        }
        // The arguments' own rules ask for them.
        _ => return Err("expected --brokers and --topic, or --feed".into()),
    };
    let InspectArgs { registry, records, rows, .. } = args;
    Ok(Question { kafka, registry: registry.clone(), records: *records, rows: *rows })
}

async fn serve(file: FileArg) -> Result<(), String> {
    let config = Config::from_file(&file.config)
        .map_err(|e| format!("the configuration cannot be used:\n{e}"))?;
    // Before it serves: a signal that nobody waits for would end the process.
    let mut hangup = signal(SignalKind::hangup()).map_err(|e| e.to_string())?;
    let mut stop = std::pin::pin!(stopped());
    let mut handle = Relay::start(config).await.map_err(|e| e.to_string())?;
    announce(&handle);
    loop {
        tokio::select! {
            stop = &mut stop => {
                stop?;
                break;
            }
            _ = hangup.recv() => reload(&mut handle, &file.config).await,
        }
    }
    handle.shutdown().await;
    Ok(())
}

/// Reads the configuration anew. One that is wrong changes nothing.
async fn reload(handle: &mut RelayHandle, path: &Path) {
    let taken = match Config::from_file(path) {
        Ok(config) => handle.reload(config).await.map_err(|e| e.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match &taken {
        Ok(reloaded) => tracing::info!("the configuration is read anew: {reloaded}"),
        Err(why) => tracing::error!("the configuration stays as it is:\n{why}"),
    }
    handle.metrics().reload(taken.is_ok());
}

async fn run_demo(args: DemoArgs) -> Result<(), String> {
    // Before anything is started: a taken port is the commonest trouble.
    drop(listen(args.listen).await.map_err(|e| e.to_string())?);
    let (broker, brokers) = match args.kafka {
        Some(brokers) => {
            create_topic(&brokers, TOPIC, PARTITIONS).await?;
            (None, brokers)
        }
        None => {
            let broker = start_broker()?;
            let address = broker.bootstrap().to_string();
            (Some(broker), address)
        }
    };
    let producer = start_producer(&args.producer, &brokers)?;
    let server = ServerConfig {
        listen: args.listen,
        allow_remote: args.listen.ip().is_loopback(),
        allowed_origins: args.allow_origins.iter().map(|o| o.to_ascii_lowercase()).collect(),
        ..ServerConfig::default()
    };
    if !args.listen.ip().is_loopback() {
        return Err(
            "the demo listens on loopback only: use a configuration for anything else".into()
        );
    }
    let config = demo::config(server, &brokers);
    let extra = control::router(producer.shared().clone());
    let handle = Relay::start_with(config, extra).await.map_err(|e| e.to_string())?;
    tokio::select! {
        () = first_row(&handle, args.producer.paused) => announce(&handle),
        stop = stopped() => {
            stop?;
            handle.shutdown().await;
            return Ok(());
        }
    }
    stopped().await?;
    handle.shutdown().await;
    drop(producer);
    drop(broker);
    Ok(())
}

async fn run_broker(args: BrokerArgs) -> Result<(), String> {
    let broker = start_broker()?;
    let producer = start_producer(&args.producer, broker.bootstrap())?;
    let mut control_server = None;
    if let Some(address) = args.control {
        let listener = listen(address).await.map_err(|e| e.to_string())?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        let routes: Router = control::router(producer.shared().clone())
            .layer(from_fn(|request, next| async {
                guard::origin(&ServerConfig::default(), request, next).await
            }))
            .layer(from_fn(|request, next| async {
                guard::host(&ServerConfig::default(), request, next).await
            }));
        control_server = Some(tokio::spawn(async move { axum::serve(listener, routes).await }));
        println!("Control is up: http://{address}/demo");
    }
    println!("A broker is up: {}", broker.bootstrap());
    println!(
        "Its topic is {TOPIC}, with {PARTITIONS} partitions, {} rows a second.",
        args.producer.rate
    );
    stopped().await?;
    if let Some(server) = control_server {
        server.abort();
    }
    drop(producer);
    drop(broker);
    Ok(())
}

fn start_broker() -> Result<Broker, String> {
    Broker::start(TOPIC, PARTITIONS)
        .map_err(|e| format!("the embedded broker cannot be started: {e}"))
}

fn start_producer(args: &ProducerArgs, brokers: &str) -> Result<Producer, String> {
    Producer::start(ProducerConfig {
        brokers: brokers.to_string(),
        topic: TOPIC.to_string(),
        partitions: PARTITIONS,
        rate: args.rate,
        seed: args.seed,
        paused: args.paused,
    })
}

fn announce(handle: &RelayHandle) {
    println!("Millrace is up: {}", handle.url());
}

/// Returns when a row has landed, or, where none will come, when the source is connected.
async fn first_row(handle: &RelayHandle, paused: bool) {
    let Some(feed) = handle.feed(TOPIC) else { return };
    let wake = Arc::new(tokio::sync::Notify::new());
    feed.wake(&wake);
    loop {
        let there = {
            let status = feed.status();
            status.rows > 0 || (paused && status.source.detail().is_none())
        };
        if there {
            return;
        }
        wake.notified().await;
    }
}

/// Returns when the process is asked to end.
async fn stopped() -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.map_err(|e| e.to_string()),
        _ = terminate.recv() => Ok(()),
    }
}
