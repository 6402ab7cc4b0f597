//! Shortcodes of Zola and Hugo as Markdown, or as shortcodes here.

use std::collections::BTreeMap;

use super::plan::Plan;

/// Translates the shortcodes that are known in a body, outside blocks of code. Others stay as they are.
pub(super) fn translate(body: &str, file: &str, plan: &Plan) -> String {
    let mut out = String::with_capacity(body.len());
    let mut fence: Option<&str> = None;
    let mut rest = body;
    while !rest.is_empty() {
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = rest[..end].trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        // A line of code, or a line without a shortcode, is copied.
        let start = rest[..end].find(['{']).filter(|_| fence.is_none() && mark.is_none());
        let Some((at, call)) = start.and_then(|from| next_call(rest, from, end)) else {
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        };
        out.push_str(&rest[..at]);
        let after = &rest[at + call.length..];
        let (text, used) =
            call.markdown(after, file, plan).unwrap_or_else(|| (rest[at..at + call.length].to_owned(), 0));
        out.push_str(&text);
        rest = &after[used..];
    }
    out
}

/// A call of a shortcode.
struct Call<'a> {
    name: &'a str,
    /// Named arguments, and the others under their position.
    arguments: BTreeMap<String, String>,
    length: usize,
    is_hugo: bool,
}

/// Returns the first call that begins on the first line of a text, with its position.
fn next_call(text: &str, from: usize, line_end: usize) -> Option<(usize, Call<'_>)> {
    let opens = ["{{<", "{{%", "{{", "{%"];
    let starts = text[from..line_end].match_indices('{').map(|(at, _)| from + at);
    starts.into_iter().find_map(|at| {
        let open = opens.iter().find(|open| text[at..].starts_with(**open))?;
        let close = match *open {
            "{{<" => ">}}",
            "{{%" => "%}}",
            "{{" => "}}",
            _ => "%}",
        };
        let inner = &text[at + open.len()..];
        let inner = &inner[..inner.find(close)?];
        let length = open.len() + inner.len() + close.len();
        let is_hugo = open.len() == 3;
        let inner = inner.trim().trim_matches('-').trim();
        let name_end = inner
            .find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '/'))
            .unwrap_or(inner.len());
        let (name, given) = inner.split_at(name_end);
        let given = given.trim();
        let is_call = is_hugo || (given.starts_with('(') && given.ends_with(')')) || name == "end";
        if name.is_empty() || !is_call || inner.starts_with("/*") {
            return None;
        }
        let given = given.trim_start_matches('(').trim_end_matches(')');
        Some((at, Call { name, arguments: arguments(given), length, is_hugo }))
    })
}

/// Reads `name="value"`, `name=value` and plain values, separated by spaces or commas.
fn arguments(text: &str) -> BTreeMap<String, String> {
    let mut arguments = BTreeMap::new();
    let mut rest = text.trim_start_matches([' ', ',', '\n', '\t']);
    while !rest.is_empty() {
        let name_end =
            rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(rest.len());
        let after = rest[name_end..].trim_start();
        let (name, value) = match after.strip_prefix('=') {
            Some(value) if name_end > 0 => (rest[..name_end].to_owned(), value.trim_start()),
            _ => (arguments.len().to_string(), rest),
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        let (value, further) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_at(value.find([' ', ',', '\n', '\t']).unwrap_or(value.len())),
        };
        arguments.insert(name, value.to_owned());
        rest = further.trim_start_matches([' ', ',', '\n', '\t']);
    }
    arguments
}

impl Call<'_> {
    fn get(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.arguments.get(*name)).map(String::as_str)
    }

    /// Returns the Markdown for the call, and how much of the text after it is part of it.
    fn markdown(&self, after: &str, file: &str, plan: &Plan) -> Option<(String, usize)> {
        let quoted =
            |text: &str| toml::Value::from(text.split_whitespace().collect::<Vec<_>>().join(" ")).to_string();
        Some(match self.name {
            "ref" | "relref" => (plan.refer(self.get(&["path", "0"])?, file)?, 0),
            "figure" | "image" | "img" | "imgproc" | "resize_image" => {
                let src = self.get(&["src", "path", "url", "0"])?;
                let caption = self.get(&["caption", "title"]).filter(|caption| !caption.is_empty());
                let alt = self.get(&["alt", "1"]).or(caption)?;
                if src.starts_with("http") {
                    return Some((format!("[{}]({src})", caption.unwrap_or(alt)), 0));
                }
                let caption = caption.filter(|caption| *caption != alt);
                let caption =
                    caption.map_or_else(String::new, |caption| format!(", caption={}", quoted(caption)));
                (format!("\n{{{{ figure(src={}, alt={}{caption}) }}}}\n", quoted(src), quoted(alt)), 0)
            }
            "youtube" => (
                format!("[Video op YouTube](https://www.youtube.com/watch?v={})", self.get(&["id", "0"])?),
                0,
            ),
            "vimeo" => (format!("[Video op Vimeo](https://vimeo.com/{})", self.get(&["id", "0"])?), 0),
            "gist" => {
                let address = match (self.get(&["url"]), self.get(&["0"]), self.get(&["1"])) {
                    (Some(url), ..) => url.to_owned(),
                    (None, Some(user), Some(id)) => format!("https://gist.github.com/{user}/{id}"),
                    _ => return None,
                };
                (format!("[Code op GitHub]({address})"), 0)
            }
            "highlight" if self.is_hugo => {
                let (code, length) = self.body(after)?;
                let language = self.get(&["lang", "0"]).unwrap_or_default();
                (format!("```{language}\n{}\n```\n", code.trim_matches('\n')), length)
            }
            "quote" | "blockquote" => {
                let (text, length) = self.body(after)?;
                let author =
                    self.get(&["author", "0"]).map_or_else(String::new, |author| format!("\n\n— {author}"));
                let quoted: Vec<String> = (text.trim().to_owned() + &author)
                    .lines()
                    .map(|line| format!("> {line}").trim_end().to_owned())
                    .collect();
                (format!("\n{}\n", quoted.join("\n")), length)
            }
            _ => return None,
        })
    }

    /// Returns the text up to the end of a block, and the length of the text with that end.
    fn body<'t>(&self, after: &'t str) -> Option<(&'t str, usize)> {
        let ends = match self.is_hugo {
            true => vec![
                format!("{{{{< /{} >}}}}", self.name),
                format!("{{{{</{}>}}}}", self.name),
                format!("{{{{</ {} >}}}}", self.name),
                format!("{{{{% /{} %}}}}", self.name),
            ],
            false => vec!["{% end %}".to_owned(), "{%end%}".to_owned()],
        };
        let (at, end) = ends.iter().filter_map(|end| Some((after.find(end.as_str())?, end))).min()?;
        Some((&after[..at], at + end.len()))
    }
}
