use super::*;
use crate::html::tests::{Case, place};
use serde_json::json;

#[test]
fn what_lies_close_together_is_one_spot_and_everything_is_counted() {
    let mut case = Case::default();
    for n in 0..1_000u32 {
        let (lat, lon) = (
            44.0 + f64::from(n % 40) / 40.0,
            21.0 + f64::from(n / 40) / 25.0,
        );
        let place = place(lat, lon);
        case.write(
            1,
            json!({"kind": "incident", "type": "killing", "title": "x", "place": place}),
        );
    }
    let map = Map::of(&case.state());
    assert!((10..400).contains(&map.spots.len()), "{}", map.spots.len());
    assert_eq!(map.spots.iter().map(Spot::points).sum::<u64>(), 1_000);
    for (at, a) in map.spots.iter().enumerate() {
        let rest = map.spots.iter().skip(at + 1);
        // A spot that takes in others moves a little towards them.
        for b in rest {
            assert!((a.x - b.x).hypot(a.y - b.y) > CELL / 4.0);
        }
    }
}

#[test]
fn a_place_without_a_point_is_listed_by_its_name() {
    let mut case = Case::default();
    let alert = json!({
        "kind": "alert", "headline": "x", "urgency": "expected", "severity": "extreme", "certainty": "likely",
        "area": "Lower Teres",
    });
    case.write(1, alert);
    let withdrawn = case.write(
        1,
        json!({"kind": "incident", "type": "killing", "title": "x", "place": "Dalmat"}),
    );
    case.write(
        1,
        json!({"kind": "retraction", "record": withdrawn.to_string(), "reason": "a rumour"}),
    );
    let map = Map::of(&case.state());
    assert_eq!(map.unplaced, [("Lower Teres".to_string(), 1)]);
    assert!(map.spots.is_empty());
}

#[test]
fn more_places_than_a_page_lists_are_counted() {
    let mut case = Case::default();
    for n in 0..limits::UNPLACED + 5 {
        let place = format!("Village {n}");
        case.write(
            1,
            json!({"kind": "incident", "type": "killing", "title": "x", "place": place}),
        );
    }
    let map = Map::of(&case.state());
    assert_eq!((map.unplaced.len(), map.more), (limits::UNPLACED, 5));
}
