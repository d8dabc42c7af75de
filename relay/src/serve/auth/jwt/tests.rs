use std::path::Path;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, EncodingKey, encode};
use proptest::prelude::*;
use rcgen::PublicKeyData;
use serde_json::json;

use super::*;
use crate::config::KeySource;
use crate::serve::auth::Rows;

/// A key pair of the issuer's.
struct Pair {
    id: &'static str,
    alg: Algorithm,
    key: EncodingKey,
    public: DecodingKey,
}

impl Pair {
    fn new(id: &'static str, alg: Algorithm) -> Self {
        let kind = match alg {
            Algorithm::EdDSA => &rcgen::PKCS_ED25519,
            _ => &rcgen::PKCS_ECDSA_P256_SHA256,
        };
        let pair = rcgen::KeyPair::generate_for(kind).unwrap();
        let (private, public) = (pair.serialize_der(), pair.der_bytes());
        let (key, public) = match alg {
            Algorithm::EdDSA => {
                (EncodingKey::from_ed_der(&private), DecodingKey::from_ed_der(public))
            }
            _ => (EncodingKey::from_ec_der(&private), DecodingKey::from_ec_der(public)),
        };
        Self { id, alg, key, public }
    }

    fn public(&self) -> Value {
        let mut jwk = Jwk::from_decoding_key(&self.public, Some(self.alg)).unwrap();
        jwk.common.key_id = Some(self.id.into());
        serde_json::to_value(jwk).unwrap()
    }

    fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.id.into()), ..Header::new(self.alg) };
        encode(&header, claims, &self.key).unwrap()
    }
}

fn publish(path: &Path, keys: &[Value]) {
    std::fs::write(path, json!({ "keys": keys }).to_string()).unwrap();
}

fn config(path: &Path) -> JwtConfig {
    JwtConfig {
        keys: KeySource::File(path.into()),
        audience: vec!["millrace".into()],
        issuer: vec!["https://id.example.com".into()],
        leeway: Duration::from_secs(5),
        refresh: Duration::from_secs(600),
        refetch: Duration::ZERO,
    }
}

fn in_seconds(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    now.as_secs() as i64 + seconds
}

/// Good claims, with one of them replaced, or left out where it is null.
fn claims(name: &str, value: Value) -> Value {
    let mut claims = json!({
        "iss": "https://id.example.com",
        "aud": ["other", "millrace"],
        "exp": in_seconds(60),
    });
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

fn good() -> Value {
    claims("sub", json!("somebody"))
}

#[tokio::test]
async fn what_a_token_must_say_is_looked_at() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (ec, ed) = (Pair::new("ec", Algorithm::ES256), Pair::new("ed", Algorithm::EdDSA));
    // What is not understood, and what is not for signatures, does no harm.
    let encryption = json!({"kty": "RSA", "use": "enc", "kid": "e", "n": "AQAB", "e": "AQAB"});
    let unknown = json!({"kty": "lattice", "kid": "q"});
    publish(file.path(), &[unknown, encryption, ec.public(), ed.public()]);
    let verifier = Verifier::start(&config(file.path()));
    for pair in [&ec, &ed] {
        let access = verifier.check(&pair.sign(&good())).await.unwrap();
        assert!(access.is_for_everything());
        let left = access.remaining(SystemTime::now()).unwrap();
        // The leeway is for both ends.
        assert!((Duration::from_secs(60)..Duration::from_secs(66)).contains(&left), "{left:?}");
    }
    let claim = |name: &str| Err(TokenError::Claim(name.into()));
    for (name, value, expected) in [
        ("exp", json!(in_seconds(-3)), Ok(())),
        ("exp", json!(in_seconds(-8)), Err(TokenError::Expired)),
        ("exp", Value::Null, claim("exp")),
        ("exp", json!("tomorrow"), claim("exp")),
        ("nbf", json!(in_seconds(60)), Err(TokenError::NotYet)),
        ("nbf", json!("later"), claim("nbf")),
        ("aud", json!("millrace"), Ok(())),
        ("aud", json!("other"), Err(TokenError::Audience)),
        ("aud", json!([]), Err(TokenError::Audience)),
        ("aud", Value::Null, claim("aud")),
        ("iss", json!("https://evil.example"), Err(TokenError::Issuer)),
        ("iss", Value::Null, claim("iss")),
        ("iss", json!(7), claim("iss")),
        ("feeds", json!("trades"), claim("feeds")),
        ("feeds", json!([7]), claim("feeds")),
        ("feeds", json!([{"filter": []}]), claim("feeds")),
        // A filter that was misspelt must not be none.
        ("feeds", json!([{"feed": "f", "fliter": []}]), claim("feeds")),
    ] {
        let found = verifier.check(&ec.sign(&claims(name, value.clone()))).await.map(|_| ());
        assert_eq!(found, expected, "{name}: {value}");
    }
}

#[tokio::test]
async fn the_feeds_claim_says_what_may_be_read() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let pair = Pair::new("k", Algorithm::ES256);
    publish(file.path(), &[pair.public()]);
    let verifier = Verifier::start(&config(file.path()));
    let filter = json!([["desk", "==", "fx"]]);
    let feeds =
        json!(["trades", "prices.*", {"feed": "orders", "filter": filter}, {"feed": "all"}]);
    let access = verifier.check(&pair.sign(&claims("feeds", feeds))).await.unwrap();
    for feed in ["trades", "prices.eu", "all"] {
        assert_eq!(access.feed(feed), Some(Rows::All), "{feed}");
    }
    assert_eq!(access.feed("orders"), Some(Rows::Filtered(filter)));
    assert_eq!(access.feed("secret"), None);
    assert!(!access.is_for_everything());
    let none = verifier.check(&pair.sign(&claims("feeds", json!([])))).await.unwrap();
    assert_eq!(none.feed("trades"), None);
}

#[tokio::test]
async fn keys_change_without_a_restart() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "not yet").unwrap();
    let (old, new) = (Pair::new("old", Algorithm::ES256), Pair::new("new", Algorithm::ES256));
    let verifier = Verifier::start(&config(file.path()));
    let (by_old, by_new) = (old.sign(&good()), new.sign(&good()));
    assert_eq!(verifier.check(&by_old).await, Err(TokenError::Unavailable));
    publish(file.path(), &[old.public()]);
    assert!(verifier.check(&by_old).await.is_ok());
    assert_eq!(verifier.check(&by_new).await, Err(TokenError::Unknown));
    publish(file.path(), &[new.public()]);
    assert!(verifier.check(&by_new).await.is_ok());
    assert_eq!(verifier.check(&by_old).await, Err(TokenError::Unknown));
    // A set that cannot be read leaves the last one.
    std::fs::write(file.path(), "{\"keys\":[]}").unwrap();
    assert_eq!(verifier.check(&by_old).await, Err(TokenError::Unknown));
    assert!(verifier.check(&by_new).await.is_ok());
}

#[tokio::test]
async fn unknown_keys_do_not_have_the_issuer_asked_all_the_time() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (old, new) = (Pair::new("old", Algorithm::ES256), Pair::new("new", Algorithm::ES256));
    publish(file.path(), &[old.public()]);
    let config = JwtConfig { refetch: Duration::from_secs(60), ..config(file.path()) };
    let verifier = Verifier::start(&config);
    assert!(verifier.check(&old.sign(&good())).await.is_ok());
    publish(file.path(), &[new.public()]);
    assert_eq!(verifier.check(&new.sign(&good())).await, Err(TokenError::Unknown));
}

#[tokio::test]
async fn what_the_issuer_did_not_sign_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let pair = Pair::new("k", Algorithm::ES256);
    publish(file.path(), &[pair.public()]);
    let verifier = Verifier::start(&config(file.path()));
    // By another key of the same name.
    let stranger = Pair::new("k", Algorithm::ES256).sign(&good());
    // By a secret that is the public key, as confused verifiers accept it.
    let public = pair.public().to_string();
    let hmac = Header { kid: Some("k".into()), ..Header::new(Algorithm::HS256) };
    let hmac = encode(&hmac, &good(), &EncodingKey::from_secret(public.as_bytes())).unwrap();
    // Not signed at all.
    let signed = pair.sign(&good());
    let (body, _) = signed.rsplit_once('.').unwrap();
    let none = format!("eyJhbGciOiJub25lIn0.{}.", body.split_once('.').unwrap().1);
    for token in [stranger.as_str(), &hmac, &none, &format!("{body}."), "..", "a.b.c"] {
        assert_eq!(verifier.check(token).await, Err(TokenError::Unknown), "{token}");
    }
}

/// No change of a token leaves it good.
#[test]
fn altered_tokens_are_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let pair = Pair::new("k", Algorithm::ES256);
    publish(file.path(), &[pair.public()]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let verifier = runtime.block_on(async { Verifier::start(&config(file.path())) });
    let token = pair.sign(&good());
    assert!(runtime.block_on(verifier.check(&token)).is_ok());
    // The last character of base64 may have bits that do not count.
    let places = 0..token.len() - 1;
    proptest!(|(place in places, byte in "[A-Za-z0-9_.-]")| {
        let mut altered = token.clone();
        altered.replace_range(place..=place, &byte);
        prop_assume!(altered != token);
        prop_assert!(runtime.block_on(verifier.check(&altered)).is_err());
    });
}
