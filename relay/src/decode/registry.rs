//! A schema registry as Confluent's REST interface describes it: schemas by their ids, kept once
//! they were fetched. What an id means never changes.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use super::Trouble;
use crate::config::RegistryConfig;
use crate::outgoing;

/// How long one question may take.
const ASK: Duration = Duration::from_secs(5);
/// How long an id that cannot be used is not asked for again.
const UNKNOWN: Duration = Duration::from_secs(30);
/// The longest answer that is read.
const LONGEST: u64 = 16 << 20;
/// Schemas that refer to schemas are followed so deep.
const DEEPEST: usize = 16;
/// Ids that may be remembered as unusable; poison in a topic may name any number of them.
const MOST_UNKNOWN: usize = 10_000;

/// A registry, with what is known of it.
pub struct Registry {
    config: RegistryConfig,
    language: Kind,
    agent: ureq::Agent,
    known: Mutex<HashMap<u32, Known>>,
}

enum Known {
    Schema(Arc<Registered>),
    /// It is not there, or refers to what is not there: since when, and why.
    Unusable(Instant, String),
}

/// A registered schema.
#[derive(Debug)]
pub struct Registered {
    /// Its language.
    pub kind: Kind,
    /// Its text: of Avro JSON, of Protocol Buffers the descriptor of the file in Base64.
    pub text: String,
    /// The schemas that it refers to by these names, each behind those that it refers to itself.
    pub named: Vec<(String, String)>,
}

/// The language of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the variants are the languages they name
pub enum Kind {
    Avro,
    Protobuf,
    Other,
}

/// An answer of the registry.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    schema: String,
    #[serde(default)]
    schema_type: Option<String>,
    #[serde(default)]
    references: Vec<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    name: String,
    subject: String,
    version: u32,
}

impl Registered {
    /// The texts of the schemas that it refers to.
    pub fn references(&self) -> Vec<String> {
        self.named.iter().map(|(_, text)| text.clone()).collect()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Default for Registry {
    /// One that knows nothing and cannot be asked.
    fn default() -> Self {
        Self::new(RegistryConfig::default(), Kind::Other)
    }
}

impl Registry {
    /// A registry of which nothing is known yet, to be asked for schemas of a language.
    pub fn new(config: RegistryConfig, language: Kind) -> Self {
        let agent = outgoing::agent(ASK).http_status_as_error(false).build().into();
        Self { config, language, agent, known: Mutex::default() }
    }

    /// The schema of an id. Blocks while the registry is asked.
    ///
    /// # Errors
    /// [`Trouble::Bad`] when the registry knows no such id, [`Trouble::Later`] when it cannot be
    /// asked now.
    pub fn schema(&self, id: u32) -> Result<Arc<Registered>, Trouble> {
        match self.known().get(&id) {
            Some(Known::Schema(schema)) => return Ok(schema.clone()),
            Some(Known::Unusable(at, why)) if at.elapsed() < UNKNOWN => {
                return Err(Trouble::Bad(why.clone()));
            }
            _ => {}
        }
        let found = match self.get(&format!("schemas/ids/{id}"))? {
            Some(answer) => self.registered(answer),
            None => Err(Trouble::Bad(format!("schema {id} is not in the registry"))),
        };
        let mut known = self.known();
        match found {
            Ok(schema) => {
                let schema = Arc::new(schema);
                known.insert(id, Known::Schema(schema.clone()));
                Ok(schema)
            }
            Err(Trouble::Bad(why)) => {
                if known.len() >= MOST_UNKNOWN {
                    known.retain(|_, known| matches!(known, Known::Schema(_)));
                }
                known.insert(id, Known::Unusable(Instant::now(), why.clone()));
                Err(Trouble::Bad(why))
            }
            Err(later) => Err(later),
        }
    }

    /// The newest schema of the topic's values: of the configured subject, or of the one that
    /// Confluent's producers choose by themselves. Blocks.
    ///
    /// # Errors
    /// As [`schema`](Self::schema).
    pub fn latest(&self, topic: &str) -> Result<Registered, Trouble> {
        let subject = self.config.subject.clone().unwrap_or_else(|| format!("{topic}-value"));
        match self.get(&format!("subjects/{}/versions/latest", encoded(&subject)))? {
            Some(answer) => self.registered(answer),
            None => Err(Trouble::Later(format!(
                "the schema registry at {} has no subject \"{subject}\" yet",
                self.config.url
            ))),
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<u32, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn registered(&self, answer: Answer) -> Result<Registered, Trouble> {
        let kind = match answer.schema_type.as_deref() {
            None | Some("AVRO") => Kind::Avro,
            Some("PROTOBUF") => Kind::Protobuf,
            Some(_) => Kind::Other,
        };
        let mut named = Vec::new();
        self.follow(&answer.references, &mut named, 0)?;
        Ok(Registered { kind, text: answer.schema, named })
    }

    fn follow(
        &self,
        references: &[Reference],
        named: &mut Vec<(String, String)>,
        depth: usize,
    ) -> Result<(), Trouble> {
        if depth > DEEPEST {
            return Err(Trouble::Bad("its schema refers to schemas without an end".into()));
        }
        for reference in references {
            if named.iter().any(|(name, _)| *name == reference.name) {
                continue;
            }
            let (subject, version) = (encoded(&reference.subject), reference.version);
            let answer = self.get(&format!("subjects/{subject}/versions/{version}"))?;
            let answer = answer.ok_or_else(|| {
                Trouble::Bad(format!(
                    "its schema refers to version {version} of \"{}\", which the registry lacks",
                    reference.subject
                ))
            })?;
            self.follow(&answer.references, named, depth + 1)?;
            named.push((reference.name.clone(), answer.schema));
        }
        Ok(())
    }

    /// What the registry has at a path; `None` where it has nothing.
    fn get(&self, path: &str) -> Result<Option<Answer>, Trouble> {
        let url = &self.config.url;
        // Not the source text, which would have to be compiled, but the descriptor.
        let form = if self.language == Kind::Protobuf { "?format=serialized" } else { "" };
        let later = |why: String| Trouble::Later(format!("the schema registry at {url} {why}"));
        let mut request = self
            .agent
            .get(format!("{url}/{path}{form}"))
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
        if let Some((user, password)) = &self.config.basic {
            let pair = BASE64.encode(format!("{user}:{}", password.reveal()));
            request = request.header("Authorization", format!("Basic {pair}"));
        }
        let mut response =
            request.call().map_err(|error| later(format!("cannot be asked: {error}")))?;
        match response.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            status @ (401 | 403) => {
                return Err(later(format!("refuses the username and password: status {status}")));
            }
            status => return Err(later(format!("answers with status {status}"))),
        }
        let body = response.body_mut().with_config().limit(LONGEST).read_to_string();
        let body = body.map_err(|error| later(format!("cannot be read: {error}")))?;
        serde_json::from_str(&body)
            .map(Some)
            .map_err(|error| later(format!("does not answer as a registry: {error}")))
    }
}

/// A subject as a segment of a path (RFC 3986, section 2.3).
fn encoded(subject: &str) -> String {
    let mut path = String::new();
    for byte in subject.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}
