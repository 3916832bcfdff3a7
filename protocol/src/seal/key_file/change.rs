//! Another passphrase for what a key file seals.

use super::{FORMAT_2, KeyFile, KeyFileError, Opened, Purpose, Sealed, Unlock, derive, slot};
use crate::random::Random;

impl KeyFile {
    /// The same secret under another passphrase. A duress passphrase, if there is one, stays what it is: its slot cannot be told
    /// from one that nothing opens, so it is kept byte by byte, and with it the salt. Whoever has both files learns which slot is
    /// the secret's, and not whether the other one opens.
    ///
    /// # Errors
    /// [`KeyFileError::Wrong`], also for the duress passphrase; [`KeyFileError::SamePassphrase`] if the new one is the duress
    /// passphrase; [`KeyFileError::OtherUnlock`] for what no passphrase opens.
    pub fn change(
        &self,
        purpose: Purpose,
        old: &Unlock,
        new: &Unlock,
        random: &impl Random,
    ) -> Result<Self, KeyFileError> {
        let opened = self.open(purpose, old)?;
        let Opened::Own(secret) = opened else {
            return Err(KeyFileError::Wrong);
        };
        if !matches!(new, Unlock::Passphrase(_)) || !self.needs_passphrase() {
            return Err(KeyFileError::OtherUnlock("key file"));
        }
        let Sealed::Two(slots) = &self.sealed else {
            // From before there were two slots.
            return Self::seal(purpose, new, &secret, random);
        };
        let (before, after) = (derive(&self.kdf, old)?, derive(&self.kdf, new)?);
        let mut changed = slots.clone();
        for sealed in &mut changed {
            if slot::open(&before, purpose, sealed).is_ok() {
                *sealed = slot::seal(&after, purpose, slot::Kind::Own, &secret, random)?;
            } else if slot::open(&after, purpose, sealed).is_ok() {
                return Err(KeyFileError::SamePassphrase);
            }
        }
        Ok(Self {
            format: FORMAT_2.into(),
            purpose,
            kdf: self.kdf.clone(),
            sealed: Sealed::Two(changed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;
    use zeroize::Zeroizing;

    const PURPOSE: Purpose = Purpose::AuthorKey;

    fn passphrase(text: &str) -> Unlock {
        Unlock::Passphrase(Zeroizing::new(text.into()))
    }

    fn opens(file: &KeyFile, text: &str) -> Result<Opened, KeyFileError> {
        let read = KeyFile::from_text(&file.to_text()).expect("read back");
        read.open(PURPOSE, &passphrase(text))
    }

    #[test]
    fn the_new_passphrase_opens_the_secret_and_the_old_one_nothing() {
        let (old, new) = (passphrase("old"), passphrase("new"));
        let file = KeyFile::seal(PURPOSE, &old, b"secret", &SystemRandom).expect("sealed");
        let changed = file
            .change(PURPOSE, &old, &new, &SystemRandom)
            .expect("changed");
        let own = opens(&changed, "new").expect("opens").own();
        assert_eq!(own.expect("own").as_slice(), b"secret");
        assert_eq!(opens(&changed, "old"), Err(KeyFileError::Wrong));
        let wrong = file.change(PURPOSE, &new, &old, &SystemRandom);
        assert_eq!(wrong, Err(KeyFileError::Wrong));
    }

    #[test]
    fn a_duress_passphrase_stays_and_has_no_say() {
        let (own, duress, new) = (passphrase("own"), passphrase("duress"), passphrase("new"));
        let secrets = ((&own, &b"secret"[..]), (&duress, &b"decoy!"[..]));
        let file = KeyFile::seal_with_duress(PURPOSE, secrets.0, secrets.1, &SystemRandom);
        let file = file.expect("sealed");
        let changed = file
            .change(PURPOSE, &own, &new, &SystemRandom)
            .expect("changed");
        let decoy = Opened::Duress(Zeroizing::new(b"decoy!".to_vec()));
        assert_eq!(opens(&changed, "duress"), Ok(decoy));
        assert_eq!(
            file.change(PURPOSE, &duress, &new, &SystemRandom),
            Err(KeyFileError::Wrong)
        );
        // It would open the decoy from then on, and destroy everything.
        assert_eq!(
            file.change(PURPOSE, &own, &duress, &SystemRandom),
            Err(KeyFileError::SamePassphrase)
        );
    }

    #[test]
    fn what_a_file_opens_has_no_passphrase() {
        let key = Unlock::KeyFile(Zeroizing::new(vec![7; 32]));
        let file = KeyFile::seal(PURPOSE, &key, b"secret", &SystemRandom).expect("sealed");
        let changed = file.change(PURPOSE, &key, &passphrase("new"), &SystemRandom);
        assert_eq!(changed, Err(KeyFileError::OtherUnlock("key file")));
    }
}
