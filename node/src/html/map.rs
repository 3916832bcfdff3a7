//! Where things happened: points gathered into spots that a page has room for, and drawn without anything from outside.

mod draw;
mod projection;

pub(super) use draw::{legend, svg};
use projection::Projection;

use super::limits;
use focal_protocol::{
    record::{CaseState, Kind, Place, Point, Precision, Summary},
    time::Time,
};
use std::collections::{BTreeMap, BTreeSet};

/// Side of a cell in which points become one spot, and the least distance between two spots, units of the drawing.
const CELL: f64 = 24.0;

/// How exactly a spot's points are known, most exact first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exactness {
    Exact,
    Near,
    Area,
}

impl Exactness {
    fn of(place: &Place) -> Self {
        match place.precision {
            Some(Precision::Exact) => Self::Exact,
            // Who gives a point and no precision knows about where it was.
            Some(Precision::Near) | None => Self::Near,
            Some(Precision::Adm2 | Precision::Adm1 | Precision::Country) => Self::Area,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Near => "near",
            Self::Area => "within an area",
        }
    }
}

/// Points that are drawn as one.
#[derive(Debug, Default)]
pub(super) struct Spot {
    /// In units of the drawing.
    x: f64,
    y: f64,
    /// Sums over the points.
    lat: f64,
    lon: f64,
    pub(super) kinds: BTreeMap<Kind, u64>,
    pub(super) exactness: BTreeSet<Exactness>,
    names: BTreeMap<String, u64>,
    /// When the latest of them was written.
    pub(super) latest: Time,
}

impl Spot {
    fn points(&self) -> u64 {
        self.kinds.values().sum()
    }

    /// The middle of its points.
    pub(super) fn middle(&self) -> Point {
        #[expect(clippy::cast_precision_loss, reason = "records are far fewer")]
        let n = self.points().max(1) as f64;
        Point {
            lat: self.lat / n,
            lon: projection::wrapped(self.lon / n),
        }
    }

    /// Its most frequent names, and how many others it has.
    pub(super) fn named(&self) -> (Vec<&str>, usize) {
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_by_key(|(name, n)| (std::cmp::Reverse(**n), name.as_str()));
        let most = names.iter().take(3).map(|(name, _)| name.as_str());
        (most.collect(), names.len().saturating_sub(3))
    }

    fn take(&mut self, other: Self) {
        #[expect(clippy::cast_precision_loss, reason = "records are far fewer")]
        let (mine, theirs) = (self.points() as f64, other.points() as f64);
        let all = (mine + theirs).max(1.0);
        self.x = (self.x * mine + other.x * theirs) / all;
        self.y = (self.y * mine + other.y * theirs) / all;
        self.lat += other.lat;
        self.lon += other.lon;
        for (kind, n) in other.kinds {
            *self.kinds.entry(kind).or_default() += n;
        }
        self.exactness.extend(other.exactness);
        for (name, n) in other.names {
            self.name(name, n);
        }
        self.latest = self.latest.max(other.latest);
    }

    fn name(&mut self, name: String, n: u64) {
        if self.names.len() < limits::NAMES_PER_SPOT || self.names.contains_key(&name) {
            *self.names.entry(name).or_default() += n;
        }
    }
}

/// The spots of a case.
#[derive(Debug, Default)]
pub(super) struct Map {
    projection: Projection,
    /// Those with most records first: their numbers are their places here, from 1.
    pub(super) spots: Vec<Spot>,
    /// Places that have a name or a code and no point, with the number of records there; most first.
    pub(super) unplaced: Vec<(String, u64)>,
    /// Such places that are not in the list.
    pub(super) more: usize,
}

fn point(now: &Summary) -> Option<Point> {
    now.place.as_ref().and_then(|place| place.point)
}

impl Map {
    pub(super) fn of(state: &CaseState) -> Self {
        let points: Vec<Point> = state.placed().filter_map(|(_, now)| point(&now)).collect();
        let projection = Projection::around(&points);
        drop(points);
        let mut cells: BTreeMap<(i64, i64), Spot> = BTreeMap::new();
        let mut unplaced: BTreeMap<String, u64> = BTreeMap::new();
        for (_, now) in state.placed() {
            match point(&now) {
                Some(point) => {
                    let spot = spot(&projection, point, &now);
                    #[expect(clippy::cast_possible_truncation, reason = "inside the drawing")]
                    let cell = ((spot.x / CELL) as i64, (spot.y / CELL) as i64);
                    match cells.entry(cell) {
                        std::collections::btree_map::Entry::Vacant(free) => {
                            free.insert(spot);
                        }
                        std::collections::btree_map::Entry::Occupied(mut known) => {
                            known.get_mut().take(spot);
                        }
                    }
                }
                None => {
                    if let Some(name) = now.place.as_deref().and_then(name)
                        && (unplaced.len() < limits::UNPLACED_NAMES || unplaced.contains_key(&name))
                    {
                        *unplaced.entry(name).or_default() += 1;
                    }
                }
            }
        }
        let mut unplaced: Vec<_> = unplaced.into_iter().collect();
        unplaced.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let more = unplaced.len().saturating_sub(limits::UNPLACED);
        unplaced.truncate(limits::UNPLACED);
        Self {
            spots: apart(cells.into_values().collect()),
            projection,
            unplaced,
            more,
        }
    }
}

/// What a place without a point is called.
fn name(place: &Place) -> Option<String> {
    let of = [&place.name, &place.code, &place.country];
    of.into_iter().flatten().next().cloned()
}

fn spot(projection: &Projection, point: Point, now: &Summary) -> Spot {
    let (x, y) = projection.place(point);
    let mut spot = Spot {
        x,
        y,
        lat: point.lat,
        lon: projection.unwrapped(point.lon),
        latest: now.created,
        ..Spot::default()
    };
    spot.kinds.insert(now.kind, 1);
    if let Some(place) = &now.place {
        spot.exactness.insert(Exactness::of(place));
        spot.names.extend(name(place).map(|name| (name, 1)));
    }
    spot
}

/// Spots so far from each other that none covers another: the larger takes the smaller.
fn apart(mut spots: Vec<Spot>) -> Vec<Spot> {
    // Stable, and from cells in their order: the same wherever the same points are.
    spots.sort_by_key(|spot| std::cmp::Reverse(spot.points()));
    let mut kept: Vec<Spot> = Vec::new();
    for spot in spots {
        let near = |k: &&mut Spot| (k.x - spot.x).hypot(k.y - spot.y) < CELL;
        match kept.iter_mut().find(near) {
            Some(known) => known.take(spot),
            None => kept.push(spot),
        }
    }
    kept.sort_by_key(|spot| std::cmp::Reverse(spot.points()));
    kept
}

#[cfg(test)]
mod tests;
