//! Items in an order, found by their rank: a B+ tree whose branches know the weight below.
//!
//! The order is the caller's: every operation that looks for an item is handed a function
//! that says on which side of the sought one an item lies. So the tree holds bare row or
//! group numbers, and no keys. An item's weight is the number of visible rows it stands
//! for; the caller knows it too.

use std::cmp::Ordering;

const LEAF: usize = 64;
const BRANCH: usize = 32;

#[derive(Debug)]
enum Node<T> {
    Leaf(Vec<T>),
    /// Of each child its first item, its number and the weight of all in it.
    Branch {
        firsts: Vec<T>,
        children: Vec<u32>,
        weights: Vec<u64>,
    },
}

impl<T: Copy> Node<T> {
    /// The least item in it, and below it.
    fn first(&self) -> Option<T> {
        match self {
            Node::Leaf(items) => items.first().copied(),
            Node::Branch { firsts, .. } => firsts.first().copied(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Node::Leaf(items) => items.len(),
            Node::Branch { children, .. } => children.len(),
        }
    }

    fn capacity(&self) -> usize {
        match self {
            Node::Leaf(_) => LEAF,
            Node::Branch { .. } => BRANCH,
        }
    }
}

/// Items in order. All operations are O(log n) but where they say otherwise.
#[derive(Debug)]
pub struct RankTree<T> {
    nodes: Vec<Node<T>>,
    free: Vec<u32>,
    root: u32,
    weight: u64,
}

impl<T: Copy> Default for RankTree<T> {
    fn default() -> Self {
        RankTree { nodes: vec![Node::Leaf(Vec::new())], free: Vec::new(), root: 0, weight: 0 }
    }
}

impl<T: Copy> RankTree<T> {
    /// A tree of items that are in order already, in O(n).
    pub fn from_sorted(items: &[T], weight_of: impl Fn(T) -> u64) -> Self {
        let mut tree = RankTree::default();
        if items.is_empty() {
            return tree;
        }
        tree.nodes.clear();
        let mut level: Vec<(T, u32, u64)> = Vec::with_capacity(items.len() / LEAF + 1);
        for chunk in items.chunks(LEAF) {
            let weight = chunk.iter().map(|&item| weight_of(item)).sum();
            level.push((chunk[0], tree.store(Node::Leaf(chunk.to_vec())), weight));
        }
        while level.len() > 1 {
            let mut above = Vec::with_capacity(level.len() / BRANCH + 1);
            for chunk in level.chunks(BRANCH) {
                let firsts = chunk.iter().map(|&(first, ..)| first).collect();
                let children = chunk.iter().map(|&(_, child, _)| child).collect();
                let weights: Vec<u64> = chunk.iter().map(|&(.., weight)| weight).collect();
                let weight = weights.iter().sum();
                let branch = Node::Branch { firsts, children, weights };
                above.push((chunk[0].0, tree.store(branch), weight));
            }
            level = above;
        }
        (_, tree.root, tree.weight) = level[0];
        tree
    }

    /// The weight of all items.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// The first item.
    pub fn first(&self) -> Option<T> {
        self.nodes[self.root as usize].first()
    }

    /// The last item.
    pub fn last(&self) -> Option<T> {
        let mut node = &self.nodes[self.root as usize];
        loop {
            match node {
                Node::Leaf(items) => return items.last().copied(),
                Node::Branch { children, .. } => node = &self.nodes[*children.last()? as usize],
            }
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.nodes[self.root as usize].len() == 0
    }

    /// Puts `item` in its place: `side` says how another item compares to it.
    pub fn insert(
        &mut self,
        item: T,
        weight_of: impl Fn(T) -> u64,
        mut side: impl FnMut(T) -> Ordering,
    ) {
        let weight = weight_of(item);
        if let Some((sibling, sibling_weight)) =
            self.insert_below(self.root, item, &weight_of, &mut side)
        {
            let nodes = [self.root, sibling].map(|node| &self.nodes[node as usize]);
            let firsts = nodes.iter().filter_map(|node| node.first()).collect();
            let children = vec![self.root, sibling];
            let weights = vec![self.weight + weight - sibling_weight, sibling_weight];
            self.root = self.store(Node::Branch { firsts, children, weights });
        }
        self.weight += weight;
    }

    /// Takes an item out, given on which side of it others lie; returns whether it was there.
    pub fn remove(
        &mut self,
        weight_of: impl Fn(T) -> u64,
        mut side: impl FnMut(T) -> Ordering,
    ) -> bool {
        let Some(weight) = self.remove_below(self.root, &weight_of, &mut side) else {
            return false;
        };
        self.weight -= weight;
        while let Node::Branch { children, .. } = &self.nodes[self.root as usize] {
            match children[..] {
                [only] => {
                    self.discard(self.root);
                    self.root = only;
                }
                _ => break,
            }
        }
        true
    }

    /// Says that an item's weight grew by `change`, which may be negative.
    pub fn adjust(&mut self, change: i64, mut side: impl FnMut(T) -> Ordering) {
        self.weight = self.weight.wrapping_add_signed(change);
        let mut node = self.root;
        while let Node::Branch { firsts, children, weights } = &mut self.nodes[node as usize] {
            let i = child_for(firsts, &mut side);
            weights[i] = weights[i].wrapping_add_signed(change);
            node = children[i];
        }
    }

    /// Calls `visit` for the items from the one that covers `rank` on, with how far into
    /// its weight the rank lies, until it returns false.
    pub fn visit_from(
        &self,
        rank: u64,
        weight_of: impl Fn(T) -> u64,
        mut visit: impl FnMut(T, u64) -> bool,
    ) {
        self.visit_below(self.root, rank, &weight_of, &mut visit);
    }

    fn visit_below(
        &self,
        node: u32,
        mut skip: u64,
        weight_of: &impl Fn(T) -> u64,
        visit: &mut impl FnMut(T, u64) -> bool,
    ) -> bool {
        match &self.nodes[node as usize] {
            Node::Leaf(items) => {
                for &item in items {
                    let weight = weight_of(item);
                    if skip >= weight {
                        skip -= weight;
                    } else if visit(item, std::mem::take(&mut skip)) {
                        continue;
                    } else {
                        return false;
                    }
                }
            }
            Node::Branch { children, weights, .. } => {
                for (&child, &weight) in children.iter().zip(weights) {
                    if skip >= weight {
                        skip -= weight;
                    } else if !self.visit_below(child, std::mem::take(&mut skip), weight_of, visit)
                    {
                        return false;
                    }
                }
            }
        }
        true
    }

    fn insert_below(
        &mut self,
        node: u32,
        item: T,
        weight_of: &impl Fn(T) -> u64,
        side: &mut impl FnMut(T) -> Ordering,
    ) -> Option<(u32, u64)> {
        if let Node::Branch { firsts, children, .. } = &self.nodes[node as usize] {
            let i = child_for(firsts, side);
            let child = children[i];
            let split = self.insert_below(child, item, weight_of, side);
            let first = self.nodes[child as usize].first();
            let split_first = split.and_then(|(sibling, _)| self.nodes[sibling as usize].first());
            let Node::Branch { firsts, children, weights } = &mut self.nodes[node as usize] else {
                unreachable!("a branch stays one")
            };
            weights[i] += weight_of(item);
            firsts[i] = first.unwrap_or(item);
            let (sibling, sibling_weight) = split?;
            weights[i] -= sibling_weight;
            firsts.insert(i + 1, split_first.unwrap_or(item));
            children.insert(i + 1, sibling);
            weights.insert(i + 1, sibling_weight);
            if children.len() <= BRANCH {
                return None;
            }
            let at = split_point(i + 1, children.len());
            let firsts = firsts.split_off(at);
            let (children, weights) = (children.split_off(at), weights.split_off(at));
            let weight = weights.iter().sum();
            return Some((self.store(Node::Branch { firsts, children, weights }), weight));
        }
        let Node::Leaf(items) = &mut self.nodes[node as usize] else {
            unreachable!("a node that is no branch is a leaf")
        };
        let at = items.partition_point(|&other| side(other) == Ordering::Less);
        if items.len() == items.capacity() {
            // Not twice the room for one more.
            items.reserve_exact(LEAF / 4 + 1);
        }
        items.insert(at, item);
        if items.len() <= LEAF {
            return None;
        }
        let right = items.split_off(split_point(at, items.len()));
        let weight = right.iter().map(|&item| weight_of(item)).sum();
        Some((self.store(Node::Leaf(right)), weight))
    }

    /// The weight of the item taken out.
    fn remove_below(
        &mut self,
        node: u32,
        weight_of: &impl Fn(T) -> u64,
        side: &mut impl FnMut(T) -> Ordering,
    ) -> Option<u64> {
        if let Node::Branch { firsts, children, .. } = &self.nodes[node as usize] {
            let i = child_for(firsts, side);
            let child = children[i];
            let weight = self.remove_below(child, weight_of, side)?;
            let first = self.nodes[child as usize].first();
            if let Node::Branch { firsts, weights, .. } = &mut self.nodes[node as usize] {
                weights[i] -= weight;
                firsts[i] = first.unwrap_or(firsts[i]);
            }
            let len = self.nodes[child as usize].len();
            if len == 0 {
                self.unlink(node, i);
            } else if len < self.nodes[child as usize].capacity() / 4 {
                self.merge(node, i);
            }
            return Some(weight);
        }
        let Node::Leaf(items) = &mut self.nodes[node as usize] else {
            unreachable!("a node that is no branch is a leaf")
        };
        let at = items.partition_point(|&other| side(other) == Ordering::Less);
        if items.get(at).is_some_and(|&found| side(found) == Ordering::Equal) {
            return Some(weight_of(items.remove(at)));
        }
        None
    }

    /// Takes the empty child at `i` away from `parent`.
    fn unlink(&mut self, parent: u32, i: usize) {
        let Node::Branch { firsts, children, weights } = &mut self.nodes[parent as usize] else {
            return;
        };
        let child = children.remove(i);
        firsts.remove(i);
        weights.remove(i);
        self.discard(child);
        if self.nodes[parent as usize].len() == 0 {
            self.nodes[parent as usize] = Node::Leaf(Vec::new());
        }
    }

    /// Joins the child at `i` of `parent` with a neighbour, where both fit into one.
    fn merge(&mut self, parent: u32, i: usize) {
        let Node::Branch { children, .. } = &self.nodes[parent as usize] else { return };
        let fits = |left: usize| {
            let pair = children.get(left).zip(children.get(left + 1));
            let total =
                pair.map(|(&a, &b)| self.nodes[a as usize].len() + self.nodes[b as usize].len());
            total.is_some_and(|n| n <= self.nodes[children[left] as usize].capacity() * 3 / 4)
        };
        let left = match (fits(i), i > 0 && fits(i.wrapping_sub(1))) {
            (true, _) => i,
            (_, true) => i - 1,
            _ => return,
        };
        let Node::Branch { firsts, children, weights } = &mut self.nodes[parent as usize] else {
            return;
        };
        firsts.remove(left + 1);
        let (into, from) = (children[left], children.remove(left + 1));
        let weight = weights.remove(left + 1);
        weights[left] += weight;
        let from_node = std::mem::replace(&mut self.nodes[from as usize], Node::Leaf(Vec::new()));
        self.free.push(from);
        match (&mut self.nodes[into as usize], from_node) {
            (Node::Leaf(to), Node::Leaf(from)) => to.extend(from),
            (
                Node::Branch { firsts, children, weights },
                Node::Branch {
                    firsts: more_firsts,
                    children: more_children,
                    weights: more_weights,
                },
            ) => {
                firsts.extend(more_firsts);
                children.extend(more_children);
                weights.extend(more_weights);
            }
            _ => unreachable!("siblings are on one level"),
        }
    }

    /// Changes all items in a way that leaves their order and weights.
    pub fn for_each_mut(&mut self, change: impl Fn(&mut T)) {
        for node in &mut self.nodes {
            match node {
                Node::Leaf(items) => items.iter_mut().for_each(&change),
                Node::Branch { firsts, .. } => firsts.iter_mut().for_each(&change),
            }
        }
    }

    fn store(&mut self, node: Node<T>) -> u32 {
        match self.free.pop() {
            Some(place) => {
                self.nodes[place as usize] = node;
                place
            }
            None => {
                self.nodes.push(node);
                (self.nodes.len() - 1) as u32
            }
        }
    }

    fn discard(&mut self, node: u32) {
        self.nodes[node as usize] = Node::Leaf(Vec::new());
        self.free.push(node);
    }

    /// Bytes held, about: nodes are mostly between half full and full.
    pub fn memory(&self) -> usize {
        let leaf = size_of::<Node<T>>() + LEAF * size_of::<T>();
        self.nodes.capacity() * leaf + self.free.capacity() * 4
    }
}

/// Which child the sought item is in or belongs into, by the first items of all.
fn child_for<T: Copy>(firsts: &[T], side: &mut impl FnMut(T) -> Ordering) -> usize {
    firsts[1..].partition_point(|&first| side(first) != Ordering::Greater)
}

/// Where an overfull node is split: in the middle, but at the end where items arrive in
/// order, so that nodes stay full.
fn split_point(inserted: usize, len: usize) -> usize {
    if inserted + 1 == len { len - 1 } else { len / 2 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn items(tree: &RankTree<u32>, from: u64, weight_of: impl Fn(u32) -> u64) -> Vec<u32> {
        let mut out = Vec::new();
        tree.visit_from(from, weight_of, |item, _| {
            out.push(item);
            true
        });
        out
    }

    #[test]
    fn items_that_come_in_order_and_leave_in_order_take_no_more_room_than_they_need() {
        let mut tree = RankTree::default();
        for i in 0..100_000u32 {
            tree.insert(i, |_| 1, |other| other.cmp(&i));
            if i >= 1000 {
                assert!(tree.remove(|_| 1, |other| other.cmp(&(i - 1000))));
            }
        }
        assert_eq!(items(&tree, 990, |_| 1), (99_990..100_000).collect::<Vec<_>>());
        assert!(tree.nodes.len() < 100, "{} nodes for 1,000 items", tree.nodes.len());
    }

    #[test]
    fn an_item_is_found_in_as_many_comparisons_as_its_number_has_bits() {
        for bits in [10, 17] {
            let mut tree = RankTree::default();
            // Multiplied by an odd number, numbers modulo 2ⁿ come in no order.
            let items = (0..1u32 << bits).map(|i| i.wrapping_mul(0x9e37_79b1) % (1 << bits));
            items.for_each(|item| tree.insert(item, |_| 1, |other| other.cmp(&item)));
            let mut most = 0;
            for item in (0..1 << bits).step_by(37) {
                let mut count = 0;
                let found = tree.remove(
                    |_| 1,
                    |other| {
                        count += 1;
                        other.cmp(&item)
                    },
                );
                assert!(found);
                most = most.max(count);
            }
            assert!(most <= bits + 8, "{most} for 2^{bits} items");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_sorted_vector(
            start in proptest::collection::btree_set(0u32..2000, 0..600),
            changes in proptest::collection::vec((0u32..2000, any::<bool>()), 0..1500),
            rank in 0u64..3000,
        ) {
            let weight_of = |item: u32| u64::from(item % 3 + 1);
            let mut expected: Vec<u32> = start.into_iter().collect();
            let mut tree = RankTree::from_sorted(&expected, weight_of);
            for (item, inserts) in changes {
                match expected.binary_search(&item) {
                    Err(at) if inserts => {
                        expected.insert(at, item);
                        tree.insert(item, weight_of, |other| other.cmp(&item));
                    }
                    Ok(at) if !inserts => {
                        expected.remove(at);
                        prop_assert!(tree.remove(weight_of, |other| other.cmp(&item)));
                    }
                    Err(_) => prop_assert!(!tree.remove(weight_of, |other| other.cmp(&item))),
                    Ok(_) => {}
                }
            }
            prop_assert_eq!(tree.weight(), expected.iter().map(|&i| weight_of(i)).sum::<u64>());
            prop_assert_eq!(tree.first(), expected.first().copied());
            prop_assert_eq!(tree.last(), expected.last().copied());
            let mut skip = rank;
            let rest = expected.iter().position(|&item| {
                if skip >= weight_of(item) { skip -= weight_of(item); false } else { true }
            });
            prop_assert_eq!(items(&tree, rank, weight_of), &expected[rest.unwrap_or(expected.len())..]);
        }

        #[test]
        fn follows_weights_that_change(
            count in 1u32..3000,
            changes in proptest::collection::vec((0u32..3000, 1u64..50), 0..200),
            rank in 0u64..5000,
        ) {
            let all: Vec<u32> = (0..count).collect();
            let mut weights = vec![1u64; count as usize];
            let mut tree = RankTree::from_sorted(&all, |_| 1);
            for (item, weight) in changes {
                let item = item % count;
                let change = weight as i64 - weights[item as usize] as i64;
                weights[item as usize] = weight;
                tree.adjust(change, |other| other.cmp(&item));
            }
            prop_assert_eq!(tree.weight(), weights.iter().sum::<u64>());
            let mut before = 0;
            let expected = all.iter().find(|&&i| {
                let covers = rank < before + weights[i as usize];
                if !covers { before += weights[i as usize]; }
                covers
            });
            let mut found = None;
            tree.visit_from(rank, |i| weights[i as usize], |item, into| { found = Some((item, into)); false });
            prop_assert_eq!(found, expected.map(|&i| (i, rank - before)));
        }
    }
}
