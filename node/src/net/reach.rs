//! How connections leave this machine, and what proves a node where bytes pass as HTTPS: what an operator or an officer chose.

use std::{net::SocketAddr, path::PathBuf};

/// How connections leave, and what is shown and believed in TLS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// A SOCKS5 proxy for everything that leaves: then there is no UDP, no name is looked up here, and nothing goes past it.
    pub proxy: Option<SocketAddr>,
    /// A file with the user name and the password that the proxy asks for.
    pub proxy_login: Option<PathBuf>,
    /// For addresses with `/tls/ws`.
    pub tls: TlsFiles,
}

/// PEM files of TLS. It only opens a way: who is at its end is proven by Noise, inside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsFiles {
    /// The chain that is shown to who connects, the node's own certificate first.
    pub certificate: Option<PathBuf>,
    /// The private key of that certificate.
    pub key: Option<PathBuf>,
    /// Authorities that are believed beside those of the public web.
    pub authorities: Option<PathBuf>,
}
