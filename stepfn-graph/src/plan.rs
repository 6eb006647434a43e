//! The plan of one level: the links that the engine places, and those that run in lanes beside the picture.

use std::collections::BTreeMap;

use crate::{
    engine::{self, GAP, Link, Placed, Route},
    geometry::{Point, Size},
    lanes::{Lane, lanes},
    order::Order,
    rows::Rows,
};

/// The number of a family's links from which they share a lane.
const SHARED: usize = 3;
/// The work that the engine may have: the number of rows that all links cross together, and the number of items. Its time grows with
/// more than the square of the former.
const MOST_ROWS_CROSSED: usize = 400;
const MOST_ITEMS: usize = 400;

/// A link, and the family that it may share a lane with: the same target, label and looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) link: Link,
    pub(crate) family: usize,
    /// Whether the family shares a lane where it is large.
    pub(crate) shares: bool,
}

/// A level that is laid out; its upper left corner is 0, 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// The middle of each item.
    pub(crate) items: Vec<Point>,
    /// The way of each link; none for those in lanes.
    pub(crate) routes: Vec<Option<Route>>,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) size: Size,
}

/// Lays out a level.
pub(crate) fn plan(items: &[Size], members: &[Member]) -> Plan {
    let links: Vec<Link> = members.iter().map(|member| member.link).collect();
    let order = Order::of(items.len(), &links);
    let in_lane = choose(members, &order, items.len());
    let direct: Vec<usize> = (0..members.len()).filter(|&place| !in_lane[place]).collect();
    let direct_links: Vec<Link> = direct.iter().map(|&place| links[place]).collect();
    let placed = if items.len() > MOST_ITEMS { None } else { engine::place(items, &direct_links) };
    let (placed, direct) = match placed {
        Some(mut placed) => {
            Rows::of(items, &placed.items).straighten(items, &direct_links, &mut placed);
            (placed, direct)
        }
        None => column(items, &links, &order),
    };
    let mut routes: Vec<Option<Route>> = vec![None; members.len()];
    for (place, route) in direct.into_iter().zip(placed.routes) {
        routes[place] = Some(route);
    }
    let mut plan = Plan { items: placed.items, routes, lanes: Vec::new(), size: Size::default() };
    plan.fit(items, &links);
    let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, member) in members.iter().enumerate() {
        if plan.routes[place].is_none() {
            families.entry(member.family).or_default().push(place);
        }
    }
    if !families.is_empty() {
        let families: Vec<Vec<usize>> = families.into_values().collect();
        plan.lanes = lanes(
            &Rows::of(items, &plan.items),
            items,
            &plan.items,
            &links,
            &plan.routes,
            &families,
            plan.size.width,
        );
        plan.fit(items, &links);
    }
    plan
}

/// Chooses the links that run in lanes: large families, and the longest links where the engine would have too much to do.
fn choose(members: &[Member], order: &Order, items: usize) -> Vec<bool> {
    let mut in_lane = vec![false; members.len()];
    let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, member) in members.iter().enumerate() {
        if member.shares && order.span(&member.link) > 1 {
            families.entry(member.family).or_default().push(place);
        }
    }
    for family in families.into_values().filter(|family| family.len() >= SHARED) {
        for place in family {
            in_lane[place] = true;
        }
    }
    let span = |place: usize| order.span(&members[place].link);
    let mut longest: Vec<usize> = (0..members.len()).filter(|&place| !in_lane[place]).collect();
    longest.sort_by_key(|&place| std::cmp::Reverse(span(place)));
    let mut crossed: usize = longest.iter().map(|&place| span(place)).sum();
    let most = MOST_ROWS_CROSSED.max(2 * items);
    for place in longest {
        if crossed <= most || span(place) <= 1 {
            break;
        }
        crossed -= span(place);
        in_lane[place] = true;
    }
    // The engine must know what an item comes after: one link to each stays with it.
    let mut shortest: BTreeMap<usize, usize> = BTreeMap::new();
    for (place, member) in members.iter().enumerate() {
        let best = shortest.entry(member.link.to).or_insert(place);
        if (in_lane[place], span(place)) < (in_lane[*best], span(*best)) {
            *best = place;
        }
    }
    for place in shortest.into_values() {
        in_lane[place] = false;
    }
    in_lane
}

/// Places all items one below the other: for pictures that are too large for the engine. Only links to the next item are direct.
fn column(items: &[Size], links: &[Link], order: &Order) -> (Placed, Vec<usize>) {
    let mut place_of = vec![0; items.len()];
    for (place, &item) in order.items.iter().enumerate() {
        place_of[item] = place;
    }
    let mut direct: BTreeMap<usize, usize> = BTreeMap::new();
    for (place, link) in links.iter().enumerate() {
        if place_of[link.to] == place_of[link.from] + 1 {
            direct.entry(link.from).or_insert(place);
        }
    }
    let mut placed = Placed { items: vec![Point::default(); items.len()], routes: Vec::new() };
    let mut y = 0.0;
    for item in &order.items {
        let height = items[*item].height;
        placed.items[*item] = Point { x: 0.0, y: y + height / 2.0 };
        let label = direct.get(item).map_or(0.0, |&place| links[place].label.height);
        y += height + 2.0 * GAP + label;
    }
    let direct: Vec<usize> = direct.into_values().collect();
    for &place in &direct {
        let link = &links[place];
        let (from, to) = (placed.items[link.from], placed.items[link.to]);
        let points = vec![
            Point { x: 0.0, y: from.y + items[link.from].height / 2.0 },
            Point { x: 0.0, y: to.y - items[link.to].height / 2.0 },
        ];
        let label = (link.label.width > 0.0).then(|| Point { x: 0.0, y: (points[0].y + points[1].y) / 2.0 });
        placed.routes.push(Route { points, label });
    }
    (placed, direct)
}

impl Plan {
    /// Moves everything so that it begins at 0, 0, and takes the size of it.
    fn fit(&mut self, items: &[Size], links: &[Link]) {
        let none = Size::default();
        let mut low = Point { x: f64::INFINITY, y: f64::INFINITY };
        let mut high = Point { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY };
        let mut take = |center: Point, size: Size| {
            low = Point {
                x: low.x.min(center.x - size.width / 2.0),
                y: low.y.min(center.y - size.height / 2.0),
            };
            high = Point {
                x: high.x.max(center.x + size.width / 2.0),
                y: high.y.max(center.y + size.height / 2.0),
            };
        };
        for (center, size) in self.items.iter().zip(items) {
            take(*center, *size);
        }
        for (route, link) in self.routes.iter().zip(links) {
            let Some(route) = route else { continue };
            route.points.iter().for_each(|point| take(*point, none));
            route.label.iter().for_each(|point| take(*point, link.label));
        }
        for lane in &self.lanes {
            lane.points().for_each(|point| take(point, none));
            lane.label.iter().for_each(|(point, size)| take(*point, *size));
        }
        if !low.x.is_finite() {
            return;
        }
        self.size = Size { width: high.x - low.x, height: high.y - low.y };
        let by = Point { x: -low.x, y: -low.y };
        let mut shift = |point: &mut Point| *point = point.plus(by);
        self.items.iter_mut().for_each(&mut shift);
        for route in self.routes.iter_mut().flatten() {
            route.points.iter_mut().chain(&mut route.label).for_each(&mut shift);
        }
        for lane in &mut self.lanes {
            lane.points_mut().for_each(&mut shift);
        }
    }
}
