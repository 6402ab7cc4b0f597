//! HTML in Markdown as Markdown.

/// A piece of HTML: a tag, or text.
enum Piece<'a> {
    Tag { name: String, is_end: bool, whole: &'a str },
    Text(&'a str),
}

/// Returns a block of HTML as Markdown, or `None` if it contains a tag that Markdown has nothing for.
pub(super) fn block(html: &str) -> Option<String> {
    for (name, convert) in
        [("pre", code as fn(&str) -> Option<String>), ("table", table), ("blockquote", quote)]
    {
        if let Some((before, inner, after)) = around(html, name) {
            return Some(format!("{}\n{}\n{}", block(before)?, convert(inner)?, block(after)?));
        }
    }
    if html.trim().is_empty() {
        return Some(String::new());
    }
    plain_block(html)
}

/// Returns what is before, in and after the first element with a name, with its opening tag.
fn around<'a>(html: &'a str, name: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let is_tag =
        |at: &usize| html[at + name.len() + 1..].starts_with(|c: char| c == '>' || c.is_whitespace());
    let start = html.match_indices(&format!("<{name}")).map(|(at, _)| at).find(is_tag)?;
    let end_tag = format!("</{name}>");
    let end = start + html[start..].find(&end_tag)?;
    let inner = start + html[start..end].find('>')? + 1;
    Some((&html[..start], &html[inner..end], &html[end + end_tag.len()..]))
}

/// Returns the contents of `<pre>` as a block of code.
fn code(inner: &str) -> Option<String> {
    let texts = pieces(inner).into_iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Tag { .. } => None,
    });
    let text: String = texts.collect();
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    Some(format!("```\n{}\n```\n", text.trim_matches('\n')))
}

/// Returns the contents of `<blockquote>` as a quotation.
fn quote(inner: &str) -> Option<String> {
    let text = block(inner)?;
    Some(text.trim().lines().map(|line| format!("> {line}").trim_end().to_owned() + "\n").collect())
}

/// Returns the contents of `<table>` as a table, if each of its cells fits on a line.
fn table(inner: &str) -> Option<String> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut links = Vec::new();
    for piece in pieces(inner) {
        let cell = rows.last_mut().and_then(|row| row.last_mut());
        match piece {
            Piece::Text(text) => {
                if let Some(cell) = cell {
                    cell.push_str(&text.replace('\n', " ").replace('|', "\\|"));
                } else if !text.trim().is_empty() {
                    return None;
                }
            }
            Piece::Tag { name, is_end, whole } => match (name.as_str(), is_end) {
                ("tr", false) => rows.push(Vec::new()),
                ("td" | "th", false) => rows.last_mut()?.push(String::new()),
                ("tr" | "td" | "th" | "thead" | "tbody" | "tfoot" | "colgroup" | "col" | "p", _) => {}
                ("caption", _) => return None,
                _ => {
                    let markdown = inline(whole, &mut links, true)?;
                    if let Some(cell) = cell {
                        cell.push_str(&markdown);
                    }
                }
            },
        }
    }
    let columns = rows.iter().map(Vec::len).max().filter(|columns| *columns > 0)?;
    let row = |cells: &Vec<String>| {
        let cell = |at: usize| {
            cells
                .get(at)
                .map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "))
                .unwrap_or_default()
        };
        format!("| {} |\n", (0..columns).map(cell).collect::<Vec<_>>().join(" | "))
    };
    let mut lines: Vec<String> = rows.iter().filter(|row| !row.is_empty()).map(row).collect();
    lines.insert(1.min(lines.len()), format!("|{}\n", "---|".repeat(columns)));
    Some(lines.concat())
}

/// Returns a block of HTML without code, tables and quotations as Markdown.
fn plain_block(html: &str) -> Option<String> {
    let mut out = String::with_capacity(html.len());
    let mut links: Vec<Option<String>> = Vec::new();
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => {
                let lines: Vec<&str> = text.lines().map(str::trim).collect();
                out.push_str(&lines.join("\n"));
                if text.ends_with('\n') {
                    out.push('\n');
                }
            }
            Piece::Tag { name, is_end, whole } => match name.as_str() {
                "p" | "div" | "center" | "section" | "article" | "figure" | "picture" | "source"
                | "header" | "footer" | "details" | "aside" | "main" | "nav" | "noscript" | "figcaption" => {
                    out.push_str("\n\n")
                }
                "summary" => out.push_str(if is_end { "**\n\n" } else { "\n\n**" }),
                "iframe" | "video" | "audio" if !is_end => {
                    if let Some(src) = attribute(whole, "src").filter(|src| src.starts_with("http")) {
                        out.push_str(&format!("\n\n<{src}>\n\n"));
                    } else {
                        return None;
                    }
                }
                "iframe" | "video" | "audio" => {}
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => match is_end {
                    true => out.push_str("\n\n"),
                    false => {
                        out.push_str(&format!("\n\n{} ", "#".repeat(usize::from(name.as_bytes()[1] - b'0'))))
                    }
                },
                "hr" => out.push_str("\n\n---\n\n"),
                "ul" | "ol" => out.push_str("\n\n"),
                "li" if !is_end => out.push_str("\n- "),
                "li" => {}
                _ => out.push_str(&inline(whole, &mut links, false)?),
            },
        }
    }
    let mut text = String::with_capacity(out.len());
    // At most one empty line between two paragraphs.
    for line in out.lines() {
        if !(line.trim().is_empty() && (text.is_empty() || text.ends_with("\n\n"))) {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    Some(text.trim_end().to_owned() + "\n")
}

/// Returns an inline tag as Markdown, or `None` if Markdown has nothing for it. `links` holds the addresses of the
/// links that are open.
pub(super) fn inline(tag: &str, links: &mut Vec<Option<String>>, in_table: bool) -> Option<String> {
    let Some(Piece::Tag { name, is_end, whole }) = pieces(tag).into_iter().next() else { return None };
    let plain = |text: &str| Some(text.to_owned());
    match name.as_str() {
        "br" if in_table => plain(" "),
        "br" => plain("\\\n"),
        "b" | "strong" => plain("**"),
        "i" | "em" | "cite" | "dfn" | "var" => plain("*"),
        "s" | "del" | "strike" => plain("~~"),
        "code" | "tt" | "kbd" | "samp" => plain("`"),
        "u" | "span" | "small" | "big" | "font" | "center" | "sup" | "sub" | "mark" | "abbr" | "ins"
        | "time" | "wbr" | "nobr" | "q" | "label" => plain(""),
        "a" if is_end => Some(match links.pop().flatten() {
            Some(address) => format!("]({address})"),
            None => String::new(),
        }),
        "a" => {
            let address = attribute(whole, "href");
            links.push(address.clone());
            plain(if address.is_some() { "[" } else { "" })
        }
        "img" if is_end => plain(""),
        "progress" | "meter" => plain(""),
        "img" => {
            let src = attribute(whole, "src")?;
            let alt = attribute(whole, "alt").unwrap_or_default();
            let src = if src.contains(' ') { format!("<{src}>") } else { src };
            Some(format!("![{}]({src})", alt.split_whitespace().collect::<Vec<_>>().join(" ")))
        }
        _ if whole.starts_with("<!--") => plain(""),
        _ => None,
    }
}

fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if start > 0 {
            pieces.push(Piece::Text(&rest[..start]));
        }
        let tag = &rest[start..];
        let end = match tag.starts_with("<!--") {
            true => tag.find("-->").map(|at| at + 3),
            false => tag.find('>').map(|at| at + 1),
        };
        let end = end.unwrap_or(tag.len());
        let whole = &tag[..end];
        let name = whole.trim_start_matches(['<', '/']);
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        pieces.push(Piece::Tag { name: name.to_ascii_lowercase(), is_end: whole.starts_with("</"), whole });
        rest = &tag[end..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// Returns the value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.match_indices(name).find(|(at, _)| {
        lower[..*at].ends_with(|c: char| c.is_ascii_whitespace())
            && lower[at + name.len()..].trim_start().starts_with('=')
    });
    let (at, _) = at?;
    let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split(|c: char| c.is_whitespace() || c == '>').next()?,
    };
    Some(value.replace("&amp;", "&").replace("&quot;", "\"").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_markdown_where_it_can() {
        let converted = block("<p align=\"center\">\n  <img src=\"a b.png\" alt=\"Een\nklas\">\n</p>\n");
        assert_eq!(converted.as_deref(), Some("![Een klas](<a b.png>)\n"));
        let converted = block("<div><a href='/x/'><b>Lees</b></a><br>meer</div>");
        assert_eq!(converted.as_deref(), Some("[**Lees**](/x/)\\\nmeer\n"));
        let converted =
            block("<table><tr><th>a</th><th>b</th></tr>\n<tr><td><b>1</b></td><td>x|y</td></tr></table>");
        assert_eq!(converted.as_deref().map(str::trim), Some("| a | b |\n|---|---|\n| **1** | x\\|y |"));
        let converted = block("<pre class=\"x\"><code>a &lt; <b>b</b>\n</code></pre>");
        assert_eq!(converted.as_deref().map(str::trim), Some("```\na < b\n```"));
        assert_eq!(block("<blockquote><p>Een</p></blockquote>").as_deref().map(str::trim), Some("> Een"));
        assert_eq!(block("<script>x</script>"), None);
        assert_eq!(
            block("<iframe src=\"https://video.example/1\"></iframe>").as_deref(),
            Some("<https://video.example/1>\n")
        );
    }
}
