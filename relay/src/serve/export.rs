//! `GET /feeds/NAME.arrow`: the retained history as one Arrow IPC stream with one schema; of a keyed
//! feed, the latest row of each key.
//!
//! Frames have dictionaries of their own; a stream with one schema would need them unified.
//! Strings are plain utf8 here, so that any reader takes it and memory stays bounded: one frame
//! is decoded and written at a time, as fast as the client reads.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::take::take;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;

use super::App;
use super::auth::{self, Access, Rows};
use crate::feed::Feed;
use crate::feed::frame::{Epoch, Frame};
use crate::feed::keyed::View;

/// How long a client may take for one piece.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves the history of a feed.
pub async fn serve(
    State(app): State<Arc<App>>,
    Extension(access): Extension<Access>,
    Path(file): Path<String>,
) -> Response {
    let live = app.live();
    let name = file.strip_suffix(".arrow");
    // Before it is looked for: who may not read a feed is not told whether there is one.
    match name.map(|name| access.feed(name)) {
        Some(None) => return auth::http::forbidden(&format!("/feeds/{file}")),
        Some(Some(Rows::Filtered(_))) => {
            return auth::http::forbidden(&format!(
                "all rows of /feeds/{file}, and this relay cannot leave rows out"
            ));
        }
        Some(Some(Rows::All)) | None => {}
    }
    let Some(feed) = name.and_then(|name| live.feed(name)) else {
        let names: Vec<String> =
            live.feeds_for(&access).map(|f| format!("/feeds/{}.arrow", f.name())).collect();
        let why = format!("There is no /feeds/{file}. Expected one of: {}\n", names.join(", "));
        return (StatusCode::NOT_FOUND, why).into_response();
    };
    let Ok(place) = app.exports.clone().try_acquire_owned() else {
        let why = "Too many histories are being read now; try again.\n";
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    };
    let started = feed.log().as_ref().map(|log| {
        let rest = match log.epoch.schema.key.is_empty() {
            true => Rest::Frames(log.from(log.first_seq()).cloned().collect()),
            false => Rest::View(log.view(feed.costs()), 0),
        };
        (log.epoch.clone(), rest)
    });
    let Some((epoch, rest)) = started else {
        let why = format!(
            "Feed \"{}\" has no columns yet: its source is {}.\n",
            feed.name(),
            feed.status().source
        );
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    };
    let export = match Export::new(feed.clone(), epoch, rest) {
        Ok(export) => export,
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response();
        }
    };
    let (pieces, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, ArrowError>>(1);
    tokio::spawn(async move {
        let _place = place;
        let mut export = export;
        loop {
            // Decoding and writing a frame takes milliseconds: not on the async threads.
            let Ok((piece, back)) =
                tokio::task::spawn_blocking(move || (export.piece(), export)).await
            else {
                return;
            };
            export = back;
            let Some(piece) = piece.transpose() else { return };
            let failed = piece.is_err();
            let sent = pieces.send_timeout(piece, PATIENCE).await;
            if sent.is_err() || failed {
                return;
            }
        }
    });
    let body = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    (
        [(CONTENT_TYPE, "application/vnd.apache.arrow.stream"), (CACHE_CONTROL, "no-store")],
        Body::from_stream(body),
    )
        .into_response()
}

/// What is still to be written.
enum Rest {
    Frames(VecDeque<Arc<Frame>>),
    /// The rows of a keyed feed, and how many parts of them were taken.
    View(Arc<View>, usize),
}

impl Rest {
    fn next(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        match self {
            Self::Frames(frames) => frames.pop_front().map(|frame| frame.batch()),
            Self::View(view, taken) => (*taken < view.len()).then(|| {
                *taken += 1;
                view.batch(*taken - 1)
            }),
        }
    }
}

struct Export {
    feed: Arc<Feed>,
    epoch: Arc<Epoch>,
    rest: Rest,
    schema: SchemaRef,
    writer: StreamWriter<Vec<u8>>,
    ended: bool,
}

impl Export {
    fn new(feed: Arc<Feed>, epoch: Arc<Epoch>, rest: Rest) -> Result<Self, ArrowError> {
        let fields: Vec<Field> = epoch
            .schema
            .rows
            .fields()
            .iter()
            .map(|field| match field.data_type() {
                DataType::Dictionary(_, values) => {
                    field.as_ref().clone().with_data_type(values.as_ref().clone())
                }
                _ => field.as_ref().clone(),
            })
            .collect();
        let metadata = [
            ("millrace.feed".to_string(), epoch.feed.clone()),
            ("millrace.epoch".to_string(), epoch.id.clone()),
            ("millrace.kind".to_string(), epoch.schema.kind().to_string()),
        ];
        let schema = Arc::new(Schema::new_with_metadata(fields, HashMap::from(metadata)));
        let writer = StreamWriter::try_new(Vec::new(), &schema)?;
        Ok(Self { feed, epoch, rest, schema, writer, ended: false })
    }

    /// The next bytes; `None` behind the last ones.
    fn piece(&mut self) -> Result<Option<Bytes>, ArrowError> {
        if self.ended {
            return Ok(None);
        }
        // What the log has dropped since is held by this reader alone: that is bounded, and a
        // stream that breaks off is better than one that silently lacks rows.
        if let (Rest::Frames(frames), Some(log)) = (&self.rest, self.feed.log().as_ref())
            && let Some(oldest) = frames.front()
            && Arc::ptr_eq(&log.epoch, &self.epoch)
            && log.dropped().saturating_sub(oldest.before)
                > self.feed.config.slow_client.queue as u64
        {
            return Err(ArrowError::ExternalError(
                "the reader is slower than the log moves on".into(),
            ));
        }
        match self.rest.next().transpose()? {
            Some(batch) => {
                let columns = batch
                    .columns()
                    .iter()
                    .zip(self.schema.fields())
                    .map(|(column, field)| match column.as_dictionary_opt::<Int32Type>() {
                        Some(texts) if column.data_type() != field.data_type() => {
                            take(texts.values(), texts.keys(), None)
                        }
                        _ => Ok(column.clone()),
                    })
                    .collect::<Result<_, _>>()?;
                self.writer.write(&RecordBatch::try_new(self.schema.clone(), columns)?)?;
            }
            None => {
                self.writer.finish()?;
                self.ended = true;
            }
        }
        Ok(Some(std::mem::take(self.writer.get_mut()).into()))
    }
}
