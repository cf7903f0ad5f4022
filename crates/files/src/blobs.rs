//! Where the envelopes are: a folder, or a bucket of an S3-compatible store. They are named by ids that the service
//! makes; a name tells when it was made and nothing else.

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::{BoxStream, StreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_store::Error;

/// Bytes that are sent at a time. S3 wants at least 5 MiB in each part but the last.
const PART: usize = 8 * 1024 * 1024;

/// The place of the envelopes. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// The folder, where it is one.
    folder: Option<PathBuf>,
}

/// The place does not answer: the caller may try again, the operator must look.
fn unavailable(error: impl std::fmt::Display) -> Error {
    tracing::error!(%error, "the place of the attachments is not available");
    Code::Unavailable.into()
}

/// Where an envelope is: by its last two digits, so that no folder grows too large.
fn place(name: Uuid) -> Path {
    let name = name.simple().to_string();
    let shelf = name.get(30..).unwrap_or_default();
    Path::from_iter([shelf, name.as_str()])
}

/// The instant at which a name was made, by the service's clock.
pub(crate) fn made_at(name: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = name.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}

impl Blobs {
    /// In a folder, which is made if it is not there.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn in_folder(folder: PathBuf) -> Result<Self, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("files: {}: {error}", folder.display());
        std::fs::create_dir_all(&folder).map_err(|error| wrong(&error))?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| wrong(&error))?;
        Ok(Blobs {
            // what was acknowledged survives a power loss
            store: Arc::new(store.with_fsync(true)),
            folder: Some(folder),
        })
    }

    /// In a bucket.
    #[cfg(feature = "s3")]
    pub(crate) fn in_bucket(store: object_store::aws::AmazonS3) -> Self {
        Blobs {
            store: Arc::new(store),
            folder: None,
        }
    }

    /// Begins to write an envelope.
    pub(crate) fn write(&self, name: Uuid) -> Writing {
        Writing {
            store: Arc::clone(&self.store),
            path: place(name),
            upload: None,
            part: Vec::new(),
        }
    }

    /// Takes an envelope away; one that is not there is what we want.
    pub(crate) async fn remove(&self, name: Uuid) -> Result<(), Error> {
        match self.store.delete(&place(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// The bytes of an envelope, as they come.
    pub(crate) async fn read(
        &self,
        name: Uuid,
    ) -> Result<BoxStream<'static, object_store::Result<Bytes>>, Error> {
        match self.store.get(&place(name)).await {
            Ok(found) => Ok(found.into_stream()),
            Err(object_store::Error::NotFound { .. }) => {
                Err(Error::internal(format!("the envelope {name} is gone")))
            }
            Err(error) => Err(unavailable(error)),
        }
    }

    /// How many bytes an envelope has.
    pub(crate) async fn size(&self, name: Uuid) -> Result<Option<u64>, Error> {
        match self.store.head(&place(name)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// The names of all envelopes; what is not named like one is none of ours.
    pub(crate) fn names(&self) -> BoxStream<'static, Result<Uuid, Error>> {
        let all = self.store.list(None);
        let names = all.filter_map(|meta| async {
            match meta {
                Ok(meta) => Uuid::try_parse(meta.location.filename()?).ok().map(Ok),
                Err(error) => Some(Err(unavailable(error))),
            }
        });
        names.boxed()
    }

    /// Removes what a process that was killed has left half written in the folder, older than an instant. A bucket
    /// clears away unfinished uploads by a rule of its own.
    pub(crate) async fn clear_unfinished(&self, before: DateTime<Utc>) -> Result<usize, Error> {
        let Some(folder) = self.folder.clone() else {
            return Ok(0);
        };
        let cleared = actix_web::web::block(move || clear_unfinished(&folder, before)).await;
        cleared.map_err(unavailable)?.map_err(unavailable)
    }
}

fn clear_unfinished(folder: &std::path::Path, before: DateTime<Utc>) -> std::io::Result<usize> {
    let mut cleared = 0;
    for shelf in std::fs::read_dir(folder)? {
        let shelf = shelf?.path();
        if !shelf.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(shelf)? {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            // object_store writes beside the file, with a number behind the name
            let begun = name
                .split_once('#')
                .and_then(|(name, _)| Uuid::try_parse(name).ok());
            if begun.and_then(made_at).is_some_and(|at| at < before) {
                std::fs::remove_file(file.path())?;
                cleared += 1;
            }
        }
    }
    Ok(cleared)
}

/// An envelope being written: small ones in one piece at the end, large ones in parts.
pub(crate) struct Writing {
    store: Arc<dyn ObjectStore>,
    path: Path,
    upload: Option<Box<dyn MultipartUpload>>,
    part: Vec<u8>,
}

impl Writing {
    /// Adds bytes; waits when a part is full.
    pub(crate) async fn add(&mut self, bytes: Vec<u8>) -> Result<(), Error> {
        self.part.extend(bytes);
        if self.part.len() >= PART {
            self.send().await?;
        }
        Ok(())
    }

    async fn send(&mut self) -> Result<(), Error> {
        if self.upload.is_none() {
            let begun = self.store.put_multipart(&self.path).await;
            self.upload = Some(begun.map_err(unavailable)?);
        }
        if let Some(upload) = &mut self.upload {
            let part = PutPayload::from(std::mem::take(&mut self.part));
            upload.put_part(part).await.map_err(unavailable)?;
        }
        Ok(())
    }

    /// Ends the envelope; from now on it is there.
    pub(crate) async fn finish(&mut self) -> Result<(), Error> {
        if self.upload.is_some() && !self.part.is_empty() {
            self.send().await?;
        }
        match &mut self.upload {
            Some(upload) => upload.complete().await.map(|_| ()).map_err(unavailable),
            None => {
                let whole = PutPayload::from(std::mem::take(&mut self.part));
                let put = self.store.put(&self.path, whole).await;
                put.map(|_| ()).map_err(unavailable)
            }
        }
    }

    /// Takes back what was written so far.
    pub(crate) async fn abort(&mut self) {
        if let Some(mut upload) = self.upload.take()
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(%error, "an unfinished envelope could not be taken back");
        }
    }
}
