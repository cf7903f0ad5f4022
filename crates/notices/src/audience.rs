//! From audiences to persons.

use uuid::Uuid;
use wubang_kernel::Role;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::Audience;
use wubang_registry::{
    Recipient, organisations_covering, people_of_organisations, people_with_role, recipients,
};
use wubang_store::outbox::Notice;
use wubang_store::{Error, Read};

/// Everybody a notice is for, each once.
pub(crate) async fn of(read: &impl Read, notice: &Notice) -> Result<Vec<Recipient>, Error> {
    let division = DivisionCode::parse(&notice.division)
        .map_err(|_| Error::internal("notice with a bad division"))?;
    let mut all = recipients(read, notice.persons.clone()).await?;
    for audience in &notice.tell {
        let found = match audience {
            Audience::Street => people_with_role(read, &[Role::StreetOfficer], &division).await?,
            Audience::Secretary => {
                people_with_role(read, &[Role::CommunitySecretary], &division).await?
            }
            Audience::District => people_with_role(read, &[Role::DistrictAdmin], &division).await?,
            Audience::Supervisor => people_with_role(read, &[Role::Supervisor], &division).await?,
            Audience::Organisation => people_of_organisations(read, &notice.organisations).await?,
            Audience::Matched => {
                let organisations: Vec<Uuid> =
                    organisations_covering(read, &division, notice.field.as_deref()).await?;
                people_of_organisations(read, &organisations).await?
            }
        };
        all.extend(found);
    }
    let mut seen = std::collections::HashSet::new();
    all.retain(|recipient| seen.insert(recipient.person_id));
    Ok(all)
}
