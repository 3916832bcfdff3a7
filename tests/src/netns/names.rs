//! A name server that knows one name.

use std::net::UdpSocket;

/// Length of a message's head (RFC 1035, section 4.1.1).
const HEAD: usize = 12;
/// Type and class of a question, and of a text record of the internet.
const TEXT: [u8; 4] = [0, 16, 0, 1];

/// A name as it stands in a message.
fn labels(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).expect("a label"));
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

/// Answers questions for the text records of a name with one text, and says of everything else that there is no such name, as
/// long as the process runs.
///
/// # Panics
/// The text is longer than one piece of a record.
pub fn tell(socket: UdpSocket, name: &str, text: &str) {
    let question = [labels(name), TEXT.to_vec()].concat();
    let length = u8::try_from(text.len()).expect("one piece");
    let text = text.as_bytes().to_vec();
    std::thread::spawn(move || {
        let mut query = [0; 512];
        while let Ok((read, from)) = socket.recv_from(&mut query) {
            let Some(rest) = query.get(HEAD..read) else {
                continue;
            };
            let asked = rest.len() >= question.len()
                && rest[..question.len()].eq_ignore_ascii_case(&question);
            let mut answer = query[..2].to_vec();
            // A response, recursion available; error 3 if there is no such name.
            answer.extend([0x81, if asked { 0x80 } else { 0x83 }]);
            answer.extend([0, 1, 0, u8::from(asked), 0, 0, 0, 0]);
            let end = rest.iter().position(|b| *b == 0).map_or(0, |zero| zero + 5);
            answer.extend_from_slice(rest.get(..end).unwrap_or_default());
            if asked {
                // The name of the question, a minute, one text.
                answer.extend([0xc0, 12]);
                answer.extend(TEXT);
                answer.extend([0, 0, 0, 60, 0, length + 1, length]);
                answer.extend_from_slice(&text);
            }
            // Who asked may have gone.
            let _ = socket.send_to(&answer, from);
        }
    });
}
