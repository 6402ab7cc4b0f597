//! Use with only a keyboard and without JavaScript.

use fantoccini::key::Key;
use serde_json::json;

use crate::states;
use crate::support::{self, Tried, text};
use crate::visitor::{Screen, Visitor};

#[tokio::test(flavor = "multi_thread")]
async fn a_keyboard_user_without_javascript_corrects_a_refused_form_and_signs_up() {
    let site = Tried::start_in(support::site_with_real_content()).await;
    let visitor = Visitor::new(360, 800).await;
    let article = site.url("/nieuws/lerend-netwerk-november-2028/");
    visitor.client.goto(&article).await.unwrap();
    visitor.shows("meetbare en merkbare indicatoren").await;
    visitor.screenshot("article-360").await;

    // The first tab stop is the link that skips the menu.
    visitor.press(&Key::Tab.to_string()).await;
    assert_eq!(visitor.attribute("class").await, "skip");
    visitor.press(&Key::Enter.to_string()).await;
    visitor.tab_to("href", "#aanmelden").await;
    visitor.press(&Key::Enter.to_string()).await;

    visitor.tab_to("id", "session").await;
    visitor.press(&Key::Down.to_string()).await;
    assert_eq!(visitor.attribute("id").await, "session-30-november");
    visitor.tab_to("id", "full_name").await;
    visitor.press("Renée van 't Hof").await;
    visitor.tab_to("id", "email").await;
    visitor.press("renee").await;
    visitor.tab_to("id", "role").await;
    visitor.press(&Key::Space.to_string()).await;
    visitor.tab_to("type", "submit").await;
    visitor.press(&Key::Enter.to_string()).await;

    // The form is refused. The error summary has focus and links to the fields, which keep their values.
    visitor.shows("Vul een e-mailadres in zoals naam@voorbeeld.nl.").await;
    assert!(visitor.client.title().await.unwrap().starts_with("Fout: "));
    assert_eq!(visitor.attribute("role").await, "alert");
    visitor.screenshot("refused-360").await;
    visitor.tab_to("href", "#email").await;
    visitor.press(&Key::Enter.to_string()).await;
    assert_eq!(visitor.attribute("id").await, "email");
    assert_eq!(visitor.focus().await.prop("value").await.unwrap().unwrap(), "renee");
    visitor.screenshot("refused-field-360").await;
    visitor.press(&(Key::End.to_string() + "@voorbeeld.nl")).await;
    visitor.tab_to("id", "organisation").await;
    visitor.press("SWV Noord").await;
    visitor.press(&Key::Enter.to_string()).await;

    visitor.shows("Je aanmelding is binnen").await;
    visitor.shows("donderdag 30 november 2028, 16.00–17.30 uur").await;
    visitor.screenshot("received-360").await;
    visitor.client.refresh().await.unwrap();
    visitor.shows("Je aanmelding is binnen").await;

    let items = site.items().await;
    let person = items.iter().find(|item| text(item, "sk").starts_with("person#")).unwrap();
    assert_eq!(text(person, "full_name"), "Renée van 't Hof");
    assert_eq!(text(person, "email"), "renee@voorbeeld.nl");
    assert_eq!(text(person, "session"), "30-november");
    assert_eq!(text(person, "role"), "director");
    visitor.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tab_stop_is_visible_and_in_order_and_none_is_a_trap() {
    let (site, states) = states::all().await;
    let visitor = Visitor::new(1280, 800).await;
    for screen in [Screen::PHONE, Screen::DESK, Screen { forced_colors: "active", ..Screen::DESK }] {
        // In forced-colours mode, a few pages represent all of them.
        let forced = screen.forced_colors == "active";
        let is_looked_at = |name: &str| !forced || ["/", "refused", "manage"].contains(&name);
        for (name, state) in states.iter().filter(|(name, _)| is_looked_at(name)) {
            state.show(&site, &visitor).await;
            visitor.look_at(screen).await;
            let place = format!("{name}, {}, forced colours: {}", screen.width, screen.forced_colors);
            // The page in the editor's frame has its own turn.
            visitor.run("document.querySelector('iframe')?.remove()").await;
            visitor.run("document.activeElement?.blur(); scrollTo(0, 0)").await;
            let (mut stops, mut parts): (Vec<String>, usize) = (Vec::new(), 0);
            loop {
                visitor.press(&Key::Tab.to_string()).await;
                let stop = visitor.run(STOP).await;
                if stop.is_null() {
                    break;
                }
                let (name, fault) = (stop[0].as_str().unwrap(), stop[1].as_str().unwrap());
                assert!(fault.is_empty(), "{place}: {name} {fault}");
                // A date consists of several fields and a button, each a stop.
                let is_part = stop[2] == json!(true) && stops.last().is_some_and(|last| last == name);
                parts = if is_part { parts + 1 } else { 0 };
                assert!(parts < 8, "{place}: {name} is a trap");
                if parts > 0 {
                    continue;
                }
                stops.push(name.to_owned());
                assert!(stops.len() < 80, "{place}: too many tab stops: {stops:?}");
            }
            // The stops are in page order, each once; a radio group is one stop. After a change or a
            // refusal, the message has focus, so the stops start after it.
            let expected = visitor.run(STOPS).await;
            let expected = expected.as_array().unwrap();
            let is_told = ["refused", "saved", "asked", "too soon", "sent", "full"]
                .iter()
                .any(|told| name.contains(told));
            let begin = if is_told { expected.len().saturating_sub(stops.len()) } else { 0 };
            assert_eq!(json!(stops), json!(expected[begin..]), "{place}");
        }
    }
    visitor.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_opens_without_javascript_and_each_focused_link_is_visible() {
    let site = Tried::start_in(support::site_with_real_content()).await;
    let visitor = Visitor::new(320, 256).await;
    visitor.client.goto(&site.url("/nieuws/")).await.unwrap();
    visitor.look_at(Screen { height: 256, ..Screen::PHONE }).await;
    visitor.tab_to("popovertarget", "menu").await;
    visitor.press(&Key::Enter.to_string()).await;
    for link in MENU {
        visitor.press(&Key::Tab.to_string()).await;
        let stop = visitor.run(STOP).await;
        assert_eq!(stop, json!([link, "", false]));
    }
    visitor.screenshot("menu-320").await;
    // Tab does not reach the elements under the open menu.
    visitor.press(&Key::Tab.to_string()).await;
    assert!(visitor.run(STOP).await.is_null());
    visitor.client.goto(&site.url("/nieuws/")).await.unwrap();
    visitor.tab_to("popovertarget", "menu").await;
    visitor.press(&Key::Enter.to_string()).await;
    visitor.press(&Key::Escape.to_string()).await;
    let is_open = visitor.run("return document.querySelector('#menu').matches(':popover-open')").await;
    assert_eq!(is_open, json!(false));
    visitor.client.clone().close().await.unwrap();
}

const MENU: [&str; 8] = [
    "/nieuws/",
    "/ons-aanbod/",
    "/onze-klanten/",
    "/onze-partners/",
    "/over-ons/",
    "/contact/",
    "/zoeken/",
    "/beheer/",
];

/// A script that returns the focused element and its visual faults, or `null` past the last tab stop.
const STOP: &str = "
    const element = document.activeElement;
    if (!element || element === document.body || element === document.documentElement) return null;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const at = document.elementFromPoint(box.x + Math.min(box.width / 2, 20), box.y + box.height / 2);
    const faults = [];
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) faults.push('has no outline');
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) faults.push('is out of sight');
    else if (!at || !(element.contains(at) || at.contains(element))) faults.push('is covered by ' + at?.outerHTML.slice(0, 80));
    return [(element.id || element.getAttribute('href') || element.textContent).trim().slice(0, 60), faults.join(', '),
        ['date', 'time', 'datetime-local'].includes(element.type)];";

/// A script that returns the expected tab stops, in page order.
const STOPS: &str = "
    return [...document.querySelectorAll('a[href], button, input, textarea, select, summary')]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0)
        .filter((element) => {
            if (element.type !== 'radio') return true;
            const group = [...element.form.querySelectorAll(`[name=${element.name}]`)];
            return element === (group.find(({ checked }) => checked) ?? group[0]);
        })
        .map((element) => (element.id || element.getAttribute('href') || element.textContent).trim().slice(0, 60));";
