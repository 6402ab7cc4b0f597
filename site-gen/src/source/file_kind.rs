//! Which files of `content/` go online besides the pages.

use catalog::media_types::media_type;

/// What becomes of a file that is not a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// It goes online.
    Public,
    /// A program or an operating system left it behind. It is passed over.
    Rubbish,
    /// It looks like a page, but pages end in `.md`.
    LikeAPage,
    /// Nobody expects a file of this kind on the site.
    Unknown,
}

impl FileKind {
    /// Returns the kind of a file with this name, without its folder.
    pub fn of(name: &str) -> Self {
        let name = name.to_lowercase();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
        let is_rubbish = ["thumbs.db", "ehthumbs.db", "desktop.ini"].contains(&name.as_str())
            || name.starts_with("~$")
            || name.ends_with('~')
            || ["swp", "swo", "tmp", "part", "crdownload"].contains(&extension);
        if is_rubbish {
            Self::Rubbish
        } else if ["md", "markdown", "mdown", "mkd"].contains(&extension) || stem.ends_with(".md") {
            Self::LikeAPage
        } else if media_type(&name).is_some() {
            Self::Public
        } else {
            Self::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FileKind::{self, LikeAPage, Public, Rubbish, Unknown};

    #[test]
    fn only_expected_files_go_online() {
        for (name, kind) in [
            ("verslag.pdf", Public),
            ("Foto.JPG", Public),
            ("artikel.md~", Rubbish),
            (".artikel.md.swp", Rubbish),
            ("Thumbs.db", Rubbish),
            ("~$brief.docx", Rubbish),
            ("verslag.MD", LikeAPage),
            ("notitie.markdown", LikeAPage),
            ("artikel.md.txt", LikeAPage),
            ("artikel.md.bak", LikeAPage),
            ("artikel.bak", Unknown),
            ("foto.jfif", Public),
            ("foto.avif", Unknown),
            ("verslag", Unknown),
            ("geheim.key", Unknown),
        ] {
            assert_eq!(FileKind::of(name), kind, "{name}");
        }
    }
}
