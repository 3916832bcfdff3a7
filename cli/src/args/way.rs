//! How connections leave this machine, for every command that makes some.

use focal_node::net::{Reach, TlsFiles};
use std::{net::SocketAddr, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Way {
    /// A SOCKS5 proxy through which everything leaves: 127.0.0.1:9050 for Tor
    #[arg(
        long,
        global = true,
        value_name = "IP:PORT",
        env = "FOCAL_PROXY",
        hide_env_values = true
    )]
    proxy: Option<SocketAddr>,
    /// A file of mode 0600 with the proxy's user name and password, a line each
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "FOCAL_PROXY_LOGIN",
        hide_env_values = true
    )]
    proxy_login: Option<PathBuf>,
    /// Certificates (PEM) of authorities to believe at addresses with /tls/ws, beside those of the public web
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "FOCAL_CA",
        hide_env_values = true
    )]
    ca: Option<PathBuf>,
}

impl From<Way> for Reach {
    fn from(way: Way) -> Self {
        Self {
            proxy: way.proxy,
            proxy_login: way.proxy_login,
            tls: TlsFiles {
                authorities: way.ca,
                ..TlsFiles::default()
            },
        }
    }
}
