//! Knowing that a step's inputs are what they were when it last succeeded.
//!
//! A [`Stamp`] is a small file with a fingerprint of the inputs' contents. Contents and not times,
//! so that switching branches back and forth builds nothing.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A fingerprint of files and settings.
#[derive(Default)]
pub struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Adds a setting, such as an option or a version.
    pub fn setting(mut self, value: impl Hash) -> Self {
        value.hash(&mut self.0);
        self
    }

    /// Adds a file's contents, or a folder's with all in it but what `skip` names. What does not
    /// exist counts as that.
    pub fn path(mut self, path: &Path, skip: &[&str]) -> Result<Self> {
        self.add(path, skip)?;
        Ok(self)
    }

    fn add(&mut self, path: &Path, skip: &[&str]) -> Result<()> {
        path.hash(&mut self.0);
        if path.is_dir() {
            let entries = path.read_dir().with_context(|| format!("listing {}", path.display()))?;
            let mut entries: Vec<_> =
                entries.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
            entries.sort();
            for entry in entries {
                let name = entry.file_name().unwrap_or_default().to_string_lossy();
                if !skip.contains(&&*name) {
                    self.add(&entry, skip)?;
                }
            }
        } else if path.exists() {
            let bytes =
                std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
            bytes.hash(&mut self.0);
        }
        Ok(())
    }
}

/// A file that remembers a fingerprint.
pub struct Stamp {
    file: PathBuf,
    value: String,
}

impl Stamp {
    /// A stamp kept in `file`, for inputs with this fingerprint.
    pub fn new(file: PathBuf, fingerprint: &Fingerprint) -> Self {
        Self { file, value: format!("{:016x}\n", fingerprint.0.finish()) }
    }

    /// Whether the step last succeeded with these very inputs.
    pub fn holds(&self) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|text| text == self.value)
    }

    /// Forgets, before a step that may leave half a result.
    pub fn clear(&self) {
        drop(std::fs::remove_file(&self.file));
    }

    /// Remembers that the step succeeded.
    pub fn set(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&self.file, &self.value)
            .with_context(|| format!("writing {}", self.file.display()))
    }
}
