//! Why a file has not come.

/// What keeps a file from coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Obstacle {
    #[error("its list does not open with the record's key")]
    OtherList,
    #[error("no partner in reach has all of it")]
    Nobody,
    #[error("the disk is full")]
    DiskFull,
    #[error("attachments take all the room that node.toml gives them")]
    NoRoom,
    #[error("the disk fails: see the log")]
    DiskFails,
}

focal_protocol::worded! {
    Obstacle {
        Self::OtherList => "file-other-list",
        Self::Nobody => "file-nobody",
        Self::DiskFull => "file-disk-full",
        Self::NoRoom => "file-no-room",
        Self::DiskFails => "file-disk-fails",
    }
}
