//! Which fields of a structured value go into which columns: paths merged into a tree.

use std::collections::HashMap;

use super::Places;
use super::builder::Builder;
use crate::config::Path;

/// The fields of one object that are wanted.
#[derive(Debug, Default)]
pub struct Fields {
    names: HashMap<String, usize>,
    order: Vec<String>,
    targets: Vec<Target>,
}

/// What becomes of a field.
#[derive(Debug)]
pub enum Target {
    /// Its value goes into a column.
    Column(usize),
    /// It is an object, some of whose fields are wanted.
    Object(Fields),
    /// It is a list; each element becomes a row.
    Elements(Box<Target>),
    /// More than one of these.
    Several(Vec<Target>),
    /// Nothing of it is wanted.
    Nothing,
}

impl Fields {
    /// The tree of columns, given by their numbers, names and paths. The list at `explode`, where
    /// there is one, becomes rows.
    pub fn new<'a>(
        columns: impl Iterator<Item = (usize, &'a str, &'a Path)>,
        explode: Option<&[String]>,
    ) -> Self {
        let mut tree = Tree::default();
        for (index, name, path) in columns {
            match path {
                Path::Fields(path) => tree.at(path).columns.push(index),
                Path::Name => {
                    let path: Vec<String> = name.split('.').map(String::from).collect();
                    // What is read of each element is not a field of the outermost object too.
                    if path.len() == 1 || explode.is_none_or(|list| !path.starts_with(list)) {
                        tree.at(&[name.to_string()]).columns.push(index);
                    }
                    if path.len() > 1 {
                        tree.at(&path).columns.push(index);
                    }
                }
            }
        }
        if let Some(path) = explode {
            tree.at(path).explode = true;
        }
        tree.fields()
    }

    /// The number of a field. `guess` is looked at first: records of one producer have their
    /// fields in one order.
    #[inline]
    pub fn find(&self, name: &str, guess: usize) -> Option<usize> {
        if self.order.get(guess).is_some_and(|guess| guess == name) {
            return Some(guess);
        }
        self.names.get(name).copied()
    }

    /// What becomes of the field of this number.
    #[inline]
    pub fn target(&self, field: usize) -> &Target {
        &self.targets[field]
    }

    /// All fields that are wanted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.order.iter().map(String::as_str).zip(&self.targets)
    }

    /// What becomes of the field of this name.
    pub fn by_name(&self, name: &str) -> Option<&Target> {
        self.names.get(name).map(|&field| &self.targets[field])
    }
}

/// Which columns have one value a record, and which have one for each element of a list.
#[derive(Debug)]
pub struct Layout {
    shared: Vec<usize>,
    /// `None` where no list becomes rows.
    elements: Option<Vec<usize>>,
}

impl Layout {
    /// The layout of columns, where the list at `explode` becomes rows.
    pub fn new(columns: &Places<'_>, explode: Option<&[String]>) -> Self {
        let elements = explode.map(|list| of_elements(columns, list));
        let is_shared = |i: &usize| elements.as_ref().is_none_or(|e| !e.contains(i));
        Self { shared: columns.iter().map(|(i, ..)| *i).filter(is_shared).collect(), elements }
    }

    /// The columns of elements.
    pub fn elements(&self) -> &[usize] {
        self.elements.as_deref().unwrap_or_default()
    }

    /// Brings all columns to the rows of a record that was read, whose list had `count` elements;
    /// says how many rows it is.
    #[inline]
    pub fn finish(&self, out: &mut Builder, count: usize) -> usize {
        out.fill(&self.shared, out.rows() + 1);
        if self.elements.is_none() {
            return 1;
        }
        out.repeat(&self.shared, count);
        count
    }
}

/// The numbers of the columns that are read below the list of exploded elements.
fn of_elements(columns: &Places<'_>, explode: &[String]) -> Vec<usize> {
    columns
        .iter()
        .filter(|(_, name, path)| match path {
            Path::Fields(path) => path.starts_with(explode),
            Path::Name => name.split('.').take(explode.len()).eq(explode.iter()),
        })
        .map(|(index, ..)| *index)
        .collect()
}

/// A node while the tree is built.
#[derive(Default)]
struct Tree {
    columns: Vec<usize>,
    explode: bool,
    inner: Vec<(String, Tree)>,
}

impl Tree {
    fn at(&mut self, path: &[String]) -> &mut Tree {
        let [first, rest @ ..] = path else { return self };
        let place = match self.inner.iter().position(|(name, _)| name == first) {
            Some(place) => place,
            None => {
                self.inner.push((first.clone(), Tree::default()));
                self.inner.len() - 1
            }
        };
        self.inner[place].1.at(rest)
    }

    fn fields(self) -> Fields {
        let mut fields = Fields::default();
        for (name, tree) in self.inner {
            fields.names.insert(name.clone(), fields.order.len());
            fields.order.push(name);
            fields.targets.push(tree.target());
        }
        fields
    }

    fn target(mut self) -> Target {
        let mut targets: Vec<Target> =
            std::mem::take(&mut self.columns).into_iter().map(Target::Column).collect();
        let explode = self.explode;
        if !self.inner.is_empty() {
            targets.push(Target::Object(self.fields()));
        }
        let target = match targets.len() {
            0 => Target::Nothing,
            1 => targets.remove(0),
            _ => Target::Several(targets),
        };
        if explode { Target::Elements(Box::new(target)) } else { target }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<String> {
        text.split('.').map(String::from).collect()
    }

    #[test]
    fn paths_share_their_beginnings() {
        let (inner, same) = (Path::Fields(path("b.d")), Path::Fields(path("a")));
        let element = Path::Fields(path("l.v"));
        let columns = [
            (0, "a", &Path::Name),
            (1, "b.c", &Path::Name),
            (2, "x", &inner),
            (3, "y", &same),
            (4, "z", &element),
        ];
        let fields = Fields::new(columns.iter().copied(), Some(&path("l")));
        assert!(matches!(fields.by_name("a"), Some(Target::Several(both)) if both.len() == 2));
        // A field whose name has the dots in it is found as well.
        assert!(matches!(fields.by_name("b.c"), Some(Target::Column(1))));
        let Some(Target::Object(inner)) = fields.by_name("b") else { panic!("no object") };
        assert!(matches!(inner.by_name("c"), Some(Target::Column(1))));
        assert!(matches!(inner.by_name("d"), Some(Target::Column(2))));
        assert!(matches!(fields.by_name("l"), Some(Target::Elements(_))));
        assert_eq!(Layout::new(&columns, Some(&path("l"))).elements(), [4]);
        assert_eq!(
            (fields.find("b", 0), fields.find("b", 2), fields.find("q", 0)),
            (Some(2), Some(2), None)
        );
    }
}
