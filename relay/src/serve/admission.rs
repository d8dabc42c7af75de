//! What one client may read, over the life of its connection: by the token that came with the
//! upgrade or with `hello`, and those that came later.

use std::time::{Duration, Instant, SystemTime};

use super::auth::{Access, Auth, Rows, TokenError};

/// How long a client whose token has expired may take to send another before it is let go.
const LAPSE: Duration = Duration::from_secs(30);

/// What one client may read.
pub struct Admission {
    access: Option<Access>,
    /// When it was noticed that the access is over.
    lapsed: Option<Instant>,
}

/// Why a client may not have a feed, as an `error` says it.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: &'static str,
    /// For a person.
    pub message: String,
    /// What would do.
    pub expected: &'static str,
}

impl Admission {
    /// By the token of the upgrade, where there was one.
    pub fn new(access: Option<Access>) -> Self {
        Self { access, lapsed: None }
    }

    /// Lets the client in, by the token in its `hello` or else by that of the upgrade.
    ///
    /// # Errors
    /// When it has none that is good.
    pub async fn greet(&mut self, auth: &Auth, token: Option<&str>) -> Result<&Access, TokenError> {
        match (token, self.access.take()) {
            (None, Some(access)) => Ok(self.access.insert(access)),
            _ => self.token(auth, token).await,
        }
    }

    /// Takes another token. What the last one opens stays where this one is not good.
    ///
    /// # Errors
    /// When it is not good.
    pub async fn token(&mut self, auth: &Auth, token: Option<&str>) -> Result<&Access, TokenError> {
        let access = auth.check(token).await?;
        self.lapsed = None;
        Ok(self.access.insert(access))
    }

    /// Looks at what the client may read by other rules than it was let in by.
    ///
    /// # Errors
    /// When they do not let it in.
    pub fn renew(&mut self, auth: &Auth) -> Result<(), TokenError> {
        let Some(access) = &self.access else { return Ok(()) };
        self.access = Some(auth.renew(access)?);
        Ok(())
    }

    /// What the client may read; `None` before it was let in.
    pub fn access(&self) -> Option<&Access> {
        self.access.as_ref()
    }

    /// Whether a feed may be sent to the client.
    ///
    /// # Errors
    /// With what to tell it where not.
    pub fn check(&self, feed: &str) -> Result<(), Refusal> {
        if self.lapsed.is_some() {
            return Err(expired());
        }
        match self.access.as_ref().and_then(|access| access.feed(feed)) {
            Some(Rows::All) => Ok(()),
            Some(Rows::Filtered(_)) => Err(Refusal {
                code: "row_filter",
                message: format!(
                    "this token may read only some rows of feed \"{feed}\", and this relay cannot leave rows out"
                ),
                expected: "a token without a filter for the feed",
            }),
            None => Err(Refusal {
                code: "forbidden",
                message: format!("this token may not read feed \"{feed}\""),
                expected: "a token whose feeds have it among them",
            }),
        }
    }

    /// Whether the token has just expired. True once for each token.
    pub fn lapses(&mut self) -> bool {
        let over = self.access.as_ref().is_some_and(|a| a.is_expired(SystemTime::now()));
        if !over || self.lapsed.is_some() {
            return false;
        }
        self.lapsed = Some(Instant::now());
        true
    }

    /// Whether the client has had its time to send another token.
    pub fn is_overdue(&self) -> bool {
        self.lapsed.is_some_and(|since| since.elapsed() > LAPSE)
    }
}

/// What a client is told whose token is over.
pub fn expired() -> Refusal {
    Refusal {
        code: TokenError::Expired.code(),
        message: TokenError::Expired.to_string(),
        expected: "another one, in a message of type token",
    }
}
