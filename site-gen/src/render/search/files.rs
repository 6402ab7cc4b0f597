//! The index as files. A small one is a single file; of a large one, the script fetches the parts that it needs.
//!
//! | file | content |
//! |---|---|
//! | `zoeken.json` | the number of pages, the synonyms, and either everything or the names of the parts |
//! | `zoeken/woorden.….json` | stems that follow each other in the alphabet, with their pages |
//! | `zoeken/paginas.….json` | pages that follow each other, with title, address and description |

use rayon::prelude::*;
use serde::Serialize;

use super::index::{Entry, Index, Stem};
use crate::source::fingerprint::Fingerprint;

/// The size in bytes up to which the index stays one file: about what a photograph takes.
const WHOLE: usize = 100_000;
/// The size in bytes of a part of the words. A query needs one or two parts for each word.
const PART_SIZE: usize = 20_000;
/// The number of pages in a part of the pages. A search shows twenty pages, which can be in as many parts.
const PAGES: usize = 16;

/// The file that the script reads first.
#[derive(Debug, Serialize)]
struct Root<'a> {
    count: usize,
    synonyms: &'a [Vec<String>],
    #[serde(flatten)]
    rest: Rest<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Rest<'a> {
    Whole {
        pages: &'a [Entry<'a>],
        stems: &'a [Stem],
    },
    Parts {
        #[serde(rename = "pagesPerFile")]
        pages_per_file: usize,
        #[serde(rename = "pageFiles")]
        page_files: Vec<&'a str>,
        /// For each part of the words, its first word and its fingerprint.
        #[serde(rename = "wordFiles")]
        word_files: Vec<(&'a str, &'a str)>,
    },
}

/// Returns the files of an index, each with its path within the site.
///
/// # Errors
/// Fails if a value cannot be written as JSON.
pub fn of(index: &Index<'_>, synonyms: &[Vec<String>]) -> serde_json::Result<Vec<(String, String)>> {
    let Index { pages, stems } = index;
    let count = pages.len();
    let root = |rest| Ok(("zoeken.json".to_owned(), serde_json::to_string(&Root { count, synonyms, rest })?));
    let size = stems.iter().map(size).sum::<usize>() + pages.iter().map(size_of_page).sum::<usize>();
    if size <= WHOLE {
        return Ok(vec![root(Rest::Whole { pages, stems })?]);
    }
    let parts = parts(stems);
    let of_pages: Vec<File> = pages
        .par_chunks(PAGES)
        .map(|pages| File::new("paginas", &pages))
        .collect::<serde_json::Result<_>>()?;
    let of_words: Vec<File> =
        parts.par_iter().map(|part| File::new("woorden", &part.stems)).collect::<serde_json::Result<_>>()?;
    let page_files = of_pages.iter().map(|file| file.fingerprint.as_str()).collect();
    let first_words = parts.iter().map(|part| part.first);
    let word_files = first_words.zip(of_words.iter().map(|file| file.fingerprint.as_str())).collect();
    let root = root(Rest::Parts { pages_per_file: PAGES, page_files, word_files })?;
    let files = of_pages.into_iter().chain(of_words).map(|file| (file.path, file.text));
    Ok(files.chain([root]).collect())
}

/// A part of the index. Its name changes with its content, so that browsers keep what stays the same.
struct File {
    fingerprint: String,
    path: String,
    text: String,
}

impl File {
    fn new(kind: &str, content: &impl Serialize) -> serde_json::Result<Self> {
        let text = serde_json::to_string(content)?;
        let fingerprint = Fingerprint::of(&text).short();
        Ok(Self { path: format!("zoeken/{kind}.{fingerprint}.json"), fingerprint, text })
    }
}

fn size(stem: &Stem) -> usize {
    stem.forms.len() + stem.pages.len() + 24
}

fn size_of_page(entry: &Entry<'_>) -> usize {
    entry.title.len() + entry.url.len() + entry.description.len() + 40
}

/// Words that follow each other in the alphabet.
struct Part<'a> {
    /// The first of them.
    first: &'a str,
    /// Their stems. One whose words are far apart is in several parts.
    stems: Vec<&'a Stem>,
}

/// Cuts the words into parts, each as large as it may be.
fn parts(stems: &[Stem]) -> Vec<Part<'_>> {
    let words =
        stems.iter().enumerate().flat_map(|(at, stem)| stem.forms.split(' ').map(move |word| (word, at)));
    let mut words: Vec<(&str, usize)> = words.collect();
    words.sort_unstable();
    let mut parts: Vec<Part<'_>> = Vec::new();
    // How many parts there were when each stem was last added to one.
    let mut added = vec![0; stems.len()];
    let mut total = 0;
    for (word, at) in words {
        let stem = &stems[at];
        if added[at] > 0 && added[at] == parts.len() {
            continue;
        }
        match parts.last_mut() {
            Some(part) if total + size(stem) <= PART_SIZE => {
                part.stems.push(stem);
                total += size(stem);
            }
            _ => {
                parts.push(Part { first: word, stems: vec![stem] });
                total = size(stem);
            }
        }
        added[at] = parts.len();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(words: usize) -> Index<'static> {
        let pages = (0..40).map(|_| Entry { title: "Een titel", url: "/a/", description: "" }).collect();
        let stem = |number| Stem { forms: format!("woord{number:05}"), pages: "A".repeat(50) };
        Index { pages, stems: (0..words).map(stem).collect() }
    }

    #[test]
    fn a_small_index_is_one_file() {
        let files = of(&index(10), &[vec!["a".into(), "b".into()]]).unwrap();
        assert_eq!(files.len(), 1);
        let root: serde_json::Value = serde_json::from_str(&files[0].1).unwrap();
        assert_eq!((&root["count"], root["stems"].as_array().unwrap().len()), (&40.into(), 10));
    }

    #[test]
    fn a_large_index_is_cut_into_parts_that_have_every_word_once() {
        let files = of(&index(3_000), &[]).unwrap();
        let root: serde_json::Value = serde_json::from_str(&files.last().unwrap().1).unwrap();
        let named = root["wordFiles"].as_array().unwrap();
        let mut words = Vec::new();
        for file in named {
            let (_, text) = files.iter().find(|(path, _)| path.contains(file[1].as_str().unwrap())).unwrap();
            assert!(text.len() < PART_SIZE + PART_SIZE / 2, "{}", text.len());
            let stems: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
            assert_eq!(stems[0]["forms"], file[0]);
            words.extend(stems.into_iter().map(|stem| stem["forms"].as_str().unwrap().to_owned()));
        }
        assert!(named.len() > 5 && words.len() == 3_000 && words.is_sorted());
        assert_eq!(root["pageFiles"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn a_word_is_in_the_part_in_which_it_is_looked_for() {
        let stem = |forms: &str, pages: usize| Stem { forms: forms.to_owned(), pages: "A".repeat(pages) };
        let between = (0..300).map(|number| stem(&format!("deel{number:03}"), 200));
        let stems: Vec<Stem> = [stem("deel delen", 10)].into_iter().chain(between).collect();
        let parts = parts(&stems);
        assert!(parts.len() > 2 && parts.iter().map(|part| part.first).is_sorted());
        for word in ["deel", "delen", "deel150"] {
            let part = parts.iter().rfind(|part| part.first <= word).unwrap();
            let forms: Vec<&str> = part.stems.iter().flat_map(|stem| stem.forms.split(' ')).collect();
            assert!(forms.contains(&word), "{word}");
        }
    }
}
