//! A small version of the pages and mails that site-gen writes.

use std::path::Path;
use std::sync::OnceLock;

use catalog::answer::Answer;
use catalog::mail::{MailKind, MailPart, OrganiserMail, mail_file};
use catalog::organiser::page::OrganiserPage;

use super::{CATALOG, catalog};

/// Returns a folder with a small version of the function's files that site-gen writes.
pub fn function_folder() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        write_function(folder.path());
        folder
    });
    folder.path()
}

fn write_function(folder: &Path) {
    let write = |file: &str, text: &str| {
        let file = folder.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write("catalog.json", CATALOG);
    let catalog = catalog();
    for answer in Answer::all(&catalog) {
        write(&answer.file(), page(answer));
    }
    for page in OrganiserPage::ALL.iter().copied() {
        write(&page.file(), &organiser_page(page));
    }
    for part in MailPart::ALL {
        let digest = "digest<% for one in sessions %> << one.session >> +<< one.signed_up >> -<< one.cancelled >> ^<< one.promoted >><% endfor %>\nBeste << full_name >>, << settings_url >>\n";
        write(&OrganiserMail::Digest.file(part), digest);
        write(&OrganiserMail::LogIn.file(part), "<< code >>\nBeste << full_name >>,\n\n<< link_url >>\n");
    }
    for kind in MailKind::ALL.iter().copied() {
        let text = format!(
            "{} << session.id >>\nBeste << full_name >>,\n\n<< manage_url >>\n<< confirm_url >>\n<< reference >> << status >> << previous >> << event.url >>\n<< join_url >> << subject >> << message >>\n",
            kind.name()
        );
        write(&mail_file(kind, MailPart::Text), &text);
        let html = "<p>Beste << full_name >>, <a href=\"<< manage_url >>\">wijzigen</a></p>";
        write(&mail_file(kind, MailPart::Html), html);
    }
}

fn page(answer: Answer<'_>) -> &'static str {
    match answer {
        Answer::Form(_) => {
            "<title><% if has_errors %>Fout: <% endif %>e</title><% for field, error in errors %><% if error %><p><< field >>: << error >></p><% endif %><% endfor %><input name=\"full_name\" value=\"<< values.full_name >>\">"
        }
        Answer::Failed(_) => {
            "<p>failed << incident >></p><input name=\"email\" value=\"<< values.email >>\">"
        }
        Answer::Received(..) => "<p>received: << reference >></p>",
        Answer::Waiting(..) => "<p>waiting: << reference >></p>",
        Answer::Full(..) => "<p>full</p>",
        Answer::NotOpen(..) => "<p>not open</p>",
        Answer::Manage => {
            "<p>manage << status >> << session.id >> << position >><% if notice %> << notice.kind >><% endif %></p><% for field, error in errors %><% if error %><p><< field >>: << error >></p><% endif %><% endfor %><input name=\"full_name\" value=\"<< values.full_name >>\">"
        }
        Answer::Confirm => "<p>confirm << status >></p>",
        Answer::NewAddress => "<p>new address << new_email >></p>",
        Answer::Again => "<p>again << is_sent >> << is_malformed >> << email >></p>",
        Answer::Erased => "<p>erased << event.url >></p>",
        Answer::LinkExpired => "<p>link expired</p>",
        Answer::Error => "<p>error << status >> << incident >></p>",
    }
}

/// Returns a page of the organisers' area that shows everything that it is filled in with.
fn organiser_page(page: OrganiserPage) -> String {
    let name = page.file();
    let shown = match page {
        OrganiserPage::LogIn => "<< is_malformed >> << email >> << is_over >> << again >>",
        OrganiserPage::Code => "<< error >>",
        OrganiserPage::Link => "<< action >>",
        OrganiserPage::Confirm => "<< organiser >> << is_sent >> << error >> << back >>",
        OrganiserPage::Overview => {
            "<% for row in sessions %><< row.session.id >> << row.taken >>/<< row.capacity >>+<< row.waiting >>\n<% endfor %><% for one in attention %>! << one.kind >><% if one.people %><% for person in one.people %> << person.full_name >> << person.url >><% endfor %><% endif %>\n<% endfor %>"
        }
        OrganiserPage::Session => {
            "<< session.id >> << query >> << page >>/<< pages >>\n<% for one in tabs %><< one.tab >> << one.count >>\n<% endfor %><% for one in people %>person << one.email >> << one.status >> << one.url >>\n<% endfor %>"
        }
        OrganiserPage::Chosen => {
            "<% for one in people %>chosen << one.reference >> << one.status >> << one.outcome >>\n<% endfor %>"
        }
        OrganiserPage::Questions => "<% for one in questions %><< one.question >>\n<% endfor %>",
        OrganiserPage::Join => "join << join_url >> << error >> untold << untold >> sending << sending >>",
        OrganiserPage::Message => {
            "<< subject_error >> << text_error >> << unknown >> count << count >> changed << has_changed >> code << needs_code >> << code_error >><% if preview %> <p>preview << preview.subject >>: << preview.html | safe >></p><% endif %>\n<% for one in sent %>sent << one.id >> << one.sent >>/<< one.total >> failed << one.failed >> bounced << one.bounced >> under way << one.under_way >>\n<% endfor %>"
        }
        OrganiserPage::Amend => {
            "<input name=\"before\" value=\"<< before >>\"><input name=\"when\" value=\"<< date >> << start >> << end >>\">amend << capacity >> << is_closed >> << is_called_off >> << error >> differs << differs >><% if effects %> << effects.capacity_before >> to << effects.capacity_after >> promoted << effects.promoted >> told << effects.called_off >> moved << effects.moved_from >> to << effects.moved_to >> told << effects.told >><% endif %>"
        }
        OrganiserPage::Attendance | OrganiserPage::SignIn => {
            "<% for one in people %><< one.full_name >> << one.reference >> << one.was_there >>\n<% endfor %>noted << is_noted >>"
        }
        OrganiserPage::Certificate => "certificate << full_name >>",
        OrganiserPage::Add => "add << has_errors >> << refused >>",
        OrganiserPage::Person => {
            "person << email >> << status >> << reference >> << full_session >> note << note >> << note_error >> << certificate >>\n<% for mail in mails %>mail << mail.kind >> << mail.report >>\n<% endfor %><% for act in acts %>did << act.what >>\n<% endfor %>"
        }
        OrganiserPage::LogIns => {
            "<% for one in log_ins %>log-in << one.is_current >>\n<% endfor %>digest << has_digest >>"
        }
        OrganiserPage::Log => {
            "<% for act in acts %>act << act.what >> << act.who >> << act.reference >> << act.count >>\n<% endfor %>"
        }
        OrganiserPage::Error => "<p>error << status >> << incident >></p>",
        OrganiserPage::Held => {
            "<% for row in held %>held << row.people >> << row.mails >>\n<% endfor %><% for one in people %>person << one.email >>\n<% endfor %>"
        }
    };
    let key = match page {
        OrganiserPage::LogIn
        | OrganiserPage::Code
        | OrganiserPage::Link
        | OrganiserPage::Certificate
        | OrganiserPage::Error => "",
        _ => "<input name=\"form_key\" value=\"<< form_key >>\">",
    };
    format!("<h1>{name}</h1>{key}<pre>{shown}</pre>")
}
