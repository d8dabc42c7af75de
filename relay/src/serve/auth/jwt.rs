//! JSON Web Tokens (RFC 7519), signed by an issuer whose public keys are known.
//!
//! Beside the registered claims a token may have `feeds`, a list of what its bearer may read:
//!
//! ```json
//! "feeds": ["trades", "prices.*", {"feed": "orders", "filter": [["desk", "==", "fx"]]}]
//! ```
//!
//! Without it the bearer may read all feeds: that the token is for this relay, its audience
//! says.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, TokenData, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;

use super::TokenError;
use super::access::{Access, Grant};
use super::keys::{Key, Keys};
use crate::config::JwtConfig;

/// Keys that are tried for a token that names none.
const TRIED: usize = 8;

/// Checks tokens by the rules of a configuration.
pub struct Verifier {
    config: JwtConfig,
    keys: Arc<Keys>,
}

/// What a token says, of what is looked at here. The library has looked at the rest.
#[derive(Deserialize)]
struct Claims {
    exp: f64,
    #[serde(default)]
    feeds: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum FeedClaim {
    Name(String),
    Rows {
        feed: String,
        #[serde(default)]
        filter: Option<Value>,
    },
}

impl Verifier {
    /// Begins to read the issuer's keys.
    pub fn start(config: &JwtConfig) -> Self {
        Self { config: config.clone(), keys: Keys::start(config) }
    }

    pub fn config(&self) -> &JwtConfig {
        &self.config
    }

    /// What a token opens. Has the keys read anew where the token's is not among them.
    ///
    /// # Errors
    /// When the token is not good.
    pub async fn check(&self, token: &str) -> Result<Access, TokenError> {
        let header = decode_header(token).map_err(|_| TokenError::Unknown)?;
        if !is_asymmetric(header.alg) {
            return Err(TokenError::Unknown);
        }
        let set = self.keys.current();
        match self.verify(token, &header, &set.keys) {
            // It may be signed by a key that was made since.
            Err(TokenError::Unknown) => {}
            known => return known,
        }
        let set = self.keys.newer_than(set.generation).await;
        if set.generation == 0 {
            return Err(TokenError::Unavailable);
        }
        self.verify(token, &header, &set.keys)
    }

    /// Checks by the key that the token names; where it names none, by those that might be.
    fn verify(&self, token: &str, header: &Header, keys: &[Key]) -> Result<Access, TokenError> {
        let named = header.kid.as_deref();
        keys.iter()
            .filter(|key| key.fits(header.alg) && (named.is_none() || key.id.as_deref() == named))
            .take(TRIED)
            .map(|key| self.verify_by(token, header.alg, key))
            .find(|result| *result != Err(TokenError::Unknown))
            .unwrap_or(Err(TokenError::Unknown))
    }

    fn verify_by(&self, token: &str, alg: Algorithm, key: &Key) -> Result<Access, TokenError> {
        let mut rules = Validation::new(alg);
        rules.leeway = self.config.leeway.as_secs();
        rules.validate_nbf = true;
        rules.set_audience(&self.config.audience);
        // The library looks at a claim only where it is there: what counts has to be.
        let mut required = vec!["exp", "aud"];
        if !self.config.issuer.is_empty() {
            rules.set_issuer(&self.config.issuer);
            required.push("iss");
        }
        rules.set_required_spec_claims(&required);
        let data: TokenData<Claims> =
            decode(token, &key.key, &rules).map_err(|e| reason(e.kind()))?;
        let Claims { exp, feeds } = data.claims;
        let grants = match feeds {
            None | Some(Value::Null) => None,
            Some(feeds) => Some(grants(feeds).ok_or(TokenError::Claim("feeds".into()))?),
        };
        let expires = Duration::try_from_secs_f64(exp)
            .ok()
            .and_then(|exp| SystemTime::UNIX_EPOCH.checked_add(exp + self.config.leeway))
            .ok_or(TokenError::Claim("exp".into()))?;
        Ok(Access::by_signature(grants, expires, &self.config))
    }
}

/// Whether who can check a token by this algorithm cannot make one.
fn is_asymmetric(alg: Algorithm) -> bool {
    !matches!(alg, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512)
}

fn grants(feeds: Value) -> Option<Vec<Grant>> {
    let claims: Vec<FeedClaim> = serde_json::from_value(feeds).ok()?;
    let grant = |claim| match claim {
        FeedClaim::Name(feed) => Grant { feed, filter: None },
        FeedClaim::Rows { feed, filter } => Grant { feed, filter },
    };
    Some(claims.into_iter().map(grant).collect())
}

fn reason(kind: &ErrorKind) -> TokenError {
    match kind {
        ErrorKind::ExpiredSignature => TokenError::Expired,
        ErrorKind::ImmatureSignature => TokenError::NotYet,
        ErrorKind::InvalidAudience => TokenError::Audience,
        ErrorKind::InvalidIssuer => TokenError::Issuer,
        ErrorKind::MissingRequiredClaim(claim) | ErrorKind::InvalidClaimFormat(claim) => {
            TokenError::Claim(claim.clone())
        }
        // Of the claims only what is not text or JSON comes to here.
        ErrorKind::Json(_) => TokenError::Claim("exp".into()),
        _ => TokenError::Unknown,
    }
}

#[cfg(test)]
mod tests;
