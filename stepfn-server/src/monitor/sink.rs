//! Where records go.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::Path,
    sync::Arc,
    time::Duration,
};

use hyper::Uri;

use crate::client::{self, Client};

/// The time that a receiver has for one event, and the pauses before it is tried again.
const RECEIVE: Duration = Duration::from_secs(10);
const AGAIN: [Duration; 2] = [Duration::ZERO, Duration::from_secs(1)];

#[derive(Debug)]
pub(super) enum Sink {
    File(Arc<File>),
    Url { url: Uri, client: Box<Client> },
}

impl Sink {
    pub(super) fn of(text: &str) -> Result<Self, String> {
        if text.starts_with("http://") || text.starts_with("https://") {
            return Ok(Self::Url { url: client::url(text)?, client: Box::new(Client::new()) });
        }
        Self::file(Path::new(text))
    }

    pub(super) fn file(path: &Path) -> Result<Self, String> {
        let file = OpenOptions::new().append(true).create(true).open(path);
        let file = file.map_err(|error| format!("cannot open `{}`: {error}", path.display()))?;
        Ok(Self::File(Arc::new(file)))
    }

    /// Writes or sends what there is; the number of records that got lost.
    pub(super) async fn put(&self, records: Vec<String>) -> usize {
        let all = records.len();
        match self {
            Self::File(file) => {
                let file = Arc::clone(file);
                let written = tokio::task::spawn_blocking(move || {
                    let mut text = records.join("\n");
                    text.push('\n');
                    (&*file).write_all(text.as_bytes())
                });
                if matches!(written.await, Ok(Ok(()))) { 0 } else { all }
            }
            Self::Url { url, client } => {
                let mut lost = 0;
                for record in records {
                    if !sent(client, url, record).await {
                        lost += 1;
                    }
                }
                lost
            }
        }
    }
}

async fn sent(client: &Client, url: &Uri, record: String) -> bool {
    let mut pauses = AGAIN.iter();
    loop {
        let answered = client.post(url, &[], record.clone(), 64 * 1024, RECEIVE).await;
        // What the receiver does not want it does not want a second time.
        if let Ok(answered) = &answered
            && !answered.status.is_server_error()
        {
            return answered.status.is_success();
        }
        let Some(pause) = pauses.next() else { return false };
        tokio::time::sleep(*pause).await;
    }
}
