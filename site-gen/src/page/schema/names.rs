//! Names of keys that editors know from elsewhere.

/// Front matter keys of Zola and Hugo, with advice on the alternative here.
const ELSEWHERE: [(&str, &str); 24] = [
    ("taxonomies", "schrijf `tags = [\"…\"]` boven de eerste tabel"),
    ("categories", "schrijf ze bij `tags`"),
    ("summary", "schrijf `description`"),
    ("lastmod", "schrijf `updated`"),
    ("publishDate", "schrijf `publish_at`"),
    ("expiryDate", "schrijf `expires_at`"),
    ("slug", "geef het bestand die naam"),
    ("path", "zet het bestand in die map"),
    ("weight", "haal de regel weg: artikelen staan op datum, het menu in `site.toml`"),
    ("template", "haal de regel weg: de map kiest het sjabloon"),
    ("sort_by", "haal de regel weg: artikelen staan op datum"),
    ("page_template", "haal de regel weg: de map kiest het sjabloon"),
    ("layout", "haal de regel weg: de map kiest het sjabloon"),
    ("type", "haal de regel weg: de map kiest het sjabloon"),
    ("paginate_by", "haal de regel weg: hoeveel er op een bladzijde staan, staat in `site.toml`"),
    ("redirect_to", "haal de regel weg, en zet dit adres bij `aliases` van de pagina waar het heen leidt"),
    ("url", "zet het bestand in die map"),
    ("insert_anchor_links", "haal de regel weg: elke kop heeft een adres"),
    ("keywords", "schrijf ze bij `tags`"),
    ("authors", "haal de regel weg: een artikel is van de organisatie"),
    ("author", "haal de regel weg: een artikel is van de organisatie"),
    ("in_search_index", "haal de regel weg: elke openbare pagina is te vinden"),
    ("params", "haal de tabel weg"),
    ("extra", "haal de tabel weg"),
];

/// Dutch names of keys, and names that are close in meaning, with the keys that they may stand for.
const SAME: &[(&str, &[&str])] = &[
    ("titel", &["title"]),
    ("naam", &["title", "id"]),
    ("kop", &["title"]),
    ("omschrijving", &["description"]),
    ("beschrijving", &["description"]),
    ("samenvatting", &["description"]),
    ("datum", &["date", "start"]),
    ("gewijzigd", &["updated"]),
    ("bijgewerkt", &["updated"]),
    ("onderwerpen", &["tags"]),
    ("onderwerp", &["tags"]),
    ("labels", &["tags"]),
    ("tag", &["tags"]),
    ("oude_adressen", &["aliases"]),
    ("alias", &["aliases"]),
    ("concept", &["draft"]),
    ("publiceren", &["publish_at"]),
    ("publicatiedatum", &["publish_at", "date"]),
    ("verloopt", &["expires_at"]),
    ("einddatum", &["expires_at", "end"]),
    ("bijeenkomst", &["event"]),
    ("evenement", &["event"]),
    ("sessies", &["sessions"]),
    ("sessie", &["sessions"]),
    ("tijdzone", &["time_zone"]),
    ("bewaartermijn", &["retention_days"]),
    ("begin", &["start"]),
    ("aanvang", &["start"]),
    ("van", &["start"]),
    ("einde", &["end"]),
    ("eind", &["end"]),
    ("tot", &["end"]),
    ("plaatsen", &["capacity"]),
    ("plekken", &["capacity"]),
    ("capaciteit", &["capacity"]),
    ("aantal", &["capacity"]),
    ("opent", &["opens"]),
    ("sluit", &["closes"]),
    ("afgelast", &["called_off"]),
    ("geannuleerd", &["called_off"]),
    ("reden", &["called_off_because"]),
    ("verplaatst_van", &["moved_from"]),
    ("bron", &["src"]),
    ("bestand", &["src"]),
    ("bijschrift", &["caption"]),
    ("soort", &["kind"]),
    ("adres", &["url", "origin"]),
    ("korte_titel", &["short_title"]),
    ("voettekst", &["footer"]),
    ("inloggen", &["login"]),
];

/// Returns advice on a key of another generator.
pub(super) fn elsewhere(name: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(foreign, _)| *foreign == name).map(|(_, help)| *help)
}

/// Returns the known key that a Dutch or similar name stands for.
pub(super) fn same(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let (_, names) = SAME.iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
    names.iter().copied().find(|name| known.contains(name))
}
