//! The text of an expression as tokens.

use super::error::Fault;

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// Digits with an optional point and exponent, as they stand there.
    Number(String),
    /// Text in single quotes, without them.
    Text(String),
    /// A column in double quotes, without them.
    Column(String),
    /// A keyword, or the name of a function or of a variable.
    Word(String),
    /// An operator or a bracket.
    Symbol(&'static str),
    /// The end of the text.
    End,
}

impl Token {
    /// The token as messages name it.
    pub fn describe(&self) -> String {
        const MOST: usize = 30;
        let text = match self {
            Token::Number(text) | Token::Word(text) => text.clone(),
            Token::Text(text) => format!("'{text}'"),
            Token::Column(name) => format!("\"{name}\""),
            Token::Symbol(symbol) => format!("\"{symbol}\""),
            Token::End => return "the end".to_owned(),
        };
        match text.char_indices().nth(MOST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }
}

/// Symbols, the longer before those that they begin with.
const SYMBOLS: [&str; 26] = [
    ":=", "||", "&&", "==", "!=", "<>", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "%", "^",
    "(", ")", "{", "}", ",", ";", "?", ":", "!",
];

/// The tokens of `text` with the byte at which each begins; the last one is the end.
///
/// Space, `// …` to the end of a line and `/* … */` stand between tokens. A quote within
/// quotes is doubled.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, Fault> {
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else {
            out.push((Token::End, at));
            return Ok(out);
        };
        let (token, length) = if first.is_whitespace() || first == '\u{feff}' {
            at += first.len_utf8();
            continue;
        } else if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        } else if rest.starts_with("/*") {
            let end = rest.find("*/");
            at += end.ok_or_else(|| Fault::new(at, "a comment that does not end"))? + 2;
            continue;
        } else if first == '\'' {
            let (inner, length) = quoted(rest, '\'', at)?;
            (Token::Text(inner), length)
        } else if first == '"' {
            let (inner, length) = quoted(rest, '"', at)?;
            (Token::Column(inner), length)
        } else if first.is_ascii_digit()
            || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            let length = number(rest);
            (Token::Number(rest[..length].to_owned()), length)
        } else if first.is_alphabetic() || first == '_' {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let length = rest.find(|c| !word(c)).unwrap_or(rest.len());
            (Token::Word(rest[..length].to_owned()), length)
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            (Token::Symbol(symbol), symbol.len())
        } else {
            return Err(Fault::new(at, format!("unexpected character {first:?}")));
        };
        out.push((token, at));
        at += length;
    }
}

/// What stands in quotes, and how many bytes it takes with them.
fn quoted(rest: &str, quote: char, at: usize) -> Result<(String, usize), Fault> {
    let mut inner = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((offset, character)) = characters.next() {
        if character != quote {
            inner.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == quote) {
            characters.next();
            inner.push(quote);
        } else {
            return Ok((inner, offset + 1));
        }
    }
    let what = if quote == '"' { "a column's name" } else { "a text" };
    Err(Fault::new(at, format!("{what} that does not end")).expected(format!("a closing {quote}")))
}

/// The length of the number at the front.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits =
        |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    end
}

/// The name that the comment on the first line gives an expression.
pub fn name_in(text: &str) -> Option<&str> {
    let first = text.lines().next()?.trim().strip_prefix("//")?.trim();
    (!first.is_empty()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Token> {
        let mut tokens: Vec<Token> = tokens(text).unwrap().into_iter().map(|(t, _)| t).collect();
        assert_eq!(tokens.pop(), Some(Token::End));
        tokens
    }

    #[test]
    fn tokens_are_told_apart() {
        use Token::*;
        let word = |w: &str| Word(w.to_owned());
        assert_eq!(
            read("// name\nvar x:=\"a\"\"b\"<>'it''s'; /* no */ x_1!=.5e-3"),
            [
                word("var"),
                word("x"),
                Symbol(":="),
                Column("a\"b".to_owned()),
                Symbol("<>"),
                Text("it's".to_owned()),
                Symbol(";"),
                word("x_1"),
                Symbol("!="),
                Number(".5e-3".to_owned())
            ]
        );
        assert_eq!(read("1e"), [Number("1".to_owned()), word("e")]);
        assert_eq!(read("''"), [Text(String::new())]);
    }

    #[test]
    fn what_does_not_end_is_an_error_at_its_beginning() {
        for text in ["1 + 'a", "1 + \"a", "1 + /* a", "1 + #"] {
            assert_eq!(tokens(text).unwrap_err().offset, 4, "{text}");
        }
    }

    #[test]
    fn the_first_line_names_an_expression() {
        assert_eq!(name_in("// Profit  \n1"), Some("Profit"));
        assert_eq!(name_in("1 // one"), None);
        assert_eq!(name_in("//\n1"), None);
    }
}
