//! What to do about it.

use crate::net::Trouble;
use std::fmt;

/// Whether an address leads by way of a relay.
pub(super) fn is_relayed(address: &str) -> bool {
    address.split('/').any(|part| part == "p2p-circuit")
}

/// Whether somebody has to do something. `matters` is what the node cannot do without: its own announced addresses, a
/// conversation with each partner, the clock. One of several ways to a partner is not; what is wrong here with all ways is.
pub(super) fn is_urgent(trouble: Trouble, matters: bool) -> bool {
    match trouble {
        Trouble::Untried => false,
        Trouble::ProxySilent | Trouble::ProxyLogin | Trouble::OtherNode => true,
        _ => matters,
    }
}

/// What to do about something, at this node's own address or at a partner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Advice(pub(super) Trouble, pub(super) bool);

focal_protocol::worded! {
    Advice {
        Self(Trouble::BadAddress, true) => "next-anew",
        Self(Trouble::BadAddress, false) => "next-no-address-told",
        Self(Trouble::NoTransport, _) => "next-proxy-quic",
        Self(Trouble::NameUnknown, _) => "next-name",
        Self(Trouble::PortClosed, true) => "next-listens",
        Self(Trouble::PortClosed, false) => "next-partner-off",
        Self(Trouble::Silent, true) => "next-firewall",
        Self(Trouble::Silent, false) => "next-on-the-way",
        Self(Trouble::NoRoute, _) => "next-no-network",
        Self(Trouble::OtherNode, true) => "next-somebody-else",
        Self(Trouble::OtherNode, false) => "next-call",
        Self(Trouble::CertificateExpired, true) => "next-renew",
        Self(Trouble::CertificateExpired, false) => "next-expired",
        Self(Trouble::CertificateUntrusted, _) => "next-authority",
        Self(Trouble::CertificateOfOther, true) => "next-certificate",
        Self(Trouble::CertificateOfOther, false) => "next-other-name",
        Self(Trouble::ProxySilent, _) => "next-proxy",
        Self(Trouble::ProxyRefused, _) => "next-proxy-rules",
        Self(Trouble::ProxyLogin, _) => "next-login",
        Self(Trouble::RelayRefused, _) => "next-relay",
        Self(Trouble::NotLetIn, _) => "next-federations",
        Self(Trouble::NoPlace, _) => "next-relay-node",
        Self(Trouble::ClockOff, _) => "next-clock",
        Self(Trouble::NoAddress, true) => "next-undialled",
        Self(Trouble::NoAddress, false) => "next-they-dial",
        Self(Trouble::Untried, _) => "next-again",
        Self(Trouble::Other, _) => "next-see-why",
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.0, self.1) {
            (Trouble::BadAddress, true) => "write it anew: focal node announce ADDRESS, then focal org manifest",
            (Trouble::BadAddress, false) => "tell the partner: their manifest has an address that is none",
            (Trouble::NoTransport, _) => "with a proxy QUIC and /dnsaddr are not dialled: have an address with /tcp/ announced as well",
            (Trouble::NameUnknown, _) => "look whether the name exists (host NAME) and whether this machine's name server answers (/etc/resolv.conf)",
            (Trouble::PortClosed, true) => "nothing listens there: compare `listen` and `announce` in node.toml, and what the router passes on",
            (Trouble::PortClosed, false) => "their node does not run, or its port is not passed on: ask the partner",
            (Trouble::Silent, true) => "a firewall or NAT is before it: pass the port on, or announce a partner's relay (OPERATIONS, \"Being reachable\")",
            (Trouble::Silent, false) => "a firewall or NAT is on the way, here or there: try 443 (/tls/ws), or a partner's relay (OPERATIONS, \"Being reachable\")",
            (Trouble::NoRoute, _) => "this machine has no network of that kind (often IPv6): nothing to do if another address works",
            (Trouble::OtherNode, true) => "somebody else answers where your manifest says your node is: correct the address, then focal org manifest",
            (Trouble::OtherNode, false) => "call the partner: their node has new keys and no new manifest, or somebody stands in its place",
            (Trouble::CertificateExpired, true) => "renew the files of `tls_certificate` and `tls_key`, and start the node again",
            (Trouble::CertificateExpired, false) => "tell the partner to renew it; if all are expired, this machine's clock is wrong",
            (Trouble::CertificateUntrusted, _) => "if the authority is a private one, add its certificate to `tls_authorities`; if it is not, somebody is on the way",
            (Trouble::CertificateOfOther, true) => "get a certificate for the name that is announced, or announce the name in it",
            (Trouble::CertificateOfOther, false) => "tell the partner: their certificate is for another name than their address",
            (Trouble::ProxySilent, _) => "start the proxy, or correct `proxy` in node.toml: nothing leaves without it",
            (Trouble::ProxyRefused, _) => "look at the proxy's log and rules: it does not connect with this address",
            (Trouble::ProxyLogin, _) => "the proxy wants a user name and a password: put them into a file, and name it as `proxy_login` in node.toml",
            (Trouble::RelayRefused, _) => "ask the relay's organisation: it may not relay, or be at its limits; the node behind it may be off",
            (Trouble::NotLetIn, _) => "compare federations and manifests on the phone: focal federation show, on both sides",
            (Trouble::NoPlace, _) => "look whether the relay's node is connected (focal node peers), and ask its organisation for [relay] in node.toml",
            (Trouble::ClockOff, _) => "set the clock by NTP on the machine that is wrong: date -u, on both sides",
            (Trouble::NoAddress, true) => "nobody can dial this node: focal node announce ADDRESS, then focal org manifest; fine if it alone is to dial",
            (Trouble::NoAddress, false) => "their node has to dial yours: look that one of your own addresses works",
            (Trouble::Untried, _) => "run it again",
            (Trouble::Other, _) => "see why; the node's log says more with -v",
        })
    }
}
