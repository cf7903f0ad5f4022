//! Districts that take part: those that have somebody in charge.

use crate::entity::grants;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use wubang_kernel::Role;
use wubang_kernel::division::{DivisionCode, Level};
use wubang_store::{Error, Read};

/// The districts in which somebody is the administrator of just this district, by code. The folder of all
/// divisions of the country names three thousand more that have nothing to do here.
///
/// # Errors
/// When the database fails.
pub async fn led(read: &impl Read) -> Result<Vec<DivisionCode>, Error> {
    let codes: Vec<String> = grants::Entity::find()
        .select_only()
        .column(grants::Column::Scope)
        .distinct()
        .filter(grants::Column::Role.eq(Role::DistrictAdmin.as_str()))
        .filter(grants::Column::ScopeKind.eq("division"))
        .filter(grants::Column::RevokedAt.is_null())
        .order_by_asc(grants::Column::Scope)
        .into_tuple()
        .all(&read.db())
        .await?;
    let mut districts = Vec::new();
    for code in codes {
        let code = DivisionCode::parse(&code)
            .map_err(|_| Error::internal(format!("a grant in {code}, which is no division")))?;
        if code.level() == Level::District {
            districts.push(code);
        }
    }
    Ok(districts)
}
