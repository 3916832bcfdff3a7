//! Frames on a stream: four bytes of length, big-endian, then as many bytes.

use focal_protocol::limits;
use libp2p::Stream;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::{
    codec::{Framed, LengthDelimitedCodec},
    compat::Compat,
};

/// Frames of a sync stream. A longer one than [`limits::FRAME`] is refused before any of it is kept.
pub type Frames = Framed<Compat<Stream>, LengthDelimitedCodec>;

/// Puts frames on any stream.
pub fn framed<T: AsyncRead + AsyncWrite>(io: T) -> Framed<T, LengthDelimitedCodec> {
    LengthDelimitedCodec::builder()
        .max_frame_length(limits::FRAME)
        .new_framed(io)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{SinkExt, StreamExt};
    use tokio::io::AsyncWriteExt;
    use tokio_util::bytes::Bytes;

    #[tokio::test]
    async fn a_frame_over_the_limit_is_refused_before_it_is_read() {
        let (mut near, far) = tokio::io::duplex(64);
        let mut frames = framed(far);
        let length = u32::try_from(limits::FRAME + 1).expect("fits");
        near.write_all(&length.to_be_bytes()).await.expect("write");
        let refused = frames.next().await.expect("an answer");
        assert!(refused.is_err());
    }

    #[tokio::test]
    async fn frames_arrive_whole() {
        let (near, far) = tokio::io::duplex(16);
        let (mut near, mut far) = (framed(near), framed(far));
        let sent = vec![7; 1000];
        let (_, got) = tokio::join!(near.send(Bytes::from(sent.clone())), far.next());
        assert_eq!(got.expect("frame").expect("whole").to_vec(), sent);
    }
}
