//! `node.toml`: what an operator chooses.

use crate::{
    Error, Kbit, Link, Width,
    link::Links,
    net::{Reach, RelayTerms, TlsFiles},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

const FILE: &str = "node.toml";

/// A node's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Multiaddresses to listen on.
    pub listen: Vec<String>,
    /// Multiaddresses that partners are told.
    #[serde(default)]
    pub announce: Vec<String>,
    /// File that opens the node's keys, instead of a passphrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// Days after which this node makes fresh keys in each case.
    #[serde(default = "week", skip_serializing_if = "is_week")]
    pub rekey_days: u16,
    /// Days for which the audit trail is kept.
    #[serde(default = "three_years", skip_serializing_if = "is_three_years")]
    pub audit_days: u16,
    /// The link of this node.
    #[serde(default, skip_serializing_if = "is_normal")]
    pub link: Link,
    /// The most that is sent to each partner, kbit/s, unless `partner_links` say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_kbit: Option<Kbit>,
    /// The most that each officer away from the node sends and is sent, kbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer_kbit: Option<Kbit>,
    /// Links of partners that are on another one, by the ids of their organisations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub partner_links: BTreeMap<String, Width>,
    /// What this node passes on for partners, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<RelayTerms>,
    /// Whether partners are looked for on the local network, and this node is told there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mdns: bool,
    /// A SOCKS5 proxy through which everything leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<SocketAddr>,
    /// A file of mode 0600 with the user name and the password for that proxy, a line each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy_login: Option<PathBuf>,
    /// Certificates in PEM, the node's own first, that are shown at addresses with `/tls/ws`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<PathBuf>,
    /// The private key of that certificate, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<PathBuf>,
    /// Certificates in PEM of authorities that are believed beside those of the public web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_authorities: Option<PathBuf>,
    /// Files up to this size are fetched by themselves, MiB; larger ones when somebody asks for them.
    #[serde(default = "automatic", skip_serializing_if = "is_automatic")]
    pub attachment_auto_mib: u32,
    /// Room for all attachments, MiB.
    #[serde(default = "space", skip_serializing_if = "is_space")]
    pub attachment_space_mib: u32,
}

fn three_years() -> u16 {
    1_096
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_three_years(days: &u16) -> bool {
    *days == three_years()
}

pub(crate) fn automatic() -> u32 {
    8
}

fn space() -> u32 {
    20 << 10
}

// serde hands over references.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_automatic(mib: &u32) -> bool {
    *mib == automatic()
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_space(mib: &u32) -> bool {
    *mib == space()
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_normal(link: &Link) -> bool {
    *link == Link::Normal
}

fn week() -> u16 {
    7
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_week(days: &u16) -> bool {
    *days == week()
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: Vec::new(),
            announce: Vec::new(),
            key_file: None,
            rekey_days: week(),
            audit_days: three_years(),
            link: Link::Normal,
            partner_kbit: None,
            officer_kbit: None,
            partner_links: BTreeMap::new(),
            relay: None,
            mdns: false,
            proxy: None,
            proxy_login: None,
            tls_certificate: None,
            tls_key: None,
            tls_authorities: None,
            attachment_auto_mib: automatic(),
            attachment_space_mib: space(),
        }
    }
}

impl Settings {
    /// Reads the settings of a node's directory.
    ///
    /// # Errors
    /// There are none, or they cannot be read.
    pub fn load(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(FILE);
        if !path.exists() {
            return Err(Error::NotInitialised(dir.to_path_buf()));
        }
        let text = fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
        toml::from_str(&text).map_err(|e| Error::Settings {
            path,
            why: e.message().to_string(),
        })
    }

    /// How old keys in a case may become, milliseconds.
    #[must_use]
    pub fn rekey_ms(&self) -> u64 {
        u64::from(self.rekey_days.max(1)) * 24 * 3_600_000
    }

    /// How long the audit trail is kept, milliseconds.
    #[must_use]
    pub fn audit_ms(&self) -> u64 {
        u64::from(self.audit_days.max(1)) * 24 * 3_600_000
    }

    /// The links that these settings name.
    ///
    /// # Errors
    /// What should be an organisation's id is none.
    pub(crate) fn links(&self, dir: &Path) -> Result<Links, Error> {
        let partners = self.partner_links.iter().map(|(org, link)| {
            let id = org.parse().map_err(|_| Error::Settings {
                path: dir.join(FILE),
                why: format!("in partner_links, \"{org}\" is no organisation's id"),
            })?;
            Ok((id, *link))
        });
        Ok(Links {
            own: Width {
                link: self.link,
                kbit: self.partner_kbit,
            },
            partners: partners.collect::<Result<_, Error>>()?,
        })
    }

    /// How connections leave: as the command that starts the node says, and for the rest as these say.
    #[must_use]
    pub(crate) fn reach(&self, said: Reach) -> Reach {
        // The login here is for the proxy here, and no other one's to know.
        let login = self.proxy_login.as_ref().filter(|_| said.proxy.is_none());
        let tls = said.tls;
        Reach {
            proxy_login: said.proxy_login.or_else(|| login.cloned()),
            proxy: said.proxy.or(self.proxy),
            tls: TlsFiles {
                certificate: tls.certificate.or_else(|| self.tls_certificate.clone()),
                key: tls.key.or_else(|| self.tls_key.clone()),
                authorities: tls.authorities.or_else(|| self.tls_authorities.clone()),
            },
        }
    }

    /// What attachments may take.
    #[must_use]
    pub(crate) fn attachments(&self) -> crate::attachments::Limits {
        let bytes = |mib: u32| u64::from(mib) << 20;
        let terms = self.link.terms();
        crate::attachments::Limits {
            automatic: bytes(self.attachment_auto_mib).min(terms.automatic),
            sources: terms.sources,
            space: bytes(self.attachment_space_mib),
        }
    }

    /// Writes them.
    ///
    /// # Errors
    /// The file cannot be written: it is as it was then.
    pub fn save(&self, dir: &Path) -> Result<(), Error> {
        let path = dir.join(FILE);
        crate::files::private_dir(dir)?;
        let text = toml::to_string_pretty(self).map_err(|e| Error::Settings {
            path: path.clone(),
            why: e.to_string(),
        })?;
        crate::files::replace_private(&path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_says_goes_before_the_settings_and_a_login_stays_with_its_proxy() {
        let own = ([127, 0, 0, 1], 9050).into();
        let settings = Settings {
            proxy: Some(own),
            proxy_login: Some("own.login".into()),
            tls_authorities: Some("own.pem".into()),
            ..Settings::default()
        };
        let plain = settings.reach(Reach::default());
        assert_eq!(plain.proxy, Some(own));
        assert_eq!(plain.proxy_login, Some("own.login".into()));
        let other = ([127, 0, 0, 1], 1080).into();
        let said = settings.reach(Reach {
            proxy: Some(other),
            ..Reach::default()
        });
        assert_eq!((said.proxy, said.proxy_login), (Some(other), None));
        assert_eq!(said.tls.authorities, Some("own.pem".into()));
    }
}
