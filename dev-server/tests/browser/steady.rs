//! Stable layout: on the smallest phone, with large text, and while a page loads.

use serde_json::json;

use crate::states;
use crate::visitor::{Screen, Visitor};

/// Maximum cumulative layout shift of a page; Lighthouse calls a shift of up to 0.1 good.
const MOST_SHIFT: f64 = 0.02;

#[tokio::test(flavor = "multi_thread")]
async fn no_page_scrolls_sideways_and_each_has_exactly_one_h1() {
    let (site, states) = states::all().await;
    let visitor = Visitor::new(320, 640).await;
    for (name, state) in &states {
        state.show(&site, &visitor).await;
        // WCAG 1.4.12: nothing is cut off with this spacing.
        let spaced = "
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
                line-height: 1.5 !important; } p { margin-block-end: 2em !important; }`);
            document.adoptedStyleSheets.push(sheet);
            // What is hidden from view on purpose is one pixel small.
            const isCut = (one) => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1
                && getComputedStyle(one).overflowX !== 'visible' && getComputedStyle(one).overflowX !== 'auto';
            const wide = [...document.querySelectorAll('main *')].filter((one) =>
                one.getClientRects().length && one.getBoundingClientRect().right > innerWidth + 1
                && !one.closest('table, pre, .trap, [hidden]'));
            const cut = [...document.querySelectorAll('body *')].filter(isCut);
            const names = [...wide, ...cut].map((one) => `${one.tagName} ${one.className}: ${one.textContent.trim().slice(0, 40)}`);
            document.adoptedStyleSheets.pop();
            return names.filter((name) => !/visually-hidden|SELECT|INPUT|TEXTAREA/.test(name));";
        let cut = visitor.client.execute(spaced, vec![]).await.unwrap();
        assert_eq!(cut, json!([]), "{name}: too wide or cut off with WCAG's text spacing");
        // A width of 320 CSS pixels equals a 1280-pixel window at 400% zoom (1280 / 4).
        for letters in ["100%", "200%"] {
            let script = "
                document.documentElement.style.fontSize = arguments[0];
                const { scrollWidth } = document.documentElement;
                return [scrollWidth, innerWidth, document.querySelectorAll('h1').length];";
            let seen = visitor.client.execute(script, vec![json!(letters)]).await.unwrap();
            assert_eq!(
                seen,
                json!([320, 320, 1]),
                "{name}, {letters}: width of content and window, headings"
            );
        }
    }
    visitor.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_a_page_loads() {
    let (site, states) = states::all().await;
    for Screen { width, height, .. } in [Screen::PHONE, Screen::DESK] {
        let visitor = Visitor::with_scripts(width, height, true).await;
        for (name, state) in &states {
            state.show(&site, &visitor).await;
            let script = "
                const done = arguments[0];
                let shift = 0;
                const add = (list) => list.getEntries().forEach((entry) => (shift += entry.value));
                new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
                document.fonts.ready.then(() => setTimeout(() => done(shift), 150));";
            let shift = visitor.client.execute_async(script, vec![]).await.unwrap().as_f64().unwrap();
            assert!(shift < MOST_SHIFT, "{name}, {width}: {shift}");
        }
        visitor.client.clone().close().await.unwrap();
    }
}
