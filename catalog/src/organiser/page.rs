//! The pages of the organisers' area.

use strum::VariantArray;

/// A page of the organisers' area, which site-gen renders with the site's layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum OrganiserPage {
    /// Asks for the address to which the link and the code go, filled from a [`super::views::enter::LogInView`].
    LogIn,
    /// Takes the code, filled from a [`super::views::enter::CodeView`].
    Code,
    /// The link in the mail, filled from a [`super::views::enter::LinkView`].
    Link,
    /// Asks for a fresh code before a sensitive action, filled from a [`super::views::enter::ConfirmView`].
    Confirm,
    /// The sessions and what needs attention, filled from an [`super::views::overview::OverviewView`].
    Overview,
    /// Who signed up for a session, filled from a [`super::views::session::SessionView`].
    Session,
    /// Several people who were ticked in the list, filled from a [`super::views::chosen::ChosenView`].
    Chosen,
    /// What participants of a session asked, filled from a [`super::views::session::QuestionsView`].
    Questions,
    /// The link with which participants join a session, filled from a [`super::views::session::JoinView`].
    Join,
    /// A message to participants of a session, filled from a [`super::views::message::MessageView`].
    Message,
    /// Changes a session, filled from an [`super::views::amend::AmendView`].
    Amend,
    /// Who was there, filled from an [`super::views::session::AttendanceView`].
    Attendance,
    /// A sheet to sign, filled from an [`super::views::session::AttendanceView`].
    SignIn,
    /// A certificate of attendance, filled from a [`super::views::session::CertificateView`].
    Certificate,
    /// Adds somebody by hand, filled from an [`super::views::person::AddView`].
    Add,
    /// Somebody who signed up, filled from a [`super::views::person::PersonView`].
    Person,
    /// The organiser's own log-ins, filled from a [`super::views::enter::LogInsView`].
    LogIns,
    /// What organisers did, filled from a [`super::views::records::LogView`].
    Log,
    /// What is stored about whom, filled from a [`super::views::records::HeldView`].
    Held,
    /// The page for every error, filled from a [`crate::answer::ErrorView`].
    Error,
}

impl OrganiserPage {
    /// Every page.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the path of the page within the folder that is deployed with the function, and of its template.
    pub fn file(self) -> String {
        let name: &str = self.into();
        format!("organiser/{name}.html")
    }
}
