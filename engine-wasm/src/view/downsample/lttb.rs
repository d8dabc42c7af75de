//! Of each bucket of rows the one that makes the largest triangle with the one chosen before it and
//! the mean of the next bucket (Steinarsson: "Downsampling Time Series for Visual Representation",
//! University of Iceland 2013). The first and the last row are kept.

use super::axis::{Form, Point};
use std::ops::Range;

/// Chooses `most` of the points, which are in order; their values are the bits of floats.
pub fn choose(points: &[Point], most: usize, form: Form, out: &mut Vec<Point>) {
    if points.len() <= most {
        out.extend(points);
        return;
    }
    let last = points.len() - 1;
    out.push(points[0]);
    if most < 3 {
        out.extend((most == 2).then_some(points[last]));
        return;
    }
    let x = |point: &Point| form.distance(points[0].place.0, point.place.0);
    let y = |point: &Point| f64::from_bits(point.value);
    // All rows but the first and the last, in buckets as equal as they can be.
    let size = (last - 1) as f64 / (most - 2) as f64;
    let bucket = |number: usize| -> Range<usize> {
        let edge = |number: usize| ((number as f64 * size) as usize + 1).min(last);
        edge(number)..edge(number + 1)
    };
    let mut chosen = points[0];
    for number in 0..most - 2 {
        let next = match number + 1 < most - 2 {
            true => &points[bucket(number + 1)],
            false => &points[last..],
        };
        let count = next.len() as f64;
        let mean_x = next.iter().map(x).sum::<f64>() / count;
        let mean_y = next.iter().map(y).sum::<f64>() / count;
        let (from_x, from_y) = (x(&chosen), y(&chosen));
        let mut largest = -1.0;
        for point in &points[bucket(number)] {
            let area =
                (from_x - mean_x) * (y(point) - from_y) - (from_x - x(point)) * (mean_y - from_y);
            // Of distances beyond all floats the first one is as good as any.
            if area.abs() > largest || largest < 0.0 {
                (chosen, largest) = (*point, area.abs());
            }
        }
        out.push(chosen);
    }
    out.push(points[last]);
}
