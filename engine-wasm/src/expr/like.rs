//! `like`: patterns of which `%` stands for any characters and `_` for one.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Char(char),
}

/// Whether `pattern` describes all of `text`. A backslash takes `%`, `_` and itself as they
/// are.
pub(super) fn like(text: &str, pattern: &str, ignore_case: bool) -> bool {
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    let fold = |c: char| if ignore_case { lower(c) } else { c };
    let mut parts = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        parts.push(match character {
            '%' => Part::Any,
            '_' => Part::One,
            '\\' => Part::Char(fold(characters.next().unwrap_or('\\'))),
            other => Part::Char(fold(other)),
        });
    }
    let text: Vec<char> = text.chars().map(fold).collect();
    let (mut at, mut part) = (0, 0);
    // Where to go on when what follows the last `%` does not fit: it takes one more.
    let mut retry = None;
    while at < text.len() {
        match parts.get(part) {
            Some(Part::Any) => {
                retry = Some((at, part));
                part += 1;
                continue;
            }
            Some(Part::One) => {}
            Some(Part::Char(wanted)) if *wanted == text[at] => {}
            _ => match retry {
                Some((from, any)) => {
                    retry = Some((from + 1, any));
                    (at, part) = (from + 1, any + 1);
                    continue;
                }
                None => return false,
            },
        }
        at += 1;
        part += 1;
    }
    parts[part..].iter().all(|part| *part == Part::Any)
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn patterns_describe_the_whole_text() {
        for (text, pattern) in [
            ("abc", "abc"),
            ("abc", "a%"),
            ("abc", "%c"),
            ("abc", "_b_"),
            ("", "%"),
            ("", ""),
            ("aXbXc", "a%X%c"),
            ("a%", "a\\%"),
            ("äö", "__"),
            ("aab", "%ab"),
            ("abc", "%%"),
        ] {
            assert!(like(text, pattern, false), "{text} like {pattern}");
        }
        for (text, pattern) in
            [("abc", "ab"), ("abc", "b%"), ("abc", "____"), ("", "_"), ("ab", "a\\%"), ("A", "a")]
        {
            assert!(!like(text, pattern, false), "{text} not like {pattern}");
        }
        assert!(like("ÄB", "äb", true));
    }
}
