use super::{CONTACT, NODE, NOW, compare, hex_of, kept, public};
use focal_protocol::{
    courier::{Content, Cover, Item, VolumeReader, VolumeWriter},
    group::{Delivery, Invitation, Parcel},
    id::{CaseId, FederationId, Hash, LogId, NodeId},
    log::Salt,
    random::SystemRandom,
    seal::{
        AttachmentKey, Chunks, ContactKey, EpochSecret, KeyFile, Opened, Purpose, Unlock,
        seal_entry,
    },
    sync::{ChunkRequest, Frame},
};
use serde_json::json;
use zeroize::Zeroizing;

fn writing() -> bool {
    std::env::var("FOCAL_VECTORS").is_ok_and(|v| v == "write")
}

/// The hashes of 0, 1, 2 and so on, one after the other: nothing compresses them.
fn noise(length: usize) -> Vec<u8> {
    (0u32..)
        .flat_map(|i| Hash::of(&[&i.to_be_bytes()]).0)
        .take(length)
        .collect()
}

#[test]
fn lengths_are_padded_as_written() {
    let lengths = [
        0, 1, 59, 60, 100, 123, 124, 1_000, 1_024, 5_000, 60_000, 100_000,
    ];
    let sealed: Vec<_> = lengths
        .iter()
        .map(|length| {
            let sealed = seal_entry(
                &EpochSecret([1; 32]),
                &Salt([2; 16]),
                b"header",
                &noise(*length),
            );
            json!([length, sealed.expect("seal").len()])
        })
        .collect();
    compare(
        "padding.json",
        &json!({"payload that does not compress, its ciphertext": sealed}),
    );
}

#[test]
fn a_courier_volume_opens_as_written() {
    let frame = Frame::Ack(vec![(LogId([0x10; 16]), 7)]);
    let cover = Cover {
        federation: FederationId([0xfe; 32]),
        from: super::node(),
        to: super::org(),
        courier: vec![0xc0; 16],
        volume: 1,
        slots: Hash([0; 32]),
        created: NOW,
    };
    let made = || {
        let publics = [contact().public().clone()];
        let begun = VolumeWriter::new(cover.clone(), &super::key(NODE), &publics, &SystemRandom);
        let (mut writer, mut volume) = begun.expect("begun");
        volume.extend(writer.push(&Item::Frame(frame.clone())).expect("pushed"));
        volume.extend(writer.finish(false).expect("finished"));
        volume
    };
    if writing() && !super::path("courier.json").exists() {
        let vector = json!({
            "contact seed": hex::encode([CONTACT; 32]),
            "volume": hex::encode(made()),
            "frame": hex::encode(frame.to_bytes()),
            "from": super::node().to_string(),
            "to": super::org().to_string(),
        });
        compare("courier.json", &vector);
    }
    let vector = kept("courier.json");
    let volume = hex::decode(vector["volume"].as_str().expect("hex")).expect("hex");
    let contact = contact();
    let mut reader = VolumeReader::new(&contact);
    assert_eq!(reader.feed(&volume), Ok(Vec::new()), "it is small");
    let (read, frames, more) = reader.finish().expect("it opens");
    assert_eq!(volume.len(), made().len(), "the length is padded");
    assert_eq!((frames, more), (vec![Content::Frame(frame.clone())], false));
    let slots = read.slots;
    assert_eq!(
        read,
        Cover {
            slots,
            ..cover.clone()
        }
    );
}

fn contact() -> ContactKey {
    ContactKey::from_seed(&Zeroizing::new([CONTACT; 32])).expect("a contact key")
}

fn invitation() -> Delivery {
    Delivery::Invitation(Invitation {
        case: CaseId([0xca; 32]),
        generation: 0,
        succession: None,
        welcome: b"a welcome".to_vec(),
    })
}

#[test]
fn a_parcel_opens() {
    let (from, to) = (NodeId(public(NODE).0), NodeId(public(7).0));
    if writing() {
        let parcel = Parcel::seal(from, to, contact().public(), &invitation(), NOW).expect("seal");
        compare(
            "parcel.json",
            &json!({
                "contact seed": hex::encode([CONTACT; 32]),
                "contact public key": hex::encode(&contact().public().0),
                "from": from,
                "to": to,
                "sealed": hex::encode(&parcel.sealed),
                "opened": hex::encode(focal_protocol::codec::encode_packed(&invitation())),
            }),
        );
    }
    let vector = kept("parcel.json");
    assert_eq!(contact().public().0, hex_of(&vector["contact public key"]));
    let parcel = Parcel {
        from,
        to,
        created: NOW,
        sealed: hex_of(&vector["sealed"]),
    };
    assert_eq!(parcel.open(&contact()), Ok(invitation()));
    assert_eq!(
        focal_protocol::codec::encode_packed(&invitation()),
        hex_of(&vector["opened"])
    );
}

#[test]
fn key_files_open() {
    let passphrase = Unlock::Passphrase(Zeroizing::new("correct horse battery staple".into()));
    let other_file = Unlock::KeyFile(Zeroizing::new(vec![0x42; 32]));
    let made = |purpose, unlock, seed: u8| {
        KeyFile::seal(purpose, unlock, &[seed; 32], &SystemRandom)
            .expect("seal")
            .to_text()
    };
    if writing() {
        compare(
            "key-files.json",
            &json!({
                "passphrase": "correct horse battery staple",
                "root key file": made(Purpose::RootKey, &passphrase, 1),
                "root key": hex::encode([1; 32]),
                "key file content": hex::encode([0x42; 32]),
                "author key file": made(Purpose::AuthorKey, &other_file, 5),
                "author key": hex::encode([5; 32]),
            }),
        );
    }
    let vector = kept("key-files.json");
    for (purpose, unlock, file, key) in [
        (Purpose::RootKey, &passphrase, "root key file", "root key"),
        (
            Purpose::AuthorKey,
            &other_file,
            "author key file",
            "author key",
        ),
    ] {
        let file = KeyFile::from_text(vector[file].as_str().expect("text")).expect("a key file");
        let opened = file.open(purpose, unlock).expect("open");
        assert_eq!(**opened.own().expect("no decoy"), hex_of(&vector[key]));
    }
    // Two slots: a passphrase, and one under duress.
    if writing() {
        let duress = Unlock::Passphrase(Zeroizing::new("paper lantern under snow".into()));
        let file = KeyFile::seal_with_duress(
            Purpose::AuthorKey,
            (&passphrase, &[5; 32]),
            (&duress, &[6; 32]),
            &SystemRandom,
        );
        compare(
            "key-file-two-slots.json",
            &json!({
                "passphrase": "correct horse battery staple",
                "author key": hex::encode([5; 32]),
                "duress passphrase": "paper lantern under snow",
                "decoy": hex::encode([6; 32]),
                "file": file.expect("sealed").to_text(),
            }),
        );
    }
    let vector = kept("key-file-two-slots.json");
    let file = KeyFile::from_text(vector["file"].as_str().expect("text")).expect("a key file");
    let open = |passphrase: &str| {
        let text = vector[passphrase].as_str().expect("text").to_string();
        let unlock = Unlock::Passphrase(Zeroizing::new(text));
        file.open(Purpose::AuthorKey, &unlock).expect("open")
    };
    let bytes = |name: &str| Zeroizing::new(hex_of(&vector[name]));
    assert_eq!(open("passphrase"), Opened::Own(bytes("author key")));
    assert_eq!(open("duress passphrase"), Opened::Duress(bytes("decoy")));
}

#[test]
fn an_attachment_is_sealed_as_written() {
    let (key, size) = (AttachmentKey([0xa7; 32]), (256 << 10) + 100);
    let chunks = Chunks::new(&key, size).expect("within the limit");
    let plain = noise(usize::try_from(size).expect("fits"));
    let parts = plain.chunks(256 << 10);
    let sealed: Vec<Vec<u8>> = parts
        .zip(0..)
        .map(|(part, index)| chunks.seal(index, part).expect("sealed"))
        .collect();
    let names: Vec<Hash> = sealed.iter().map(|s| Hash::of(&[s])).collect();
    let list = chunks.seal_list(&names).expect("sealed");
    let small = Chunks::new(&key, 5).expect("within the limit");
    let only = small.seal(0, b"focal").expect("sealed");
    let only_list = small.seal_list(&[Hash::of(&[&only])]).expect("sealed");
    compare(
        "attachment.json",
        &json!({
            "key": hex::encode(key.0),
            "two chunks": {
                "content": "the first bytes of SHA-256(u32 0) ‖ SHA-256(u32 1) ‖ …",
                "size": size,
                "hash": Hash::of(&[&plain]),
                "sealed lengths": sealed.iter().map(Vec::len).collect::<Vec<_>>(),
                "names": names,
                "last chunk": hex::encode(&sealed[1]),
                "sealed list": hex::encode(&list),
                "list": Hash::of(&[&list]),
            },
            "one chunk": {
                "content": "focal",
                "chunk": hex::encode(&only),
                "sealed list": hex::encode(&only_list),
                "list": Hash::of(&[&only_list]),
            },
            "request": {
                "content": request(),
                "bytes": hex::encode(request().to_bytes()),
            },
        }),
    );
}

fn request() -> ChunkRequest {
    ChunkRequest {
        case: CaseId([0xca; 32]),
        attachment: Hash([0x1a; 32]),
        chunk: Some(1),
        from: 65_536,
        length: 65_536,
    }
}
