//! Who is asking: shared secrets, and signed tokens.
//!
//! [`Auth`] turns a token into an [`Access`], which says what its bearer may read and until
//! when. `jwt` checks signed tokens, `keys` keeps the issuer's keys, `http` asks for tokens
//! where data is read over HTTP.

mod access;
pub mod http;
mod jwt;
mod keys;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

use crate::config::{AuthConfig, FeedSelection, JwtConfig};
pub use access::{Access, Rows};

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 16 << 10;

/// Why a token was not taken. No variant and no message holds anything of the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is none.
    #[error("this relay asks for a token")]
    Missing,
    /// It is none of the secrets, and no token that the issuer signed.
    #[error("the token is not accepted")]
    Unknown,
    /// It was good.
    #[error("the token has expired")]
    Expired,
    /// It will be good.
    #[error("the token is not valid yet")]
    NotYet,
    /// It is for somebody else.
    #[error("the token is for another audience than this relay")]
    Audience,
    /// It is of somebody else.
    #[error("the token is of an issuer that this relay does not know")]
    Issuer,
    /// Something that it says is not there, or not of its type.
    #[error("the token's claim \"{0}\" is missing or not understood")]
    Claim(String),
    /// It cannot be checked now.
    #[error("the token cannot be checked: the issuer's keys are not there")]
    Unavailable,
}

impl TokenError {
    /// Its name on the wire and in metrics.
    pub fn code(&self) -> &'static str {
        match self {
            TokenError::Missing => "token_missing",
            TokenError::Expired => "token_expired",
            TokenError::Unavailable => "token_unchecked",
            TokenError::Unknown
            | TokenError::NotYet
            | TokenError::Audience
            | TokenError::Issuer
            | TokenError::Claim(_) => "token_refused",
        }
    }
}

/// What lets clients in.
pub struct Auth {
    /// `None` lets everybody in.
    gate: Option<Gate>,
}

struct Gate {
    secrets: Vec<Known>,
    jwt: Option<jwt::Verifier>,
}

/// A shared secret. Only its digest is kept: of equal length for all, and of no use to whoever
/// reads it in a dump.
struct Known {
    digest: [u8; SHA256_OUTPUT_LEN],
    feeds: FeedSelection,
}

/// What an access rests on: as long as that is in the configuration, so is the access.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Basis {
    /// Nobody was asked.
    Open,
    /// The digest of a shared secret.
    Secret([u8; SHA256_OUTPUT_LEN]),
    /// A signature that these rules accept.
    Signed(Box<JwtConfig>),
}

impl Auth {
    /// By a configuration. Must be called on a tokio runtime where keys are to be kept.
    pub fn new(config: Option<&AuthConfig>) -> Self {
        let gate = config.map(|config| Gate {
            secrets: config
                .secrets
                .iter()
                .map(|secret| Known {
                    digest: sha256(secret.value.reveal().as_bytes()),
                    feeds: secret.feeds.clone(),
                })
                .collect(),
            jwt: config.jwt.as_ref().map(jwt::Verifier::start),
        });
        Self { gate }
    }

    /// Whether a token is asked for.
    pub fn is_asked(&self) -> bool {
        self.gate.is_some()
    }

    /// What the bearer of a token may read.
    ///
    /// # Errors
    /// When it is not let in.
    pub async fn check(&self, token: Option<&str>) -> Result<Access, TokenError> {
        let Some(gate) = &self.gate else { return Ok(Access::open()) };
        let token = token.filter(|t| !t.is_empty()).ok_or(TokenError::Missing)?;
        if token.len() > LONGEST {
            return Err(TokenError::Unknown);
        }
        if let Some(known) = gate.secret(&sha256(token.as_bytes())) {
            return Ok(Access::by_secret(known.digest, known.feeds.clone()));
        }
        match &gate.jwt {
            // A signed token has three parts; a secret that is not known may have none.
            Some(jwt) if token.bytes().filter(|b| *b == b'.').count() == 2 => {
                jwt.check(token).await
            }
            _ => Err(TokenError::Unknown),
        }
    }

    /// The same access by these rules, after the configuration has changed.
    ///
    /// # Errors
    /// Where it rests on what is no longer there.
    pub fn renew(&self, access: &Access) -> Result<Access, TokenError> {
        let Some(gate) = &self.gate else { return Ok(Access::open()) };
        match access.basis() {
            Basis::Open => Err(TokenError::Missing),
            Basis::Secret(digest) => {
                let known = gate.secret(digest).ok_or(TokenError::Unknown)?;
                Ok(Access::by_secret(known.digest, known.feeds.clone()))
            }
            Basis::Signed(config) => match &gate.jwt {
                Some(jwt) if jwt.config() == config.as_ref() => Ok(access.clone()),
                _ => Err(TokenError::Unknown),
            },
        }
    }
}

impl Gate {
    /// The secret of this digest. Looks at all of them, however early one fits.
    fn secret(&self, digest: &[u8; SHA256_OUTPUT_LEN]) -> Option<&Known> {
        self.secrets.iter().fold(None, |found, known| {
            if verify_slices_are_equal(&known.digest, digest).is_ok() { Some(known) } else { found }
        })
    }
}

fn sha256(bytes: &[u8]) -> [u8; SHA256_OUTPUT_LEN] {
    let mut out = [0; SHA256_OUTPUT_LEN];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Secret, SharedSecret};

    fn auth(secrets: &[(&str, FeedSelection)]) -> Auth {
        let secrets = secrets
            .iter()
            .map(|(text, feeds)| SharedSecret { value: Secret::new(*text), feeds: feeds.clone() })
            .collect();
        Auth::new(Some(&AuthConfig { secrets, jwt: None }))
    }

    #[tokio::test]
    async fn a_secret_opens_what_it_is_for() {
        let listed = FeedSelection::Listed(vec!["a".into()]);
        let auth = auth(&[("first", FeedSelection::All), ("second", listed)]);
        assert!(auth.check(Some("first")).await.unwrap().feed("b").is_some());
        let second = auth.check(Some("second")).await.unwrap();
        assert!(second.feed("a").is_some() && second.feed("b").is_none());
        assert_eq!(second.expires(), None);
        for wrong in ["", "firs", "first ", "firstt", "First", "a.b.c", &"x".repeat(1 << 20)] {
            let expected = if wrong.is_empty() { TokenError::Missing } else { TokenError::Unknown };
            assert_eq!(auth.check(Some(wrong)).await.unwrap_err(), expected);
        }
        assert_eq!(auth.check(None).await.unwrap_err(), TokenError::Missing);
    }

    #[tokio::test]
    async fn nobody_is_asked_where_nothing_is_configured() {
        assert!(Auth::new(None).check(None).await.unwrap().feed("any").is_some());
    }

    #[tokio::test]
    async fn an_access_lives_as_long_as_what_it_rests_on() {
        let all = FeedSelection::All;
        let before = auth(&[("first", all.clone()), ("second", all.clone())]);
        let first = before.check(Some("first")).await.unwrap();
        let second = before.check(Some("second")).await.unwrap();
        let after = auth(&[("second", FeedSelection::Listed(vec!["a".into()]))]);
        assert_eq!(after.renew(&first), Err(TokenError::Unknown));
        assert!(after.renew(&second).unwrap().feed("b").is_none());
        let open = Auth::new(None);
        assert!(open.renew(&first).unwrap().feed("b").is_some());
        let anybody = open.check(None).await.unwrap();
        assert_eq!(after.renew(&anybody), Err(TokenError::Missing));
    }
}
