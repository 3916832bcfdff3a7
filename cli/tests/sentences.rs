//! What the node says reaches an officer who reads French in French, with what stands in it: refusals, the stages of a case, what
//! became of a file, what the doctor finds, what the trail has.

mod support;

use std::fs;
use support::{Officer, Stage};

/// Runs a command in French, and has all of these in what it says.
fn says(officer: &Officer, line: &[&str], parts: &[&str]) {
    let said = officer.types(&[line, &["--lang", "fr"]].concat());
    let text = format!("{}{}", said.out, said.err);
    // Where a line breaks does not matter.
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(flat.contains(part), "{line:?} lacks {part:?}:\n{text}");
    }
}

#[tokio::test]
async fn refusals_and_the_stage_of_a_case_are_said_with_what_stands_in_them() {
    let stage = Stage::new(&["Monitor", "Norland"]);
    let _nodes = stage.federation.start(&stage.program).await;
    stage.federation.shared_case("Varenia").await;
    let officer = stage.officer();
    for (line, parts) in [
        (
            &["case", "invite", "Varenia", "Nowhere"][..],
            &[
                "il n’y a pas d’organisation membre active « Nowhere »",
                "cause: unknown-organisation",
                "voyez les membres avec `focal federation show`",
            ][..],
        ),
        (
            &["report", "show", "00000000"],
            &[
                "il n’y a pas d’écrit de ce numéro",
                "donnez plus de chiffres",
            ],
        ),
        (
            &[
                "report", "send", "Varenia", "--kind", "incident", "--killed", "many",
            ],
            &["killed : \"many\" ; permis : un nombre comme 9"],
        ),
        (
            &["search", "killd:3"],
            &["colonne 1 : il n’y a pas de champ `killd` ; permis : case, kind"],
        ),
        (
            &["case", "at", "2099-01-01T00:00Z", "Varenia"],
            &["at : 2099-01-01T00:00:00.000Z a été donné alors qu’il n’est que"],
        ),
        (
            &[
                "case",
                "close",
                "Varenia",
                "--reason",
                "mission finie",
                "--yes",
            ],
            &["fermé"],
        ),
        (&["case", "list"], &["dépositaire", "fermé : mission finie"]),
        (
            &["case", "show", "Varenia"],
            &[
                "état fermé : mission finie",
                "vous êtes dépositaire",
                "contributeur",
            ],
        ),
        (
            &["case", "close", "Varenia", "--reason", "x", "--yes"],
            &["erreur: le dossier est déjà fermé"],
        ),
        (
            &["report", "send", "Varenia", "--kind", "note", "--text", "x"],
            &[
                "le dossier est fermé : rien ne s’y écrit tant qu’il n’est pas rouvert",
                "rouvrez-le avec `focal case reopen` ; le rapport est gardé",
            ],
        ),
        (
            &["audit", "list"],
            &[
                "composition (membership) · fermer",
                "le dossier est fermé (case-closed)",
                "utilisateur",
            ],
        ),
    ] {
        says(&officer, line, parts);
    }
}

#[tokio::test]
async fn what_became_of_a_file_is_said_with_where_it_stood() {
    let stage = Stage::new(&["Monitor"]);
    let officer = stage.officer();
    let write = |name: &str, text: &[u8]| {
        let path = stage.base.path().join(name);
        fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let cap = write(
        "alert.cap",
        br#"<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"><identifier>a1</identifier><sender>n@example.org</sender>
<sent>2026-11-03T14:30:00-00:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Private</scope><addresses>x</addresses>
<info><category>Security</category><event>Shelling</event><urgency>Immediate</urgency><severity>Extreme</severity>
<certainty>Observed</certainty><area><areaDesc>Orsk</areaDesc><polygon>1,1 2,2 3,1 1,1</polygon></area></info></alert>"#,
    );
    let sheet = write("3w.csv", b"#activity,#sector,#weather\nx,police,rain\n");
    let latin = write("latin.csv", b"#activity,#sector\nSant\xe9,health\n");
    let many = write("zip.csv", b"PK\x03\x04");
    for (format, file, parts) in [
        (
            "cap",
            cap,
            &[
                "c’est du CAP 1.1 ; ses éléments sont tous aussi dans CAP 1.2",
                "elle manque, ce qui dans CAP veut dire en-US",
                "un lieu a un point, et pas de contour",
            ][..],
        ),
        (
            "hxl",
            sheet,
            &[
                "colonne 3, #weather",
                "un rapport n’a pas de tel champ",
                "ligne 2: cluster (colonne 2, #sector) : \"police\" ; permis :",
                "ligne 2: status : rien ; permis :",
            ],
        ),
        (
            "hxl",
            latin,
            &["rien n’y dit son encodage ; il a été lu comme windows-1252"],
        ),
        (
            "auto",
            many,
            &["il n’est d’aucun format qui soit lu : c’est un fichier zip"],
        ),
    ] {
        says(&officer, &["import", format, &file], parts);
    }
}

#[tokio::test]
async fn what_the_doctor_finds_is_said_with_what_to_do() {
    let stage = Stage::new(&["Monitor", "Norland"]);
    let mut nodes = stage.federation.start(&stage.program).await;
    let officer = stage.officer();
    let finds = |parts: &[&str]| says(&officer, &["node", "doctor"], parts);
    finds(&["Tout va bien. Les "]);
    assert!(nodes.pop().expect("a partner").stop().success());
    focal_tests::until("it is seen to be gone", || async {
        (stage.org().status().await.peers_connected == 0).then_some(())
    })
    .await;
    finds(&[
        "! Norland, conversation : ne fonctionne pas",
        "son nœud ne tourne pas, ou son port n’est pas transmis : demandez au partenaire",
        "erreur: quelqu’un doit faire quelque chose",
        "focal node doctor --all",
    ]);
}
