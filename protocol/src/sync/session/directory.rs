//! Documents of the directory that the peer lacks.

use super::{Output, Session};
use crate::{directory::Item, limits, sync::Frame};

impl Session {
    pub(super) fn directory(&mut self, items: Vec<Item>) {
        // One document may be half a frame: each frame takes as many as fit.
        let mut batch = Vec::new();
        let mut size = 0;
        for item in items {
            let length = crate::codec::encode_packed(&item).len();
            if size + length > limits::FRAME - 1024 && !batch.is_empty() {
                self.out
                    .push(Output::Send(Frame::Directory(std::mem::take(&mut batch))));
                size = 0;
            }
            size += length;
            batch.push(item);
        }
        if !batch.is_empty() {
            self.out.push(Output::Send(Frame::Directory(batch)));
        }
    }
}
