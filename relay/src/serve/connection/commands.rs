//! What a client may say, and what follows from it: its tokens, its subscriptions, and their ends.

use std::sync::Arc;

use super::{Inbound, SUBSCRIPTIONS, Session};
use crate::config::Secret;
use crate::feed::resume::Resume;
use crate::serve::admission::Refusal;
use crate::serve::auth::TokenError;
use crate::serve::auth::http::expires_in;
use crate::serve::protocol::{self, ClientMessage, VERSION, close};
use crate::serve::subscription::{Close, Subscription};

impl Session {
    /// Does what a message asks for; gives the answers to it.
    pub(super) async fn handle(&mut self, message: Inbound) -> Result<Vec<String>, Close> {
        let text = match message {
            Inbound::Text(text) => text,
            Inbound::Wrong(what) => return Err(not_understood(what)),
        };
        let message = serde_json::from_str(&text).map_err(|e| not_understood(&e.to_string()))?;
        match message {
            ClientMessage::Hello { version, codecs, token } => {
                if version != VERSION {
                    return Err(not_understood(&format!(
                        "hello: version {version}, expected {VERSION}"
                    )));
                }
                let live = self.app.live();
                let token = token.as_ref().map(Secret::reveal);
                let access = match self.admission.greet(&live.auth, token).await {
                    Ok(access) => access,
                    Err(error) => return Err(self.not_let_in(&error)),
                };
                let names: Vec<&str> = live.feeds_for(access).map(|f| f.name()).collect();
                let hello = protocol::hello(&names, expires_in(access));
                self.greeted = true;
                self.lz4 = codecs.iter().any(|c| c == "lz4");
                Ok(vec![hello])
            }
            _ if !self.greeted => Err(not_understood("expected hello as the first message")),
            ClientMessage::Token { token } => {
                let live = self.app.live();
                Ok(match self.admission.token(&live.auth, Some(token.reveal())).await {
                    Ok(access) => {
                        let names: Vec<&str> = live.feeds_for(access).map(|f| f.name()).collect();
                        let authorized = protocol::authorized(&names, expires_in(access));
                        let mut answers = vec![authorized];
                        answers.extend(self.end_refused());
                        answers
                    }
                    Err(error) => {
                        self.app.metrics.refused(error.code());
                        vec![protocol::connection_error(
                            error.code(),
                            &error.to_string(),
                            "token",
                            "a token that this relay accepts",
                        )]
                    }
                })
            }
            ClientMessage::Subscribe { id, feed, resume } => Ok(self.subscribe(id, &feed, resume)),
            ClientMessage::Unsubscribe { id } => {
                self.subscriptions.retain(|s| s.id() != id);
                self.turn = 0;
                Ok(Vec::new())
            }
            ClientMessage::Ping { n } => Ok(vec![protocol::pong(&n)]),
        }
    }

    /// Does what another configuration says; gives what to tell the client.
    pub(super) fn follow(&mut self) -> Result<Vec<String>, Close> {
        let live = self.app.live();
        if let Err(error) = self.admission.renew(&live.auth) {
            return Err(self.not_let_in(&error));
        }
        let mut texts = self.end_refused();
        for mut subscription in std::mem::take(&mut self.subscriptions) {
            let (id, name) = (subscription.id(), subscription.feed().name());
            match live.feed(name) {
                Some(feed) if Arc::ptr_eq(feed, subscription.feed()) => {}
                Some(feed) => {
                    let why = "the feed was configured anew";
                    texts.push(protocol::reset(id, name, why));
                    let feed = feed.clone();
                    let (metrics, wake) = (self.app.metrics.clone(), self.wake.clone());
                    subscription = Subscription::new(id, feed, metrics, self.lz4, wake, None);
                }
                None => {
                    let message = format!("feed \"{name}\" is no longer served");
                    let expected = "another feed";
                    texts.push(protocol::error(id, "unknown_feed", &message, "feed", expected));
                    continue;
                }
            }
            self.subscriptions.push(subscription);
        }
        Ok(texts)
    }

    /// Ends the subscriptions of a token that has expired, and the connection of a client that
    /// sends no other.
    pub(super) fn expire(&mut self) -> Result<Vec<String>, Close> {
        if self.admission.lapses() {
            self.app.metrics.refused(TokenError::Expired.code());
            return Ok(self.end_refused());
        }
        if self.admission.is_overdue() {
            return Err(self.not_let_in(&TokenError::Expired));
        }
        Ok(Vec::new())
    }

    /// Ends the subscriptions to feeds that the client may not read, or no longer; gives what to
    /// tell it.
    fn end_refused(&mut self) -> Vec<String> {
        let mut texts = Vec::new();
        let admission = &self.admission;
        self.subscriptions.retain(|s| match admission.check(s.feed().name()) {
            Ok(()) => true,
            Err(refusal) => {
                texts.push(refused(s.id(), &refusal));
                false
            }
        });
        self.turn = 0;
        texts
    }

    fn not_let_in(&self, error: &TokenError) -> Close {
        self.app.metrics.refused(error.code());
        let code = match error {
            TokenError::Unavailable => close::TRY_AGAIN_LATER,
            _ => close::UNAUTHORIZED,
        };
        Close { code, reason: error.to_string() }
    }

    fn subscribe(&mut self, id: u64, name: &str, resume: Option<Resume>) -> Vec<String> {
        let shown: String = name.chars().take(100).collect();
        // Before it is looked for: who may not read a feed is not told whether there is one.
        if let Err(refusal) = self.admission.check(&shown) {
            return vec![refused(id, &refusal)];
        }
        let live = self.app.live();
        let Some(feed) = live.feed(name) else {
            let access = self.admission.access();
            let names: Vec<&str> =
                access.into_iter().flat_map(|a| live.feeds_for(a)).map(|f| f.name()).collect();
            let expected = format!("one of: {}", names.join(", "));
            let message = format!("there is no feed \"{shown}\"");
            return vec![protocol::error(id, "unknown_feed", &message, "feed", &expected)];
        };
        if self.subscriptions.iter().any(|s| s.id() == id) {
            let message = format!("the id {id} is in use");
            return vec![protocol::error(id, "id_in_use", &message, "id", "an id of its own")];
        }
        if self.subscriptions.iter().any(|s| s.feed().name() == name) {
            let message = format!("feed \"{name}\" is subscribed to already");
            let expected = "one subscription for each feed";
            return vec![protocol::error(id, "already_subscribed", &message, "feed", expected)];
        }
        if self.subscriptions.len() >= SUBSCRIPTIONS {
            let message = format!("this connection has {SUBSCRIPTIONS} subscriptions");
            return vec![protocol::error(id, "too_many", &message, "id", "fewer subscriptions")];
        }
        self.subscriptions.push(Subscription::new(
            id,
            feed.clone(),
            self.app.metrics.clone(),
            self.lz4,
            self.wake.clone(),
            resume,
        ));
        Vec::new()
    }
}

fn refused(id: u64, refusal: &Refusal) -> String {
    protocol::error(id, refusal.code, &refusal.message, "token", refusal.expected)
}

pub(super) fn not_understood(why: &str) -> Close {
    Close { code: close::NOT_UNDERSTOOD, reason: why.to_string() }
}
