//! Connections, and the one that hears what other hosts tell.

use std::{future::poll_fn, sync::Arc, time::Duration};

use deadpool_postgres::{Manager, ManagerConfig};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
};
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Socket};

use super::url::{Mode, Ssl};
use crate::store::{ExecutionId, Hint, Listeners, StoreError};

/// The way connections are encrypted.
#[derive(Clone)]
pub(super) enum Connector {
    Plain,
    #[cfg(feature = "postgres-tls")]
    Tls(tokio_postgres_rustls::MakeRustlsConnect),
}

impl Connector {
    #[cfg(feature = "postgres-tls")]
    pub(super) fn new(ssl: &Ssl) -> Result<Self, StoreError> {
        Ok(if ssl.mode == Mode::Disable { Self::Plain } else { Self::Tls(super::tls::connector(ssl)?) })
    }

    #[cfg(not(feature = "postgres-tls"))]
    pub(super) fn new(ssl: &Ssl) -> Result<Self, StoreError> {
        match ssl.mode {
            Mode::Disable | Mode::Prefer if ssl.certificate.is_none() => Ok(Self::Plain),
            _ => Err(StoreError::Misuse(
                "the URL of Postgres asks for an encrypted connection, and this program was built without: build it with the feature `postgres-tls`"
                    .to_owned(),
            )),
        }
    }

    pub(super) fn manager(&self, config: Config, recycling: ManagerConfig) -> Manager {
        match self {
            Self::Plain => Manager::from_config(config, NoTls, recycling),
            #[cfg(feature = "postgres-tls")]
            Self::Tls(tls) => Manager::from_config(config, tls.clone(), recycling),
        }
    }
}

/// Passes on the notifications of other hosts, over a connection of its own, for as long as the runtime lives.
pub(super) async fn hear(config: Config, connector: Connector, listeners: Listeners, name: Arc<str>) {
    loop {
        match &connector {
            Connector::Plain => {
                if let Ok((client, connection)) = config.connect(NoTls).await {
                    hear_over(client, connection, &listeners, &name).await;
                }
            }
            #[cfg(feature = "postgres-tls")]
            Connector::Tls(tls) => {
                if let Ok((client, connection)) = config.connect(tls.clone()).await {
                    hear_over(client, connection, &listeners, &name).await;
                }
            }
        }
        // Hints may be lost: meanwhile hosts find what there is by looking.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Passes on notifications, until the connection ends.
async fn hear_over<S>(
    client: Client,
    mut connection: tokio_postgres::Connection<Socket, S>,
    listeners: &Listeners,
    name: &str,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (sender, mut news) = mpsc::unbounded_channel();
    let listening = async {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message {
                let _ = sender.send(notification.payload().to_owned());
            }
        }
    };
    let telling = async {
        if client.batch_execute("listen stepfn").await.is_ok() {
            while let Some(text) = news.recv().await {
                tell(&text, listeners, name);
            }
        }
    };
    tokio::select! {
        () = listening => {}
        () = telling => {}
    }
}

fn tell(text: &str, listeners: &Listeners, name: &str) {
    let Some((from, news)) = text.split_once(' ') else { return };
    if from == name {
        return;
    }
    if let Some(id) = news.strip_prefix('e').and_then(|id| id.parse().ok()) {
        listeners.tell(&[Hint::Execution(ExecutionId(id))]);
    } else if let Some(arn) = news.strip_prefix('a') {
        listeners.tell(&[Hint::Activity(arn.to_owned())]);
    }
}
