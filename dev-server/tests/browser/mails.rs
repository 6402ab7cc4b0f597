//! Mails as a mail program shows them: every kind, in every status, on a phone and beside a list of mails.

use std::path::PathBuf;

use catalog::answer::Status;
use catalog::mail::{DigestRow, MailKind, OrganiserMail};
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use serde_json::json;
use signup_fn::mail::message::{About, Message, Messages, Sender};
use signup_fn::participant::form::Submission;
use signup_fn::people::broadcast::Message as Written;
use signup_fn::people::field::{Line, Lines};
use signup_fn::people::identity::Identity;
use signup_fn::people::join::JoinUrl;
use signup_fn::people::log_in::LogInRequest;
use signup_fn::people::organiser::Organisers;
use signup_fn::people::participant::{NewAddress, Participant};
use signup_fn::people::pass::RequestId;
use signup_fn::people::token::{SignupId, TokenKeys};
use signup_fn::store::mail::Mail;

use crate::support::{self, Tried};
use crate::visitor::{Screen, Visitor};

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_fits_and_can_be_read_on_every_screen() {
    let axe = std::env::var("AXE").unwrap_or_else(|_| panic!("set `AXE` to the path of `axe.min.js`"));
    let axe = std::fs::read_to_string(&axe).unwrap();
    let site = Tried::start_in(support::site_with_real_content()).await;
    let function = site.root.path().join("dist/function");
    let catalog =
        catalog::Catalog::from_json(&std::fs::read_to_string(function.join("catalog.json")).unwrap())
            .unwrap();
    let event = &catalog.events()[0];
    let session = &event.sessions()[0];
    let now = Timestamp::now();
    let form = format!(
        "session={}&full_name=Ren%C3%A9e+van+%27t+Hof&email=renee%40voorbeeld.nl&organisation=SWV&role=director",
        session.id()
    );
    let signup = Submission::read(form.as_bytes()).unwrap().check(event).unwrap();
    let identity = Identity::new([7; 32]);
    let mailbox = identity.mailbox(event.id(), &signup.email);
    let mut participant = Participant {
        person: identity.person(&mailbox, "Renée van 't Hof", 0),
        mailbox,
        has_former_session_id: false,
        id: SignupId::random().unwrap(),
        new_address: Some(NewAddress {
            email: signup.email.clone(),
            id: SignupId::random().unwrap(),
            until: now + SignedDuration::from_hours(1),
        }),
        signup,
        status: Status::Confirmed,
        held_until: None,
        signed_up_at: now,
        privacy_notice_version: "1".into(),
        version: 1,
        repeated_at: None,
        told: Some(session.times()),
        rescheduled_at: None,
        note: None,
        was_there: None,
        forget_at: now + SignedDuration::from_hours(24 * 900),
    };
    let messages =
        Messages::open(&function, &catalog, TokenKeys::new([8; 32]), "https://pos.example".into()).unwrap();
    let sender = "POS <post@pos.example>".parse().unwrap();
    let long = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_NjQ0YzhlYjYtZTU0%40thread.v2/0?context=%7b%7d";
    let join = JoinUrl::new(long).unwrap();
    let written = Written {
        subject: Line::new("Tot {datum}").unwrap(),
        text: Lines::new(
            "Dag {naam},\n\n- **Neem mee**: een voorbeeld.\n- Doe mee via {link}.\n\n> Tot dan.",
        )
        .unwrap(),
    };
    let visitor = Visitor::with_scripts(320, 640, true).await;
    let file = site.root.path().join("mail.html");
    let mut looks = Looks { visitor, file, axe, count: 0, faults: Vec::new() };
    for &kind in MailKind::ALL {
        for &status in Status::ALL {
            participant.status = status;
            let previous = Some("maandag 27 november 2028, 16.00–17.30 uur".to_owned());
            let mail = Mail { previous, ..Mail::new(kind, &participant, "1", now) };
            let about = About {
                event,
                session,
                participant: &participant,
                keeps_entry: false,
                join: Some(&join),
                written: Some(&written),
            };
            let message = messages.build(&mail, about, &sender, now).unwrap();
            let name = format!("mail-{}-{status:?}", kind.name());
            looks.at(&name, &message, "Beste Renée van").await;
            if status == Status::Held || status == Status::Confirmed {
                looks.visitor.screenshot(&name).await;
            }
        }
    }
    for (name, message) in to_organiser(&messages, &sender, now) {
        looks.at(name, &message, "Beste Ria Vos").await;
        looks.visitor.screenshot(name).await;
    }
    assert!(looks.faults.is_empty(), "{}", looks.faults.join("\n"));
    println!(
        "mails: {} kinds in {} statuses and {} to organisers, {} looks",
        MailKind::ALL.len(),
        Status::ALL.len(),
        OrganiserMail::ALL.len(),
        looks.count
    );
    looks.visitor.client.clone().close().await.unwrap();
}

/// Returns the mails to organisers, each with its name.
fn to_organiser(messages: &Messages, sender: &Sender, now: Timestamp) -> Vec<(&'static str, Message)> {
    let organisers: Organisers = "Ria Vos <ria@pos.example>".parse().unwrap();
    let to = &organisers.all()[0];
    let row = |session: &str, signed_up, waiting| DigestRow {
        event: "Lerend Netwerk Passend Onderwijs".into(),
        session: session.into(),
        taken: 40,
        capacity: 40,
        waiting,
        signed_up,
        cancelled: 1,
        promoted: 1,
    };
    let rows = vec![row("dinsdag 28 november 2028", 3, 4), row("donderdag 30 november 2028", 1, 0)];
    let messages = OrganiserMail::ALL.iter().map(|mail| match mail {
        OrganiserMail::LogIn => {
            let request = LogInRequest {
                id: RequestId::random().unwrap(),
                organiser: Identity::new([7; 32]).organiser(&to.email),
                is_fresh: false,
                forget_at: now,
            };
            ("mail-organiser-log-in", messages.log_in(&request, to, sender, now).unwrap())
        }
        OrganiserMail::Digest => {
            ("mail-organiser-digest", messages.digest(to, rows.clone(), sender, "1", now).unwrap())
        }
    });
    messages.collect()
}

/// Looks at mails on a phone and beside a list of mails, light and dark.
struct Looks {
    visitor: Visitor,
    /// Where the page with the mail lies.
    file: PathBuf,
    axe: String,
    count: usize,
    faults: Vec<String>,
}

impl Looks {
    async fn at(&mut self, name: &str, message: &Message, words: &str) {
        let Self { visitor, file, axe, count, faults } = self;
        let parsed = MessageParser::default().parse(&message.bytes).unwrap();
        let (html, text) = (parsed.body_html(0).unwrap(), parsed.body_text(0).unwrap());
        for part in [&html, &text] {
            assert!(part.contains(words), "{name}: {part}");
            assert!(
                !part.contains("<<") && !part.contains("<%") && !part.contains("  \n\n\n"),
                "{name}: {part}"
            );
        }
        for never in ["<script", "<img", "src=", "http://", " style="] {
            assert!(!html.contains(never), "{name}: `{never}` in {html}");
        }
        std::fs::write(&*file, html.as_bytes()).unwrap();
        visitor.client.goto(&format!("file://{}", file.display())).await.unwrap();
        let wide = Screen { width: 600, ..Screen::PHONE };
        for screen in [Screen::PHONE, Screen::DARK_PHONE, wide, Screen { scheme: "dark", ..wide }] {
            visitor.look_at(screen).await;
            let width = visitor.run("return document.documentElement.scrollWidth").await;
            if width.as_u64().unwrap() > u64::from(screen.width) {
                faults.push(format!("{name}: {width} wide on {}", screen.width));
            }
            visitor.client.execute(axe, vec![]).await.unwrap();
            let script = "
                const [tags, done] = arguments;
                axe.run({ runOnly: tags }).then(({ violations }) => done(violations.map(({ id }) => id)));";
            let tags = json!(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]);
            let violations = visitor.client.execute_async(script, vec![tags]).await.unwrap();
            if violations != json!([]) {
                faults.push(format!("{name}, {}, {}: {violations}", screen.width, screen.scheme));
            }
            *count += 1;
        }
        visitor.look_at(Screen::PHONE).await;
        let preview = "const { textContent, offsetHeight } = document.querySelector('.preview');
            return textContent.trim().length > 15 && offsetHeight === 0";
        assert_eq!(visitor.run(preview).await, json!(true), "{name}: the line in a list of mails");
    }
}
