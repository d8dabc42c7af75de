use std::io::Write;
use std::time::Duration;

use super::*;
use crate::config::parse;

const FEED: &str =
    "[[feed]]\nname = \"f\"\nsource = { type = \"kafka\", brokers = \"b:1\", topic = \"t\" }\n";

fn read(text: &str) -> Result<ServerConfig, Vec<String>> {
    parse("m.toml", &format!("{text}\n{FEED}"))
        .map(|config| config.server)
        .map_err(|e| e.problems.iter().map(ToString::to_string).collect())
}

fn problem(text: &str) -> String {
    let found = read(text).unwrap_err();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

fn secrets(text: &str) -> (tempfile::NamedTempFile, String) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let path = file.path().display().to_string();
    (file, path)
}

#[test]
fn secrets_come_from_files_and_the_environment() {
    let (_file, path) = secrets("the-first-of-two-secrets\nthe-second-of-two-secrets\n");
    let text = format!(
        "[server.auth]\nsecrets = [{{ file = \"{path}\", feeds = [\"f\", \"g.*\"] }}, {{ env = \"CARGO_MANIFEST_DIR\" }}]"
    );
    let server = read(&text).unwrap();
    let auth = server.auth.as_ref().unwrap();
    let values: Vec<_> = auth.secrets.iter().map(|s| s.value.reveal()).collect();
    let from_env = env!("CARGO_MANIFEST_DIR");
    assert_eq!(values, ["the-first-of-two-secrets", "the-second-of-two-secrets", from_env]);
    assert_eq!(auth.secrets[1].feeds, FeedSelection::Listed(vec!["f".into(), "g.*".into()]));
    assert_eq!(auth.secrets[2].feeds, FeedSelection::All);
    assert!(!format!("{server:?}").contains("two-secrets"));
}

#[test]
fn a_file_is_looked_for_beside_the_configuration() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("tokens"), "a-secret-of-many-letters").unwrap();
    let name = directory.path().join("millrace.toml").display().to_string();
    let text = format!("[server.auth]\nsecrets = [{{ file = \"tokens\" }}]\n{FEED}");
    assert_eq!(parse(&name, &text).unwrap().server.auth.unwrap().secrets.len(), 1);
}

#[test]
fn what_lets_anybody_or_nobody_in_is_refused() {
    let (_file, short) = secrets("hunter2\n");
    let (_file, spaced) = secrets("a secret with spaces in it\n");
    for (text, expected) in [
        ("[server.auth]".to_string(), "m.toml:1:1: server.auth: lets nobody in"),
        (
            "[server.auth]\nsecrets = [\"hunter2hunter2hunter2\"]".into(),
            "m.toml:2:12: server.auth.secrets[0]: a secret does not belong in this file",
        ),
        (
            "[server.auth]\nsecrets = [{ env = \"NO_SUCH_VARIABLE\" }]".into(),
            "server.auth.secrets[0].env: the environment has no NO_SUCH_VARIABLE",
        ),
        (
            format!("[server.auth]\nsecrets = [{{ file = \"{short}\" }}]"),
            "secrets[0].file: has a secret of 7 characters: expected at least 16",
        ),
        (
            format!("[server.auth]\nsecrets = [{{ file = \"{spaced}\" }}]"),
            "secrets[0].file: has a secret of other characters than visible ASCII",
        ),
        (
            format!("[server.auth]\nsecrets = [{{ file = \"{short}\", env = \"A\" }}]"),
            "expected one of env",
        ),
        (
            "[server.auth]\nsecrets = [{ fiel = \"x\", env = \"CARGO_MANIFEST_DIR\" }]".into(),
            "secrets[0].fiel: is no known field: did you mean \"file\"?",
        ),
        (
            "[server]\nlisten = \"0.0.0.0:80\"".into(),
            "m.toml:1:1: server.listen: 0.0.0.0:80 can be reached from other machines, and there is neither",
        ),
    ] {
        let found = problem(&text);
        assert!(found.contains(expected), "{expected} is not in {found}");
        assert!(!found.contains("hunter2"), "{found}");
    }
}

#[test]
fn signed_tokens_need_keys_and_an_audience() {
    let text = "[server.auth.jwt]\njwks_url = \"https://id.example.com/jwks\"\naudience = \"millrace\"\nissuer = [\"https://id.example.com\"]\nleeway = \"5s\"";
    let jwt = read(text).unwrap().auth.unwrap().jwt.unwrap();
    assert_eq!(jwt.keys, KeySource::Url("https://id.example.com/jwks".into()));
    assert_eq!((jwt.audience, jwt.issuer.len()), (vec!["millrace".to_string()], 1));
    assert_eq!(jwt.leeway, Duration::from_secs(5));
    assert_eq!(jwt.refresh, Duration::from_secs(600));
    for (text, expected) in [
        ("jwks_url = \"https://a\"", "jwt.audience: is missing"),
        ("audience = \"m\"", "expected one of jwks_url and jwks_file"),
        ("audience = \"m\"\njwks_url = \"https://a\"\njwks_file = \"b\"", "expected one of"),
        ("audience = []\njwks_file = \"b\"", "jwt.audience: expected at least one"),
        ("audience = \"m\"\njwks_url = \"http://id.example.com/\"", "expected https"),
        ("audience = \"m\"\njwks_url = \"id.example.com/jwks\"", "jwks_url: \"id.example.com"),
        ("audience = \"m\"\njwks_file = \"b\"\nrefresh = \"0s\"", "more than zero"),
    ] {
        let found = problem(&format!("[server.auth.jwt]\n{text}"));
        assert!(found.contains(expected), "{expected} is not in {found}");
    }
    for url in ["http://localhost:1/jwks", "http://127.0.0.1/x", "http://[::1]:8/x"] {
        let text = format!("[server.auth.jwt]\naudience = \"m\"\njwks_url = \"{url}\"");
        assert!(read(&text).is_ok(), "{url}");
    }
}

#[test]
fn other_machines_need_tls_and_tokens_or_a_word_that_they_do_not() {
    let (_file, path) = secrets("a-secret-of-many-letters");
    let listen = "[server]\nlisten = \"0.0.0.0:80\"\n";
    let auth = format!("[server.auth]\nsecrets = [{{ file = \"{path}\" }}]\n");
    let tls = "[server.tls]\ncert = \"c.pem\"\nkey = \"k.pem\"\n";
    assert!(problem(listen).contains("neither [server.auth] nor [server.tls]"));
    assert!(problem(&format!("{listen}{auth}")).contains("in the clear: add [server.tls]"));
    assert!(problem(&format!("{listen}{tls}")).contains("nobody is asked for a token"));
    assert!(read(&format!("{listen}{auth}{tls}")).is_ok());
    assert!(read(&format!("{listen}allow_remote = true\n")).is_ok());
}

#[test]
fn tls_is_read() {
    let text = "[server.tls]\ncert = \"/c.pem\"\nkey = \"k.pem\"\nmin_version = \"1.3\"";
    let tls = read(text).unwrap().tls.unwrap();
    assert_eq!((tls.min_version, tls.cert.as_path()), (TlsVersion::Tls13, "/c.pem".as_ref()));
    assert!(problem("[server.tls]\ncert = \"c\"").contains("tls.key: is missing"));
    let found = problem("[server.tls]\ncert = \"c\"\nkey = \"k\"\nmin_version = \"1.1\"");
    assert!(found.contains("\"1.1\" is not known here"), "{found}");
}

#[test]
fn limits_are_read_and_fit_one_another() {
    let limits = read("[server.limits]\nconnections_per_address = 7\nheader_bytes = \"32KiB\"");
    let limits = limits.unwrap().limits;
    assert_eq!((limits.connections_per_address, limits.header_bytes), (Some(7), 32 << 10));
    assert_eq!(limits.connections, 4096);
    // More clients are more connections, unless they are counted.
    assert_eq!(read("[server]\nmax_clients = 10000").unwrap().limits.connections, 20_000);
    let found = problem("[server]\nmax_clients = 10\n[server.limits]\nconnections = 9");
    assert!(found.contains("limits.connections: 9 are fewer than max_clients = 10"), "{found}");
    let found = problem("[server.limits]\nheader_bytes = \"1KiB\"");
    assert!(found.contains("expected from 8KiB to 1024KiB"), "{found}");
}

#[test]
fn a_base_path_has_one_spelling() {
    for (text, path) in [("/live", "/live"), ("/a/b-c.d/", "/a/b-c.d"), ("/", "")] {
        assert_eq!(read(&format!("[server]\nbase_path = \"{text}\"")).unwrap().base_path, path);
    }
    for text in ["", "live", "/a//b", "/a/../b", "/a b", "/a?b", "/ä", "//"] {
        let read = read(&format!("[server]\nbase_path = \"{text}\""));
        // Slashes alone are the root.
        assert_eq!(read.is_err(), text != "//", "{text}");
    }
}

#[test]
fn metrics_have_an_address_of_their_own() {
    let server = read("[server.metrics]\nlisten = \"0.0.0.0:9090\"").unwrap();
    assert_eq!(server.metrics.unwrap().port(), 9090);
    assert!(problem("[server.metrics]").contains("metrics.listen: is missing"));
    let found = problem("[server.metrics]\nlisten = \"127.0.0.1:8080\"");
    assert!(found.contains("is the address of the relay itself"), "{found}");
}
