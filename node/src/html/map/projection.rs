//! From degrees to the drawing: an equirectangular projection that is true to scale in the middle of what is shown.

use focal_protocol::record::Point;

/// Size of the drawing.
pub(super) const WIDTH: f64 = 680.0;
pub(super) const HEIGHT: f64 = 400.0;
/// Room around the points, for markers and the labels of the graticule.
const MARGIN: f64 = 44.0;
/// The smallest part of the Earth that is shown, degrees of latitude: a single point is shown with some 20 km around it.
const LEAST: f64 = 0.2;
/// Kilometres of one degree of latitude.
const DEGREE: f64 = 111.2;

/// Where the drawing's middle is, and its scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Projection {
    lat: f64,
    lon: f64,
    /// Units for one degree of latitude.
    scale: f64,
    /// Units for one degree of longitude.
    across: f64,
    /// Longitudes smaller than this lie one turn further east: points on both sides of 180° stand together.
    west: f64,
}

impl Default for Projection {
    fn default() -> Self {
        Self::around(&[])
    }
}

/// A longitude between -180° and 180°.
pub(super) fn wrapped(lon: f64) -> f64 {
    if lon > 180.0 { lon - 360.0 } else { lon }
}

impl Projection {
    /// Shows all of these points as large as there is room.
    pub(super) fn around(points: &[Point]) -> Self {
        let mut lons: Vec<f64> = points.iter().map(|p| p.lon).collect();
        lons.sort_by(f64::total_cmp);
        let west = widest_gap(&lons);
        let lons = lons.iter().map(|lon| turned(*lon, west));
        let (left, right) = bounds(lons);
        let (bottom, top) = bounds(points.iter().map(|p| p.lat));
        let lat = f64::midpoint(bottom, top);
        // Near a pole a degree of longitude is nothing: the drawing stays finite.
        let shrink = lat.to_radians().cos().max(0.05);
        let (high, wide) = (
            (top - bottom).max(LEAST),
            ((right - left) * shrink).max(LEAST),
        );
        let scale = ((HEIGHT - 2.0 * MARGIN) / high).min((WIDTH - 2.0 * MARGIN) / wide);
        Self {
            lat,
            lon: f64::midpoint(left, right),
            scale,
            across: scale * shrink,
            west,
        }
    }

    /// The longitude, one turn further east if the drawing has it there.
    pub(super) fn unwrapped(&self, lon: f64) -> f64 {
        turned(lon, self.west)
    }

    /// Where a point is in the drawing.
    pub(super) fn place(&self, point: Point) -> (f64, f64) {
        (self.x(self.unwrapped(point.lon)), self.y(point.lat))
    }

    pub(super) fn x(&self, lon: f64) -> f64 {
        WIDTH / 2.0 + (lon - self.lon) * self.across
    }

    pub(super) fn y(&self, lat: f64) -> f64 {
        HEIGHT / 2.0 - (lat - self.lat) * self.scale
    }

    /// Meridians to draw, degrees; not wrapped.
    pub(super) fn meridians(&self) -> Vec<f64> {
        let half = WIDTH / 2.0 / self.across;
        lines(self.lon - half, self.lon + half)
    }

    /// Parallels to draw, degrees.
    pub(super) fn parallels(&self) -> Vec<f64> {
        let half = HEIGHT / 2.0 / self.scale;
        lines((self.lat - half).max(-90.0), (self.lat + half).min(90.0))
    }

    /// A round number of kilometres, and its length in the drawing.
    pub(super) fn scale_bar(&self) -> (f64, f64) {
        let unit = self.scale / DEGREE;
        let most = 140.0 / unit;
        let ten = 10f64.powf(most.log10().floor());
        let km = [5.0, 2.0, 1.0].map(|n| n * ten);
        let km = km.into_iter().find(|km| *km <= most).unwrap_or(ten);
        (km, km * unit)
    }
}

fn turned(lon: f64, west: f64) -> f64 {
    if lon < west { lon + 360.0 } else { lon }
}

/// The longitude east of the widest gap between sorted ones: the western edge of what is shown.
fn widest_gap(lons: &[f64]) -> f64 {
    let (Some(first), Some(last)) = (lons.first(), lons.last()) else {
        return -180.0;
    };
    let mut west = *first;
    let mut widest = first + 360.0 - last;
    for (a, b) in lons.iter().zip(lons.iter().skip(1)) {
        if b - a > widest {
            (west, widest) = (*b, b - a);
        }
    }
    west
}

fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values
        .fold(None, |known: Option<(f64, f64)>, value| {
            let (low, high) = known.unwrap_or((value, value));
            Some((low.min(value), high.max(value)))
        })
        .unwrap_or((0.0, 0.0))
}

/// Round values between two bounds, a handful of them.
fn lines(from: f64, to: f64) -> Vec<f64> {
    const STEPS: [f64; 13] = [
        0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 45.0, 90.0,
    ];
    let step = STEPS.into_iter().find(|step| (to - from) / step <= 6.0);
    let step = step.unwrap_or(90.0);
    let first = (from / step).ceil();
    (0..8)
        .map(|n| (first + f64::from(n)) * step)
        .take_while(|value| *value <= to)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(lat: f64, lon: f64) -> Point {
        Point { lat, lon }
    }

    #[test]
    fn every_point_lies_inside_the_drawing() {
        for points in [
            vec![point(44.812, 21.377)],
            vec![point(-90.0, -180.0), point(90.0, 180.0)],
            vec![point(89.9, 0.0), point(89.8, 120.0)],
            vec![point(0.0, 0.0), point(44.0, 21.0), point(44.0, 21.0)],
        ] {
            let projection = Projection::around(&points);
            for p in &points {
                let (x, y) = projection.place(*p);
                assert!(
                    (0.0..=WIDTH).contains(&x) && (0.0..=HEIGHT).contains(&y),
                    "{x} {y}"
                );
            }
            assert!(!projection.meridians().is_empty() && !projection.parallels().is_empty());
        }
    }

    #[test]
    fn neighbours_across_the_date_line_stand_side_by_side() {
        let points = [point(-17.0, 179.5), point(-17.0, -179.5)];
        let projection = Projection::around(&points);
        let (left, right) = (projection.place(points[0]).0, projection.place(points[1]).0);
        assert!(left < right && right - left < WIDTH, "{left} {right}");
        let (km, length) = projection.scale_bar();
        assert!(
            (10.0..60.0).contains(&km) && length <= 140.0,
            "{km} {length}"
        );
        assert!((wrapped(180.5) + 179.5).abs() < 1e-9);
    }

    #[test]
    fn the_graticule_has_a_handful_of_round_lines() {
        assert_eq!(
            lines(44.7, 44.93),
            [44.7, 44.75, 44.8, 44.85, 44.9].map(|v: f64| (v / 0.05).round() * 0.05)
        );
        assert!(lines(-90.0, 90.0).len() <= 8);
    }
}
