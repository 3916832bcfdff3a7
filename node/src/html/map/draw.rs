//! The map as SVG. Nothing in it was written by a person: names stand in the list beside it.

use super::{
    Exactness, Map, Spot,
    projection::{HEIGHT, WIDTH, wrapped},
};
use focal_protocol::record::Kind;
use maud::{Markup, html};

/// Radius of a spot with one record, and of the largest.
const RADIUS: (f64, f64) = (5.0, 12.0);

/// What a marker stands for, by its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Incident,
    Alert,
    Report,
    Response,
}

impl Shape {
    const ALL: [Self; 4] = [Self::Incident, Self::Alert, Self::Report, Self::Response];

    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Incident => Self::Incident,
            Kind::Alert => Self::Alert,
            Kind::Activity | Kind::Request | Kind::Pledge | Kind::Convening => Self::Response,
            _ => Self::Report,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Alert => "alert",
            Self::Report => "report",
            Self::Response => "response",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Incident => "incidents",
            Self::Alert => "alerts",
            Self::Report => "situation reports",
            Self::Response => "requests, activities, meetings",
        }
    }
}

fn px(value: f64) -> String {
    format!("{value:.1}")
}

/// The outline of a shape around a point.
fn outline(shape: Shape, x: f64, y: f64, r: f64) -> String {
    let corner = |dx: f64, dy: f64| format!("{},{}", px(x + dx * r), px(y + dy * r));
    let corners: Vec<String> = match shape {
        Shape::Alert => [(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)]
            .map(|(a, b)| corner(a, b))
            .into(),
        Shape::Report => [(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)]
            .map(|(a, b)| corner(a, b))
            .into(),
        _ => [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
            .map(|(a, b)| corner(a, b))
            .into(),
    };
    corners.join(" ")
}

fn marker(shape: Shape, exactness: Exactness, x: f64, y: f64, r: f64) -> Markup {
    let class = match exactness {
        Exactness::Area => format!("{} open", shape.class()),
        _ => shape.class().to_string(),
    };
    html! {
        @if exactness != Exactness::Exact {
            @let wide = if exactness == Exactness::Near { r + 3.5 } else { r + 7.0 };
            circle.halo.(shape.class()) cx=(px(x)) cy=(px(y)) r=(px(wide)) {}
        }
        @if shape == Shape::Incident {
            circle class=(class) cx=(px(x)) cy=(px(y)) r=(px(r)) {}
        } @else {
            polygon class=(class) points=(outline(shape, x, y, r)) {}
        }
    }
}

impl Spot {
    fn shape(&self) -> Shape {
        // What is gravest gives the shape; the list names the rest.
        let shapes = self.kinds.keys().map(|kind| Shape::of(*kind));
        shapes.min().unwrap_or(Shape::Report)
    }

    fn radius(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "records are far fewer")]
        let n = self.points() as f64;
        (RADIUS.0 + 1.6 * n.max(1.0).ln()).min(RADIUS.1)
    }
}

/// The map. The list that stands beside it says the same in words.
pub(in super::super) fn svg(map: &Map) -> Markup {
    let p = &map.projection;
    let (km, bar) = p.scale_bar();
    let degrees = |value: f64, letters: (char, char)| {
        let letter = if value < 0.0 { letters.1 } else { letters.0 };
        let text = format!("{:.2}", value.abs());
        let text = text.trim_end_matches('0').trim_end_matches('.').to_string();
        format!("{text}° {letter}")
    };
    html! {
        svg.map role="img" aria-labelledby="map-title" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) {
            title #map-title { "Map of " (map.spots.len()) " spots; the table after it lists them" }
            rect.ground x="0.5" y="0.5" width=(px(WIDTH - 1.0)) height=(px(HEIGHT - 1.0)) {}
            @for lon in p.meridians() {
                @let x = p.x(lon);
                line.grid x1=(px(x)) y1="0" x2=(px(x)) y2=(px(HEIGHT)) {}
                text.tick x=(px(x + 3.0)) y="12" { (degrees(wrapped(lon), ('E', 'W'))) }
            }
            @for lat in p.parallels() {
                @let y = p.y(lat);
                line.grid x1="0" y1=(px(y)) x2=(px(WIDTH)) y2=(px(y)) {}
                text.tick x="4" y=(px(y - 3.0)) { (degrees(lat, ('N', 'S'))) }
            }
            // The smaller ones on top.
            @for (at, spot) in map.spots.iter().enumerate() {
                @let exactness = spot.exactness.first().copied().unwrap_or(Exactness::Near);
                @let r = spot.radius();
                g.spot {
                    (marker(spot.shape(), exactness, spot.x, spot.y, r))
                    text.number x=(px(spot.x + r + 3.0)) y=(px(spot.y - r + 1.0)) { (at + 1) }
                }
            }
            @let right = WIDTH - 16.0;
            line.scale x1=(px(right - bar)) y1=(px(HEIGHT - 14.0)) x2=(px(right)) y2=(px(HEIGHT - 14.0)) {}
            line.scale x1=(px(right - bar)) y1=(px(HEIGHT - 18.0)) x2=(px(right - bar)) y2=(px(HEIGHT - 10.0)) {}
            line.scale x1=(px(right)) y1=(px(HEIGHT - 18.0)) x2=(px(right)) y2=(px(HEIGHT - 10.0)) {}
            text.tick x=(px(right - bar / 2.0)) y=(px(HEIGHT - 20.0)) text-anchor="middle" { (km) " km" }
        }
    }
}

/// What the signs mean.
pub(in super::super) fn legend() -> Markup {
    let sign = |drawn: Markup, text: &str| {
        html! {
            li {
                svg aria-hidden="true" width="26" height="26" viewBox="0 0 26 26" { (drawn) }
                span { (text) }
            }
        }
    };
    html! {
        ul.legend {
            @for shape in Shape::ALL {
                (sign(marker(shape, Exactness::Exact, 13.0, 13.0, 5.0), shape.name()))
            }
            (sign(marker(Shape::Incident, Exactness::Near, 13.0, 13.0, 5.0), "near the point"))
            (sign(marker(Shape::Incident, Exactness::Area, 13.0, 13.0, 5.0), "within an area"))
        }
    }
}
