//! Privacy: no page contacts another host, stores anything, or violates the content security policy.

use serde_json::json;

use crate::states::{self, State};
use crate::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn no_page_contacts_another_host_stores_anything_or_violates_the_policy() {
    let (site, states) = states::all().await;
    let visitor = Visitor::with_scripts(1280, 800, true).await;
    for (name, state) in &states {
        let is_organiser = matches!(state, State::AsOrganiser { .. });
        let cookies = visitor.client.get_all_cookies().await.unwrap();
        let names: Vec<&str> = cookies.iter().map(|cookie| cookie.name()).collect();
        // Only an organiser has a cookie, and only that of the log-in.
        let expected: &[&str] = if is_organiser && !names.is_empty() { &["__Host-beheer"] } else { &[] };
        assert_eq!(names, expected, "before {name}");
        state.show(&site, &visitor).await;
        let kept = visitor.run("return [document.cookie, localStorage.length, sessionStorage.length]").await;
        assert_eq!(kept, json!(["", 0, 0]), "{name}");
        let forbidden: Vec<String> = visitor
            .console()
            .await
            .into_iter()
            .filter(|line| !line.contains("Failed to load resource: the server responded with a status of"))
            .collect();
        assert!(forbidden.is_empty(), "{name}: {forbidden:?}");
    }
    let databases = visitor.client.execute_async("indexedDB.databases().then(arguments[0])", vec![]).await;
    assert_eq!(databases.unwrap(), json!([]));

    let own = format!("http://{}", site.server.address);
    let asked = visitor.leave(&own).await;
    assert!(asked.len() > states.len(), "the network log has the requests: {asked:?}");
    let elsewhere: Vec<&url::Url> =
        asked.iter().filter(|address| address.origin().ascii_serialization() != own).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}
