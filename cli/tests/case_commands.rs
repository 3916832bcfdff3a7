//! Every command that changes who is in a case, who keeps it, and how long it lives: what it says before, that it asks, and
//! what follows at the partners.

mod support;

use focal_node::api::types::{CaseAction, CaseDetail, CaseSummary, Preview, Problem};
use focal_protocol::id::CaseId;
use focal_tests::{NodeProcess, Org, until};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};
use support::{Officer, Said, Stage};

const CASE: &str = "Varenia: Orsk province";
const LOST: &str =
    "The custodian is taken for lost: what it has written counts, also if it comes only later.";
const READS: &str =
    "A reader reads and acknowledges: what else it writes from then on counts nowhere.";

/// Organisations with an officer each; the first ones' nodes run, the last may not.
struct Play {
    stage: Stage,
    officers: Vec<Officer>,
    nodes: Vec<NodeProcess>,
    /// Its whole id, and its title.
    case: (String, &'static str),
}

impl Play {
    async fn of(names: &[&str], running: usize) -> Self {
        let stage = Stage::new(names);
        let orgs = &stage.federation.orgs;
        let mut nodes = Vec::new();
        for org in &orgs[..running] {
            nodes.push(org.start(&stage.program).await);
        }
        for org in &orgs[..running] {
            until("all are connected", || async {
                let status = org.status().await;
                (status.peers_connected + 1 == running).then_some(())
            })
            .await;
        }
        let officer = |(n, org): (usize, &Org)| {
            let home = stage.base.path().join(format!("officer-{n}"));
            Officer::new(&home, "officer", org, &org.author)
        };
        let officers = orgs.iter().enumerate().map(officer).collect();
        Self {
            stage,
            officers,
            nodes,
            case: (String::new(), CASE),
        }
    }

    /// The first organisation opens a case; what follows is about this one.
    fn opens(&mut self, title: &'static str, history: &str) {
        let opened =
            self.officers[0].json(&["case", "open", "--title", title, "--history", history]);
        self.case = (text(&opened["case"]), title);
    }

    fn org(&self, n: usize) -> &Org {
        &self.stage.federation.orgs[n]
    }

    fn id(&self) -> CaseId {
        self.case.0.parse().expect("an id")
    }

    /// How an organisation is called when it is asked about.
    fn whom(&self, n: usize) -> String {
        let member = &self.org(n).member;
        format!("{} ({})", member.name, &member.org.to_string()[..8])
    }

    fn node(&self, n: usize) -> String {
        self.org(n).node.to_string()[..8].to_string()
    }

    fn whose_node(&self, n: usize) -> String {
        format!("{} (node {})", self.org(n).member.name, self.node(n))
    }

    /// What a command changes, as its node shows it: not the epoch, which a custodian's weekly keys change in between.
    async fn state(&self, n: usize) -> Value {
        let Some(case) = self.org(n).case(self.id()).await else {
            return Value::Null;
        };
        let roles: Vec<_> = case.in_case.iter().map(|o| (&o.org, &o.role)).collect();
        let votes: Vec<_> = case
            .votes
            .iter()
            .map(|v| (&v.successor, &v.votes))
            .collect();
        json!([
            case.generation,
            case.summary.custodian,
            case.summary.stage,
            roles,
            votes,
            case.requests,
        ])
    }

    /// The command says this of the case before it does anything. With nobody there it refuses, and a no ends it.
    async fn asks(&self, n: usize, args: &[&str], stake: &str) {
        let officer = &self.officers[n];
        let before = self.state(n).await;
        let stake = format!("Case {} ({})\n{stake}\n", self.case.1, &self.case.0[..8]);
        let said = officer.types(args);
        assert_eq!(
            (said.code, said.out.as_str()),
            (2, ""),
            "{args:?}: {said:?}"
        );
        let shown = said.err.get(..stake.len()).unwrap_or(&said.err);
        assert_eq!(shown, stake, "{args:?}");
        let said = Terminal::of(officer, args).types("no\n");
        assert_eq!(said.code, 1, "{args:?}: {said:?}");
        assert!(said.out.contains(&stake), "{args:?}: {said:?}");
        assert!(said.out.contains("Go on? "), "{args:?}: {said:?}");
        assert_eq!(self.state(n).await, before, "{args:?}");
    }

    /// The command, with a yes, says this afterwards.
    fn does(&self, n: usize, args: &[&str], done: &str) {
        let args: Vec<&str> = args.iter().copied().chain(["--yes"]).collect();
        let said = self.officers[n].types(&args);
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        assert!(said.out.starts_with(done), "{args:?}: {said:?}");
    }

    async fn wait(&self, n: usize, what: &str, holds: impl Fn(&CaseDetail) -> bool) -> CaseDetail {
        self.org(n).wait_case(self.id(), what, holds).await
    }

    /// What the node says that an action would do.
    async fn preview(&self, n: usize, action: &CaseAction) -> Preview {
        let path = format!("/v1/cases/{}/preview", self.case.0);
        let answer: Result<Preview, Problem> = self
            .org(n)
            .api()
            .post(&path, action)
            .await
            .expect("an answer");
        answer.expect("a preview")
    }
}

/// A command at a terminal of its own, where somebody types.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: ChildStdout,
    shown: Vec<u8>,
}

impl Terminal {
    fn of(officer: &Officer, args: &[&str]) -> Self {
        let command = officer.command(args);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let quoted: Vec<String> = words
            .map(|word| format!("'{}'", word.to_string_lossy().replace('\'', "'\\''")))
            .collect();
        // util-linux: a terminal around a command, whose exit code it ends with. It is wide enough for every sentence.
        let mut terminal = Command::new("script");
        let line = format!("stty cols 1000 && {}", quoted.join(" "));
        terminal.args(["-qec", &line, "/dev/null"]);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => terminal.env(name, value),
                None => terminal.env_remove(name),
            };
        }
        let terminal = terminal.env("NO_COLOR", "1").env("SHELL", "/bin/sh");
        let terminal = terminal
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = terminal.spawn().expect("script, of util-linux");
        Self {
            keys: child.stdin.take().expect("a pipe"),
            screen: child.stdout.take().expect("a pipe"),
            child,
            shown: Vec::new(),
        }
    }

    /// The question stands, and nobody has answered yet.
    fn asks(mut self) -> Self {
        let mut byte = [0];
        while !self.shown.ends_with(b"Go on? ") {
            let shown = String::from_utf8_lossy(&self.shown);
            self.screen
                .read_exact(&mut byte)
                .unwrap_or_else(|e| panic!("it asks nothing ({e}): {shown}"));
            self.shown.extend(byte);
        }
        self
    }

    /// What it has said when it has come to its end: what it shows is in `out`.
    fn types(mut self, typed: &str) -> Said {
        self.keys.write_all(typed.as_bytes()).expect("typed");
        self.screen.read_to_end(&mut self.shown).expect("shown");
        let mut said = Said::of(self.child.wait_with_output().expect("its end"));
        drop(self.keys);
        said.out = String::from_utf8(self.shown)
            .expect("text")
            .replace('\r', "");
        said
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_string()
}

#[tokio::test]
async fn who_comes_in_as_what_and_how_long_a_case_lives_is_said_and_asked_before() {
    let mut play = Play::of(&["Norland", "UN Office", "Monitor"], 3).await;
    play.opens(CASE, "all");
    let case = play.case.0.clone();
    let case = case.as_str();
    play.officers[0].note(case, "before anybody came in");

    // In, as said; whoever is in stays what it is unless somebody says otherwise.
    let invite = ["case", "invite", case, "un office", "--role", "reader"];
    let un = play.whom(1);
    let reads =
        "Who comes in reads all that was written since the case was opened: 1 record so far.";
    let stake = format!("{un} comes in as reader, with 1 node.\n{reads}");
    play.asks(0, &invite, &stake).await;
    play.does(0, &invite, "UN Office is invited to");
    play.wait(1, "a reader", |d| d.summary.role == "reader")
        .await;
    let invite = ["case", "invite", case, "Monitor"];
    let monitor = play.whom(2);
    let stake = format!("{monitor} comes in as contributor, with 1 node.\n{reads}");
    play.asks(0, &invite, &stake).await;
    play.does(0, &invite, "Monitor is invited to");
    let contributes = |d: &CaseDetail| d.summary.role == "contributor" && d.members.len() == 3;
    play.wait(2, "a contributor", contributes).await;
    play.wait(0, "all are in", |d| d.members.len() == 3).await;
    let again = ["case", "invite", case, "UN OFFICE"];
    let stake = format!("{un} stays reader, with all its nodes.");
    play.asks(0, &again, &stake).await;
    let said = play.officers[0].types(&[&again[..], &["--yes"]].concat());
    assert_ne!(said.code, 0, "there is nothing to do: {said:?}");
    let role = |d: &CaseDetail, n: usize| {
        let org = play.org(n).member.org.to_string();
        let mut orgs = d.in_case.iter();
        orgs.find(|o| o.org == org).map(|o| o.role.clone())
    };
    let now = play.wait(0, "it is shown", |_| true).await;
    assert_eq!(role(&now, 1).as_deref(), Some("reader"));
    let promote = ["case", "invite", case, "UN Office", "--role", "contributor"];
    let stake = format!("{un} becomes contributor: it was reader.");
    play.asks(0, &promote, &stake).await;
    play.does(0, &promote, "UN Office is invited to");
    play.wait(1, "it may report", |d| d.summary.role == "contributor")
        .await;

    // A role.
    let demote = ["case", "role", case, "monitor", "reader"];
    let its_node = format!("It has 1 node in the case: {}", play.node(2));
    let stake = format!("{monitor}, a contributor, becomes a reader.\n{its_node}\n{READS}");
    play.asks(0, &demote, &stake).await;
    play.does(0, &demote, "done");
    play.wait(2, "a reader", |d| d.summary.role == "reader")
        .await;
    let note = ["report", "send", case, "--kind", "note", "--text", "x"];
    let refused = play.officers[2].types(&note);
    assert_eq!(refused.code, 4, "{refused:?}");
    let nobody = play.officers[0].types(&["case", "role", case, "Nobody", "reader"]);
    assert!(nobody.code > 2, "before anything is asked: {nobody:?}");

    // Keys.
    let rekey = ["case", "rekey", case];
    let stake = "This node makes fresh keys: a new epoch begins for all members. What can be read now stays readable.";
    play.asks(0, &rekey, stake).await;
    let epoch = play.wait(0, "it is shown", |_| true).await.epoch;
    play.does(
        0,
        &rekey,
        &format!("fresh keys: the case is in epoch {}", epoch + 1),
    );
    play.wait(1, "the next epoch", |d| d.epoch == epoch + 1)
        .await;
    let stake = "This node proposes fresh keys to the custodian, Norland: a new epoch begins for all members when its node has \
        taken them up. What can be read now stays readable.";
    play.asks(1, &rekey, stake).await;
    play.does(1, &rekey, "fresh keys are proposed");
    let french = play.officers[1].types(&[&rekey[..], &["--lang", "fr"]].concat());
    assert_eq!(french.code, 2, "{french:?}");
    assert!(
        french
            .err
            .contains("propose de nouvelles clés au dépositaire, Norland"),
        "{french:?}"
    );

    // Its end, and its beginning again.
    let close = [
        "case",
        "close",
        case,
        "--reason",
        "the end",
        "--retain-days",
        "30",
    ];
    let others = "The others in it: UN Office, Monitor";
    let others = if text(&json!(play.org(1).member.org)) < text(&json!(play.org(2).member.org)) {
        others
    } else {
        "The others in it: Monitor, UN Office"
    };
    let stake = format!(
        "The case becomes read-only for everybody.\nAfter 30 days every member's node destroys the content.\n{others}"
    );
    play.asks(0, &close, &stake).await;
    play.does(0, &close, "closed");
    play.wait(1, "it is closed", |d| d.summary.stage == "closed: the end")
        .await;
    let refused = play.officers[1].types(&note);
    assert_eq!(refused.code, 4, "{refused:?}");
    let reopen = ["case", "reopen", case, "--reason", "new attacks"];
    let stake = format!("The case takes reports again.\n{others}");
    play.asks(0, &reopen, &stake).await;
    play.does(0, &reopen, "open");
    play.wait(1, "it is open", |d| d.summary.stage == "open")
        .await;
    play.officers[1].note(case, "again");

    // Somebody leaves.
    let leave = ["case", "leave", case, "--reason", "our mandate has ended"];
    let stake = format!(
        "Your organisation, {monitor}, a reader, leaves. What is here stays readable; what is written afterwards does not open \
         here.\n{its_node}"
    );
    play.asks(2, &leave, &stake).await;
    play.does(2, &leave, "the custodian's node is told");
    play.wait(1, "it has left", |d| d.members.len() == 2).await;
    play.wait(2, "it is out", |d| d.summary.stage.contains("removed"))
        .await;

    // A custodian does not go from the others without a word.
    play.org(0).wait_records(play.id(), 2).await;
    let purge = ["case", "purge", case];
    let refused = play.officers[0].types(&[&purge[..], &["--yes"]].concat());
    assert_eq!(refused.code, 4, "{refused:?}");
    for what in ["focal case hand-over", "--everywhere", "--abandon"] {
        assert!(refused.err.contains(what), "{refused:?}");
    }
    let action = CaseAction::Purge {
        everywhere: false,
        reason: String::new(),
        abandon: false,
    };
    let refused = play.org(0).act(play.id(), &action).await;
    assert_eq!(refused.expect_err("refused").code, "custodian-stays");
    let stake = "This node destroys its copy of this case, 2 records. It cannot be brought back here.\n\
        The other members keep theirs: UN Office\n\
        Without this node the case has no custodian: nobody invites, removes or closes until the others have voted for another one.";
    play.asks(0, &["case", "purge", case, "--abandon"], stake)
        .await;
    let everywhere = ["case", "purge", case, "--everywhere", "--reason", "the end"];
    let stake = "Every member's node destroys the content of this case, 2 records, as soon as it is reached. Nobody can bring \
        it back.\nThe others in it: UN Office";
    play.asks(0, &everywhere, stake).await;
    play.does(0, &everywhere, "purged");
    for n in [0, 1] {
        until("it is gone", || async {
            play.org(n).case(play.id()).await.is_none().then_some(())
        })
        .await;
    }

    // What newcomers read is said as the case has it; of one's own alone nobody else is spoken of.
    play.opens("Teres valley", "from-joining");
    let case = play.case.0.clone();
    let stake = format!(
        "{un} comes in as contributor, with 1 node.\nWho comes in reads only what is written from then on."
    );
    play.asks(0, &["case", "invite", &case, "UN Office"], &stake)
        .await;
    let purge = ["case", "purge", &case];
    let stake = "This node destroys its copy of this case, 0 records. It cannot be brought back here.\n\
        Nobody else is in the case: no copy is left.";
    play.asks(0, &purge, stake).await;
    play.does(0, &purge, "purged");
}

/// A note that only these may read, in a file.
fn red(play: &Play, name: &str, words: &str, readers: &[usize]) -> String {
    let path = play.stage.base.path().join(name);
    let orgs: Vec<_> = readers.iter().map(|n| play.org(*n).member.org).collect();
    let marking = json!({"tlp": "TLP:RED", "releasable_to": orgs});
    let note = json!({"kind": "note", "text": words, "marking": marking});
    fs::write(&path, note.to_string()).expect("written");
    path.display().to_string()
}

#[tokio::test]
async fn a_red_report_makes_its_compartment_also_for_who_has_not_joined_and_nobody_else_hears_of_it()
 {
    let mut play = Play::of(&["Norland", "UN Office", "Monitor", "Aid Network"], 3).await;
    play.opens(CASE, "all");
    let case = play.case.0.clone();
    let case = case.as_str();
    let officers = &play.officers;
    officers[0].json(&[
        "case",
        "invite",
        case,
        "UN Office",
        "Monitor",
        "Aid Network",
    ]);
    for n in 0..3 {
        play.wait(n, "three are in", |d| d.members.len() == 3).await;
    }

    // Aid Network has not joined, and will read all of the case: what it may not read goes elsewhere.
    let file = red(&play, "three.json", "CANARYTHREE", &[1, 2]);
    let send = ["report", "send", case, file.as_str()];
    let said = officers[0].types(&send);
    assert_eq!(said.code, 2, "{said:?}");
    let barred = "Aid Network may not read it by its marking: it goes to a compartment of";
    assert!(said.err.starts_with(barred), "{said:?}");
    let sent = officers[0].json(&send);
    let three = text(&sent["case"]);
    assert_ne!(three, case);
    // Named, it is one of those for whom the compartment is, and the others are told nothing.
    let file = red(&play, "aid.json", "CANARYAID", &[1, 3]);
    let sent = officers[0].json(&["report", "send", case, &file]);
    let aid = text(&sent["case"]);
    assert_ne!(aid, three);
    let again = officers[0].json(&["report", "send", case, &file]);
    assert_eq!(text(&again["case"]), aid, "it is found again");
    for (inside, readers) in [(&three, vec![0, 1, 2]), (&aid, vec![0, 1, 3])] {
        let detail: CaseDetail = play
            .org(0)
            .api()
            .get(&format!("/v1/cases/{inside}"))
            .await
            .expect("a compartment");
        let mut orgs: Vec<_> = detail.in_case.iter().map(|o| o.org.clone()).collect();
        let mut wanted: Vec<_> = readers
            .iter()
            .map(|n| play.org(*n).member.org.to_string())
            .collect();
        orgs.sort();
        wanted.sort();
        assert_eq!(orgs, wanted);
    }
    let id = |text: &String| text.parse::<CaseId>().expect("an id");
    play.org(1).wait_records(id(&aid), 2).await;
    play.org(1).wait_records(id(&three), 1).await;
    play.org(2).wait_records(id(&three), 1).await;
    officers[0].note(case, "for all");
    play.org(2).wait_records(play.id(), 1).await;

    // The one outside: nowhere.
    let monitor = &officers[2];
    let listed = monitor.json(&["case", "compartments", case]);
    let ids: Vec<_> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|c| text(&c["case"]))
        .collect();
    assert_eq!(ids, std::slice::from_ref(&three));
    let record = text(&sent["record"]);
    for args in [
        &["case", "list"][..],
        &["case", "list", "--json"],
        &["case", "show", case],
        &["case", "show", case, "--json"],
        &["case", "show", case, "--pending"],
        &["case", "members", case],
        &["report", "list"],
        &["search", "CANARYAID"],
        &["search", "note"],
        &["audit", "list", "--json"],
        &["alarms"],
        &["node", "status", "--json"],
    ] {
        let said = monitor.types(args);
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        for what in [&aid[..8], &record[..8], "CANARYAID"] {
            let echo = args.contains(&what);
            assert!(
                echo || !said.out.contains(what),
                "{args:?} tells {what}: {said:?}"
            );
        }
    }
    let found = monitor.json(&["search", "CANARYAID"]);
    assert_eq!(found["total"], 0, "{found}");
    let nothing = "ee".repeat(32);
    for path in [
        "",
        "/records",
        "/pending",
        "/known?at=2026-01-01T00:00:00Z",
        "/view",
    ] {
        let mut answers = Vec::new();
        for id in [&aid, &nothing] {
            let path = format!("/v1/cases/{id}{path}");
            let status = play.org(2).api().status(&path).await.expect("an answer");
            let answer = play.org(2).api().get_bytes(&path).await;
            let said = answer.expect("an answer").expect_err("refused");
            answers.push((status, said.code, said.message));
        }
        assert_eq!(answers[0], answers[1], "{path}");
    }
    let compartment: Result<CaseSummary, Problem> = {
        let path = format!("/v1/cases/{aid}/compartments");
        play.org(2)
            .api()
            .post(&path, &json!({"orgs": []}))
            .await
            .expect("an answer")
    };
    assert_eq!(compartment.expect_err("refused").code, "unknown-case");
}

#[tokio::test]
async fn who_takes_the_place_of_whom_is_said_by_name_and_asked_before() {
    let mut play = Play::of(&["Norland", "UN Office", "Monitor"], 3).await;
    play.opens(CASE, "all");
    let case = play.case.0.clone();
    let case = case.as_str();
    play.officers[0].json(&["case", "invite", case, "UN Office"]);
    play.officers[0].json(&["case", "invite", case, "Monitor", "--role", "reader"]);
    for n in 0..3 {
        play.wait(n, "three are in", |d| d.members.len() == 3).await;
    }
    let file = red(&play, "two.json", "for two", &[2]);
    let inside = text(&play.officers[0].json(&["report", "send", case, &file])["case"]);
    let id: CaseId = inside.parse().expect("an id");
    play.org(2).wait_records(id, 1).await;
    let listed = play.officers[0].json(&["case", "compartments", case]);
    let title = text(&listed[0]["title"]);
    let (norland, un, monitor) = (play.whose_node(0), play.whose_node(1), play.whose_node(2));

    // The office is handed over.
    let to_a_reader = format!(
        "{monitor} becomes custodian: it alone invites, removes and closes from then on. Only it can give that back.\nIt is a \
         reader now; a custodian can give itself any role."
    );
    play.asks(0, &["case", "hand-over", case, "monitor"], &to_a_reader)
        .await;
    let hand_over = ["case", "hand-over", case, &play.node(1)];
    let stake = format!(
        "{un} becomes custodian: it alone invites, removes and closes from then on. Only it can give that back."
    );
    play.asks(0, &hand_over, &stake).await;
    play.does(0, &hand_over, "handed over");
    play.wait(1, "it is custodian", |d| d.summary.role == "custodian")
        .await;
    for n in [0, 2] {
        play.wait(n, "it knows", |d| d.summary.custodian == "UN Office")
            .await;
    }

    // It is lost, and the others choose.
    play.nodes[1].kill();
    let stand = |cause: &str| CaseAction::Vote {
        node: None,
        cause: cause.into(),
        out: None,
        agrees: None,
    };
    let held = play
        .preview(0, &stand("hostile"))
        .await
        .vote
        .expect("a vote")
        .out
        .entries;
    let you = format!(
        "You, {norland}, stand for custodian in place of {un}. With a majority it is out, and the others go on with you."
    );
    let none = "It has none of the 2 votes that it needs.";
    let (entries, of) = (
        if held == 1 { "entry" } else { "entries" },
        "of what it has written only that counts",
    );
    let hostile = format!(
        "{you}\nThe custodian is taken for hostile: {of} which this node holds when you have the majority (now {held} {entries}); \
         the rest counts nowhere, whoever holds it.\n{none}"
    );
    play.asks(0, &["case", "succeed", case, "--hostile"], &hostile)
        .await;
    let succeed = ["case", "succeed", case];
    play.asks(0, &succeed, &format!("{you}\n{LOST}\n{none}"))
        .await;
    play.does(0, &succeed, "the members are told");
    play.wait(2, "somebody stands", |d| d.votes.len() == 1)
        .await;
    let vote = ["case", "vote", case, "NORLAND"];
    let you = format!(
        "You vote {norland} custodian in place of {un}. With a majority this cannot be taken back."
    );
    let stake = format!("{you}\n{LOST}\nIt has 1 of the 2 votes that it needs, by Norland.");
    play.asks(2, &vote, &stake).await;
    let hostile = format!(
        "{you}\nThe custodian is taken for hostile: {of} which the next custodian's node holds when it has the majority; the rest \
         counts nowhere, whoever holds it.\n{none}"
    );
    play.asks(2, &["case", "vote", case, "norland", "--hostile"], &hostile)
        .await;
    play.does(2, &vote, "voted");
    for n in [0, 2] {
        let next = |d: &CaseDetail| {
            d.generation == 1 && d.members.len() == 2 && d.summary.custodian == "Norland"
        };
        play.wait(n, "the next generation", next).await;
    }

    // The logs of the lost one are ended, although no member is called so any more.
    let end = |node: &str| CaseAction::RemoveNode {
        node: node.into(),
        reason: String::new(),
    };
    let afterwards = "later ones count nowhere. What is written from now on does not open for it; what it has read already stays with \
         it.";
    let counts = async |node: &str| {
        let entries = play.preview(0, &end(node)).await.nodes[0].entries;
        let held = match entries {
            1 => "1 entry by it is held here and counts".to_string(),
            n => format!("{n} entries by it are held here and count"),
        };
        format!("{held}; {afterwards}")
    };
    let lost = [
        "case",
        "remove",
        case,
        "--only-node",
        &play.node(1),
        "--reason",
        "lost",
    ];
    let stake = format!(
        "{un} is no member any more: its logs end here for everybody.\n{}",
        counts(&play.node(1)).await
    );
    play.asks(0, &lost, &stake).await;
    play.does(0, &lost, "removed");
    let ended = |d: &CaseDetail| d.former.iter().any(|f| !f.open_ended);
    play.wait(2, "its logs have an end", ended).await;

    // A node that has come and gone and come again is one node.
    let remove = [
        "case",
        "remove",
        case,
        "--only-node",
        &play.node(2),
        "--reason",
        "old",
    ];
    let stays = format!(
        "It stays in these compartments, and reads on there until it is removed from each of them, too: {title} ({})",
        &inside[..8]
    );
    let by_its_org = [
        "case",
        "remove",
        case,
        "--only-node",
        "MONITOR",
        "--reason",
        "old",
    ];
    for args in [remove, by_its_org] {
        let stake = format!(
            "{monitor}, a reader, is removed; its organisation's other nodes stay.\n{}\n{stays}",
            counts(&play.node(2)).await
        );
        play.asks(0, &args, &stake).await;
        play.does(0, &args, "removed");
        play.wait(2, "it is out", |d| d.summary.stage.contains("removed"))
            .await;
        let back = ["case", "invite", case, "monitor"];
        let stake = format!(
            "{} stays reader; 1 more node of its comes in.\nWho comes in reads all that was written since the case was opened: 0 \
             records so far.",
            play.whom(2)
        );
        play.asks(0, &back, &stake).await;
        play.does(0, &back, "Monitor is invited to");
        play.wait(2, "it is back", |d| d.summary.stage == "open")
            .await;
        play.wait(0, "it is back", |d| d.members.len() == 2).await;
    }
    let remove = ["case", "remove", case, "monitor", "--reason", "seized"];
    let entries = counts(&play.node(2)).await;
    let stake = format!(
        "{}, a reader, is removed.\nIt has 1 node in the case: {}\n{entries}\n{stays}",
        play.whom(2),
        play.node(2)
    );
    play.asks(0, &remove, &stake).await;
    play.does(0, &remove, "removed");
    play.wait(2, "it is out", |d| d.summary.stage.contains("seized"))
        .await;
}

#[tokio::test]
async fn a_second_vote_and_a_yes_to_an_election_that_waits_are_said_to_be_what_they_are() {
    let names = ["Norland", "UN Office", "Monitor", "Aid Network"];
    let mut play = Play::of(&names, 4).await;
    play.opens(CASE, "all");
    let case = play.case.0.clone();
    let case = case.as_str();
    let all = [&["case", "invite", case], &names[1..]].concat();
    play.officers[0].json(&all);
    for n in 0..4 {
        play.wait(n, "all are in", |d| d.members.len() == 4).await;
    }
    let (norland, un) = (play.whose_node(0), play.whose_node(1));
    let for_un = CaseAction::Vote {
        node: Some(play.org(1).node.to_string()),
        cause: "lost".into(),
        out: None,
        agrees: None,
    };
    let vote = ["case", "vote", case, "un office"];
    // Who has the office, and of whom nobody claims it, is asked nothing that cannot be.
    let refused = play.officers[0].types(&vote);
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(!refused.err.contains("vote"), "{refused:?}");
    assert!(refused.err.contains("focal case hand-over"), "{refused:?}");

    // The first vote of a member, and its second, whatever cause that names.
    play.nodes[0].kill();
    let you = format!(
        "You vote {un} custodian in place of {norland}. With a majority this cannot be taken back."
    );
    let stake = format!("{you}\n{LOST}\nIt has none of the 2 votes that it needs.");
    play.asks(2, &vote, &stake).await;
    let first = play.preview(2, &for_un).await.vote.expect("a vote");
    assert!(first.counts && !first.agrees && !first.claimed, "{first:?}");
    play.does(2, &vote, "voted");
    let votes = |d: &CaseDetail| d.votes.len() == 1;
    play.wait(2, "it has voted", votes).await;
    let follows = format!(
        "This node has voted for it before: with this vote it also follows {un} if others have made it custodian, although it cannot \
         tell whether rightly."
    );
    let stake =
        format!("{you}\n{LOST}\nIt has 1 of the 2 votes that it needs, by Monitor.\n{follows}");
    play.asks(2, &vote, &stake).await;
    let hostile = [&vote[..], &["--hostile"]].concat();
    let said = play.officers[2].types(&hostile);
    assert!(said.err.contains(&follows), "{said:?}");
    let french = play.officers[2].types(&[&vote[..], &["--lang", "fr"]].concat());
    assert!(french.err.contains("a déjà voté pour lui"), "{french:?}");
    let second = play.preview(2, &for_un).await.vote.expect("a vote");
    assert!(second.counts && second.agrees, "{second:?}");
    play.does(2, &vote, "voted");

    // It is elected while the custodian, alone, has removed a voter: the news of it waits there for the operator.
    play.wait(1, "a vote", votes).await;
    play.does(1, &["case", "succeed", case], "the members are told");
    for n in 1..4 {
        let next = |d: &CaseDetail| d.generation == 1 && d.members.len() == 3;
        play.wait(n, "the next generation", next).await;
    }
    for node in &mut play.nodes[1..] {
        node.kill();
    }
    play.nodes[0] = play.org(0).start(&play.stage.program).await;
    let remove = ["case", "remove", case, "monitor", "--reason", "seized"];
    play.does(0, &remove, "removed");
    play.nodes[1] = play.org(1).start(&play.stage.program).await;
    play.org(0).wait_alarm("contested").await;
    let claim = play.preview(0, &for_un).await.vote.expect("a vote");
    assert!(!claim.counts && claim.agrees && claim.claimed, "{claim:?}");
    let stake = format!(
        "This is no vote: {un} says that the others have elected it in place of this node, which cannot tell whether rightly. With \
         your yes this node follows it at once, and is custodian no more: that cannot be taken back. Why, and what this node has \
         written that counts, is as they have voted, whatever you say here."
    );
    play.asks(0, &vote, &stake).await;
    play.asks(0, &hostile, &stake).await;
    let french = play.officers[0].types(&[&vote[..], &["--lang", "fr"]].concat());
    assert!(french.err.contains("n’est plus dépositaire"), "{french:?}");
    assert!(!french.err.contains("Vous votez"), "{french:?}");
    play.does(0, &hostile, "agreed");
    let out = play
        .wait(0, "it is out", |d| d.summary.stage.contains("voted"))
        .await;
    let stage = &out.summary.stage;
    assert!(!stage.contains("hostile"), "as they have voted: {stage}");
}

#[tokio::test]
async fn a_vote_does_what_was_said_before_or_is_refused_by_name() {
    let mut play = Play::of(&["Norland", "UN Office", "Monitor"], 3).await;
    play.opens(CASE, "all");
    let case = play.case.0.clone();
    let case = case.as_str();
    play.officers[0].json(&["case", "invite", case, "UN Office", "Monitor"]);
    for n in 0..3 {
        play.wait(n, "three are in", |d| d.members.len() == 3).await;
    }

    // The office is handed over while the question stands: the yes was to another vote.
    let (succeed, vote) = (
        ["case", "succeed", case],
        ["case", "vote", case, "un office"],
    );
    let standing =
        [&succeed[..], &vote[..]].map(|args| Terminal::of(&play.officers[2], args).asks());
    let hand_over = ["case", "hand-over", case, "un office"];
    play.does(0, &hand_over, "handed over");
    let handed = |d: &CaseDetail| d.summary.custodian == "UN Office";
    play.wait(2, "it knows", handed).await;
    let before = play.state(2).await;
    for asked in standing {
        let said = asked.types("yes\n");
        assert_eq!(said.code, 4, "{said:?}");
        let why = format!(
            "the case has another custodian since: the vote would put out node {}",
            play.org(1).node.short()
        );
        assert!(said.out.contains(&why), "{said:?}");
    }
    assert_eq!(play.state(2).await, before, "nobody has voted");
    let (norland, un, monitor) = (play.whose_node(0), play.whose_node(1), play.whose_node(2));
    let stake = format!(
        "You, {monitor}, stand for custodian in place of {un}. With a majority it is out, and the others go on with you."
    );
    play.asks(2, &succeed, &stake).await;

    // Nor is the vote of one officer, sent twice, the second one that follows without a look.
    let named = CaseAction::Vote {
        node: Some(norland.split(' ').next().expect("a name").into()),
        cause: "lost".into(),
        out: None,
        agrees: None,
    };
    let first = play.preview(2, &named).await.action;
    let voted = play.org(2).act(play.id(), &first).await;
    voted.expect("as it was said");
    let refused = play.org(2).act(play.id(), &first).await;
    assert_eq!(refused.expect_err("it is another").code, "other-vote");
    let second = play.preview(2, &named).await.action;
    let voted = play.org(2).act(play.id(), &second).await;
    voted.expect("as it was said");
    // Who has asked for no preview means whatever it is.
    let voted = play.org(2).act(play.id(), &named).await;
    voted.expect("as it is");
}

#[tokio::test]
async fn what_a_member_asks_of_the_custodian_is_said_before_and_shown_to_the_others_until_it_is_done()
 {
    let names = ["Norland", "UN Office", "Monitor", "Aid Network"];
    let mut play = Play::of(&names, 3).await;
    play.opens(CASE, "all");
    let case = play.case.0.clone();
    let case = case.as_str();
    play.officers[0].json(&["case", "invite", case, "UN Office", "Monitor"]);
    for n in 0..3 {
        play.wait(n, "three are in", |d| d.members.len() == 3).await;
    }
    let file = red(&play, "two.json", "for two", &[2]);
    let inside = text(&play.officers[1].json(&["report", "send", case, &file])["case"]);
    let listed = play.officers[1].json(&["case", "compartments", case]);
    let title = text(&listed[0]["title"]);

    // To invite.
    let invite = [
        "case",
        "invite",
        case,
        "aid network",
        "--role",
        "reader",
        "--request",
    ];
    let stake = format!(
        "The custodian, Norland, is asked to invite them. All members see it.\n{} comes in as reader, with 1 node.\n\
         Who comes in reads all that was written since the case was opened: 0 records so far.",
        play.whom(3)
    );
    play.asks(1, &invite, &stake).await;
    play.does(1, &invite, "Norland is asked to invite them.");
    let asked = "UN Office asks to invite Aid Network as reader";
    for n in [0, 2] {
        play.wait(n, "the others see it", |d| d.requests == [asked])
            .await;
        let shown = play.officers[n].types(&["case", "show", case]);
        assert!(shown.out.contains(asked), "{shown:?}");
    }
    let done = ["case", "invite", case, "aid network", "--role", "reader"];
    play.does(0, &done, "Aid Network is invited to");
    for n in 0..3 {
        play.wait(n, "it is done", |d| {
            d.requests.is_empty() && d.in_case.len() == 4
        })
        .await;
    }

    // To remove: the compartments are others' business, and are named.
    let remove = [
        "case",
        "remove",
        case,
        "monitor",
        "--reason",
        "laptop seized",
        "--request",
    ];
    let stake = format!(
        "The custodian, Norland, is asked to remove {}. All members see it.\nIt has 1 node in the case: {}\n\
         It stays in these compartments, and reads on there until it is removed from each of them, too: {title} ({})",
        play.whom(2),
        play.node(2),
        &inside[..8]
    );
    play.asks(1, &remove, &stake).await;
    let french = play.officers[1].types(&[&remove[..], &["--lang", "fr"]].concat());
    assert!(
        french
            .err
            .contains("Il est demandé au dépositaire, Norland, de retirer")
    );
    play.does(1, &remove, "asked");
    let asked = "UN Office asks to remove Monitor: laptop seized";
    for n in [0, 2] {
        play.wait(n, "the others see it", |d| d.requests == [asked])
            .await;
    }
    play.does(0, &remove[..6], "removed");
    for n in 0..2 {
        play.wait(n, "it is done", |d| {
            d.requests.is_empty() && d.members.len() == 2
        })
        .await;
    }
    // Who has the office does it, and asks nobody.
    let refused = play.officers[0].types(&[&invite[..], &["--yes"]].concat());
    assert_eq!(refused.code, 4, "{refused:?}");
}
