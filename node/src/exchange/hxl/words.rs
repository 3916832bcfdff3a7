//! Words of tables for words of ours: clusters and statuses in English, French and Spanish, countries of three letters.

use focal_protocol::record::{ActivityStatus, Capability, Cluster};
use std::{collections::HashMap, sync::OnceLock};

/// Letters and digits only, in lower case, without accents of Western European languages.
fn plain(text: &str) -> String {
    let base = |c: char| match c {
        'à' | 'á' | 'â' | 'ä' | 'ã' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    };
    text.to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(base)
        .collect()
}

/// The cluster that a word means, by its name or its usual short forms.
pub(super) fn cluster(text: &str) -> Option<Cluster> {
    if let Ok(cluster) = text.parse() {
        return Some(cluster);
    }
    Some(match plain(text).as_str() {
        "cccm" | "campcoordination" | "campmanagement" => Cluster::CampCoordination,
        "recovery" | "relevementprecoce" | "recuperaciontemprana" => Cluster::EarlyRecovery,
        "edu" | "educacion" | "educationenurgence" => Cluster::Education,
        "etc" | "telecommunications" | "telecomunicaciones" | "telecommunicationsdurgence" => {
            Cluster::Telecommunications
        }
        "fsc" | "fsl" | "food" | "securitealimentaire" | "seguridadalimentaria" => {
            Cluster::FoodSecurity
        }
        "hea" | "sante" | "salud" => Cluster::Health,
        "log" | "logistique" | "logistica" => Cluster::Logistics,
        "nut" | "nutricion" => Cluster::Nutrition,
        "pro" | "proteccion" => Cluster::Protection,
        "shelternfi" | "shelterandnfi" | "abris" | "abri" | "albergues" | "alojamiento" => {
            Cluster::Shelter
        }
        "wash" | "eah" | "eha" | "ash" | "watersanitationhygiene" | "aguasaneamientoehigiene" => {
            Cluster::Water
        }
        _ => return None,
    })
}

/// The status that a word means.
pub(super) fn status(text: &str) -> Option<ActivityStatus> {
    if let Ok(status) = text.parse() {
        return Some(status);
    }
    Some(match plain(text).as_str() {
        "prevu" | "planifie" | "planificado" | "planificada" => ActivityStatus::Planned,
        "inprogress" | "active" | "encours" | "encurso" | "activo" | "activa" => {
            ActivityStatus::Ongoing
        }
        "complete" | "finished" | "done" | "termine" | "acheve" | "completado" | "completada"
        | "finalizado" | "finalizada" => ActivityStatus::Completed,
        "onhold" | "paused" | "suspendu" | "suspendido" | "suspendida" => ActivityStatus::Suspended,
        "canceled" | "annule" | "cancelado" | "cancelada" => ActivityStatus::Cancelled,
        _ => return None,
    })
}

/// The capability that a word means.
pub(super) fn capability(text: &str) -> Option<Capability> {
    text.parse().ok()
}

/// ISO 3166-1 alpha-2 for a code of two or three letters, or an English name.
pub(super) fn country(text: &str) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    if upper.len() == 2 && upper.bytes().all(|b| b.is_ascii_uppercase()) {
        return Some(upper);
    }
    if upper.len() == 3 {
        return rust_iso3166::from_alpha3(&upper).map(|c| c.alpha2.to_string());
    }
    names().get(&plain(text)).map(ToString::to_string)
}

/// Codes of countries by their names, and by what stands before a bracket in these if that means one country:
/// `Venezuela (Bolivarian Republic of)`. Made once, as a table may name one in each of its rows.
fn names() -> &'static HashMap<String, &'static str> {
    static NAMES: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut short: HashMap<String, Option<&'static str>> = HashMap::new();
        for country in rust_iso3166::ALL {
            if let Some((before, _)) = country.name.split_once('(') {
                let code = short.entry(plain(before));
                code.and_modify(|code| *code = None)
                    .or_insert(Some(country.alpha2));
            }
        }
        let short = short
            .into_iter()
            .filter_map(|(name, code)| Some((name, code?)));
        let mut names: HashMap<String, &'static str> = short.collect();
        // A whole name says more than the beginning of another.
        let whole = rust_iso3166::ALL.iter();
        names.extend(whole.map(|country| (plain(country.name), country.alpha2)));
        names
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_three_languages_mean_one_thing() {
        for (text, meant) in [
            ("WASH", Cluster::Water),
            ("Salud", Cluster::Health),
            ("Éducation", Cluster::Education),
            ("Educación", Cluster::Education),
            ("Food Security", Cluster::FoodSecurity),
            ("Sécurité alimentaire", Cluster::FoodSecurity),
        ] {
            let found = cluster(text).or_else(|| cluster(&plain(text)));
            assert_eq!(found, Some(meant), "{text}");
        }
        assert_eq!(cluster("police"), None);
        assert_eq!(status("En cours"), Some(ActivityStatus::Ongoing));
        assert_eq!(status("begun"), None);
    }

    #[test]
    fn a_country_is_known_by_two_letters_three_or_its_name() {
        for (text, code) in [
            ("co", "CO"),
            ("COL", "CO"),
            ("Colombia", "CO"),
            ("PAN", "PA"),
            ("Panamá", "PA"),
            ("Venezuela", "VE"),
        ] {
            assert_eq!(country(text).as_deref(), Some(code), "{text}");
        }
        // Invented countries have a code too.
        assert_eq!(country("VR").as_deref(), Some("VR"));
        assert_eq!(country("XYZ"), None);
        assert_eq!(country("Varenia"), None);
        assert_eq!(country("Korea"), None);
    }
}
