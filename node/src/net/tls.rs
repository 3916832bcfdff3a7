//! What TLS shows and believes, read from PEM files.

use super::{Error, TlsFiles};
use libp2p::websocket::tls::{Builder, Certificate, Config, PrivateKey};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{fs::File, io::Read, path::Path};
use zeroize::Zeroizing;

/// Longest file that is read, bytes: a hundred authorities.
const FILE: u64 = 1 << 20;

/// The configuration that the files give.
///
/// # Errors
/// [`Error::Tls`]: a file is missing, or is not what it should be.
pub(super) fn config(files: &TlsFiles) -> Result<Config, Error> {
    let mut builder = Config::builder();
    match (&files.certificate, &files.key) {
        (Some(certificate), Some(key)) => own(&mut builder, certificate, key)?,
        (None, None) => {}
        (Some(path), None) | (None, Some(path)) => {
            return Err(bad(
                path,
                "a certificate needs its key, and a key its certificate",
            ));
        }
    }
    if let Some(path) = &files.authorities {
        for authority in certificates(path)? {
            builder.add_trust(&authority).map_err(|e| bad(path, e))?;
        }
    }
    Ok(builder.finish())
}

fn own(builder: &mut Builder, certificate: &Path, key: &Path) -> Result<(), Error> {
    let chain = certificates(certificate)?;
    let pem = read(key)?;
    let found = PrivateKeyDer::from_pem_slice(&pem).map_err(|e| bad(key, e))?;
    let der = found.secret_der().to_vec();
    // libp2p takes its kind from the bytes, and panics where there is none.
    PrivateKeyDer::try_from(&der[..]).map_err(|e| bad(key, e))?;
    builder
        .server(PrivateKey::new(der), chain)
        .map_err(|e| bad(certificate, e))?;
    Ok(())
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, Error> {
    let pem = read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem)
        .map(|der| der.map(|der| Certificate::new(der.to_vec())))
        .collect();
    let found = found.map_err(|e| bad(path, e))?;
    if found.is_empty() {
        return Err(bad(path, "it holds no certificate in PEM"));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut bytes = Zeroizing::new(Vec::new());
    let file = File::open(path).map_err(|e| bad(path, e))?;
    let read = file.take(FILE + 1).read_to_end(&mut bytes);
    if read.map_err(|e| bad(path, e))? as u64 > FILE {
        return Err(bad(path, "it has more than 1 MiB"));
    }
    Ok(bytes)
}

fn bad(path: &Path, why: impl ToString) -> Error {
    Error::Tls {
        path: path.to_path_buf(),
        why: why.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::PathBuf};

    #[test]
    fn files_that_are_not_what_they_should_be_are_named() {
        let dir = tempfile::tempdir().expect("dir");
        let write = |name: &str, text: &str| -> PathBuf {
            let path = dir.path().join(name);
            fs::write(&path, text).expect("written");
            path
        };
        let made = rcgen::generate_simple_self_signed(["focal.example.org".into()]).expect("made");
        let certificate = write("certificate", &made.cert.pem());
        let key = write("key", &made.key_pair.serialize_pem());
        let other = rcgen::KeyPair::generate().expect("made").serialize_pem();
        let other = write("other", &other);
        let empty = write("empty", "");
        let broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let broken = write("broken", broken);
        let long = write("long", &"x".repeat((1 << 20) + 1));
        let nowhere = dir.path().join("nowhere");
        let files =
            |certificate: Option<&PathBuf>, key: Option<&PathBuf>, more: Option<&PathBuf>| {
                let files = TlsFiles {
                    certificate: certificate.cloned(),
                    key: key.cloned(),
                    authorities: more.cloned(),
                };
                config(&files).map(drop)
            };
        files(Some(&certificate), Some(&key), Some(&certificate)).expect("good files");
        for (certificate, key, authorities, guilty) in [
            (Some(&certificate), None, None, &certificate),
            (None, Some(&key), None, &key),
            (Some(&certificate), Some(&other), None, &certificate),
            (Some(&certificate), Some(&broken), None, &broken),
            (Some(&certificate), Some(&empty), None, &empty),
            (Some(&empty), Some(&key), None, &empty),
            (None, None, Some(&key), &key),
            (None, None, Some(&long), &long),
            (None, None, Some(&nowhere), &nowhere),
        ] {
            match files(certificate, key, authorities) {
                Err(Error::Tls { path, .. }) => assert_eq!(&path, guilty),
                _ => panic!("{} is taken", guilty.display()),
            }
        }
    }
}
