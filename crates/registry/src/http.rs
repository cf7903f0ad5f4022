//! Every address of the registry.

use crate::age_recipients::{AgeRecipientIn, AgeRecipientList, AgeRecipientOut};
use crate::authenticator::RegistryAuthenticator;
use crate::calendar::YearIn;
use crate::clients::{ClientIn, ClientList, ClientOut, NewClientOut};
use crate::divisions::{Division, DivisionList};
use crate::experts::{ExpertIn, ExpertList, ExpertOut};
use crate::grants::GrantIn;
use crate::keyring::Jwks;
use crate::organisations::authority_lists::{AuthorityListIn, AuthorityListOut};
use crate::organisations::{
    CreditStatusIn, OrganisationIn, OrganisationList, OrganisationOut, OrganisationPatch, StatusIn,
};
use crate::people::{ActivateIn, ActivationOut, PersonIn, PersonList, PersonOut, RevokeIn};
use crate::relations::{RelationEndIn, RelationIn, RelationsOut};
use crate::relatives::{RelativeIn, RelativeList, RelativeOut, RelativeWithdrawIn};
use crate::rights::{self, RightsOut};
use crate::sessions::{self, MeOut, RefreshIn, SignInIn, SignedInOut};
use crate::taxonomy::{self, Taxonomy};
use crate::{
    age_recipients, calendar, clients, divisions, experts, organisations, people, relations,
    relatives,
};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL};
use actix_web::{HttpResponse, get, patch, post, web};
use serde::Serialize;
use wubang_kernel::calendar::YearCalendar;
use wubang_kernel::{Code, Who};
use wubang_store::{Error, Tx};
use wubang_web::ReasonIn;
use wubang_web::{
    Answer, Body, Ctx, ListQuery, PathKey, act, amend, list, list_public, make, see, see_public,
    show,
};

see!(
    get_person,
    "登记 registry",
    "/api/v1/people/{id}",
    PersonOut,
    people::see,
    "查看人员。Shows a person, by id or account."
);
list!(
    list_people,
    "登记 registry",
    "/api/v1/people",
    ["q", "role"],
    PersonList,
    people::list,
    "人员列表:本人及辖区内人员。Lists oneself and the people of one's divisions."
);
make!(create_person, "登记 registry", "/api/v1/people", "people", PersonIn => PersonOut, people::create, "新建人员及其首批角色。Enters a person with first grants.");
act!(give_grant, "登记 registry", "/api/v1/people/{id}/grants", GrantIn => PersonOut, people::give_grant, "授予角色。Gives a role.");
act!(revoke_grant, "登记 registry", "/api/v1/people/{id}/revoke_grant", RevokeIn => PersonOut, people::revoke_grant, "撤销角色;最后一名区级主管不能撤销。Revokes a role, except that of the last district administrator.");
act!(disable_person, "登记 registry", "/api/v1/people/{id}/disable", ReasonIn => PersonOut, people::disable, "停用人员,其会话立即失效。Disables a person and ends the sessions.");
act!(enable_person, "登记 registry", "/api/v1/people/{id}/enable", ReasonIn => PersonOut, people::enable, "恢复人员。Lets a disabled person sign in again.");

see!(
    get_organisation,
    "登记 registry",
    "/api/v1/organisations/{id}",
    OrganisationOut,
    organisations::see,
    "查看组织。Shows an organisation, by id, credit code or filing number."
);
list!(
    list_organisations,
    "登记 registry",
    "/api/v1/organisations",
    ["division", "field", "status", "q"],
    OrganisationList,
    organisations::list,
    "组织列表。Lists organisations."
);
make!(create_organisation, "登记 registry", "/api/v1/organisations", "organisations", OrganisationIn => OrganisationOut, organisations::create, "组织入库。Enters an organisation.");
amend!(update_organisation, "登记 registry", "/api/v1/organisations/{id}", OrganisationPatch => OrganisationOut, organisations::update, "修改组织。Changes an organisation.");
see!(
    get_organisation_relations,
    "登记 registry",
    "/api/v1/organisations/{id}/relations",
    RelationsOut,
    relations::see,
    "组织之间的关系(代管、孵化、联盟)。Relations of an organisation: custody, incubation, alliance councils."
);
act!(relate_organisation, "登记 registry", "/api/v1/organisations/{id}/relate", RelationIn => RelationsOut, relations::relate, "登记组织之间的关系,供回避核查。Records a relation, for recusal.");
act!(end_organisation_relation, "登记 registry", "/api/v1/organisations/{id}/end_relation", RelationEndIn => RelationsOut, relations::end, "结束组织之间的关系。Ends a relation.");
list!(
    list_relatives,
    "登记 registry",
    "/api/v1/relatives",
    [],
    RelativeList,
    relatives::list,
    "本人的亲属申报。One's own declarations of relatives."
);
make!(register_age_recipient, "登记 registry", "/api/v1/age_recipients", "age_recipients", AgeRecipientIn => AgeRecipientOut, age_recipients::register, "登记本人公钥,供担任持钥人;取代此前的公钥。Registers one's public key, for who holds a share of a box's key.");
list!(
    list_age_recipients,
    "登记 registry",
    "/api/v1/age_recipients",
    [],
    AgeRecipientList,
    age_recipients::list,
    "本人登记过的公钥。One's own public keys."
);
make!(declare_relative, "登记 registry", "/api/v1/relatives", "relatives", RelativeIn => RelativeOut, relatives::declare, "申报亲属,供回避核查;只有本人可见。Declares a relative, for recusal; nobody else reads it.");
act!(withdraw_relative, "登记 registry", "/api/v1/relatives/{id}/withdraw", RelativeWithdrawIn => RelativeOut, relatives::withdraw, "撤回亲属申报。Withdraws a declaration.");
act!(set_organisation_status, "登记 registry", "/api/v1/organisations/{id}/set_status", StatusIn => OrganisationOut, organisations::set_status, "变更组织状态。Changes the status of an organisation.");
act!(set_organisation_credit_status, "登记 registry", "/api/v1/organisations/{id}/set_credit_status", CreditStatusIn => OrganisationOut, organisations::set_credit_status, "登记信用状态。Records what the credit lists say.");

/// 导入主管部门公布的名单或评估等级(CSV):整份核对,有一行不对即全部不写入。Takes in a list of an authority, whole or not at all.
#[utoipa::path(tag = "登记 registry", request_body = AuthorityListIn, responses((status = 200, description = "变动、未变动和未登记的组织 · what changed, and what did not", body = AuthorityListOut)), security(("bearer" = [])))]
#[post("/api/v1/authority_lists")]
pub(crate) async fn import_authority_list(ctx: Ctx, body: Body<AuthorityListIn>) -> Answer {
    ctx.signed_in()?;
    wubang_web::command(&ctx, async |tx| {
        organisations::authority_lists::take_in(tx, body.0).await
    })
    .await
}

list!(
    list_experts,
    "登记 registry",
    "/api/v1/experts",
    [],
    ExpertList,
    experts::list,
    "专家库列表。Lists the expert pool."
);
make!(create_expert, "登记 registry", "/api/v1/experts", "experts", ExpertIn => ExpertOut, experts::create, "专家入库。Takes a person into the expert pool.");

list!(
    list_clients,
    "登记 registry",
    "/api/v1/clients",
    [],
    ClientList,
    clients::list,
    "合作前端列表。Lists partner front-ends."
);
act!(disable_client, "登记 registry", "/api/v1/clients/{id}/disable", ReasonIn => ClientOut, clients::disable, "停用合作前端,其会话立即失效。Disables a partner front-end and ends its sessions.");

list_public!(
    list_divisions,
    "登记 registry",
    "/api/v1/public/divisions",
    ["parent", "prefix", "level"],
    DivisionList,
    divisions::list,
    "区划列表,按代码排序。Lists divisions by code."
);
see_public!(
    get_division,
    "登记 registry",
    "/api/v1/public/divisions/{id}",
    Division,
    divisions::see,
    "查看区划。Shows a division by its code."
);
see_public!(
    get_calendar_year,
    "登记 registry",
    "/api/v1/public/calendar/{id}",
    YearCalendar,
    calendar::see,
    "某一年度的工作日历。Shows one year of the working-day calendar."
);
make!(import_taxonomy, "登记 registry", "/api/v1/taxonomies", "taxonomies", Taxonomy => Taxonomy, taxonomy::import, "导入新版领域目录。Imports a newer version of the taxonomy.");

/// 现行领域目录。The taxonomy in force.
#[utoipa::path(tag = "登记 registry", responses((status = 200, description = "目录 · the taxonomy", body = Taxonomy)), security(()))]
#[get("/api/v1/public/taxonomy")]
pub(crate) async fn get_taxonomy(ctx: Ctx) -> Answer {
    ListQuery::of(&ctx, &[])?;
    let taxonomy = taxonomy::current(&ctx.read())
        .await
        .map_err(|error| ctx.problem(error))?;
    show(&ctx, &*taxonomy)
}

/// 导入一个年度的工作日历,立即生效。Imports a year of the working-day calendar, in force at once.
#[utoipa::path(tag = "登记 registry", request_body = YearIn, responses((status = 201, description = "已导入 · imported", body = YearCalendar)), security(("bearer" = [])))]
#[post("/api/v1/calendar")]
pub(crate) async fn import_calendar_year(ctx: Ctx, body: Body<YearIn>) -> Answer {
    ctx.signed_in()?;
    let answer = wubang_web::created(&ctx, "public/calendar", async |tx| {
        calendar::import(tx, body.0).await
    })
    .await?;
    calendar::load_into(&ctx.store)
        .await
        .map_err(|error| ctx.problem(error))?;
    Ok(answer)
}

/// 角色与权限表。The table of roles and rights.
#[utoipa::path(tag = "登记 registry", responses((status = 200, description = "权限表 · the table", body = RightsOut)), security(("bearer" = [])))]
#[get("/api/v1/rights")]
pub(crate) async fn list_rights(ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    ListQuery::of(&ctx, &[])?;
    show(&ctx, &rights::explain())
}

/// 签发一次性激活码,仅显示一次。Issues an activation code, shown once.
#[utoipa::path(tag = "登记 registry", params(("id" = String, Path, description = "id 或账号 · id or account")),
    responses((status = 201, description = "激活码 · the code", body = ActivationOut)), security(("bearer" = [])))]
#[post("/api/v1/people/{id}/activation")]
pub(crate) async fn issue_activation(ctx: Ctx, key: PathKey) -> Answer {
    ctx.signed_in()?;
    once(&ctx, async |tx| people::issue(tx, &key.0).await).await
}

/// 新建合作前端,密钥仅显示一次。Enters a partner front-end; its secret is shown once.
#[utoipa::path(tag = "登记 registry", request_body = ClientIn, responses((status = 201, description = "新建的前端与密钥 · the front-end with its secret", body = NewClientOut)), security(("bearer" = [])))]
#[post("/api/v1/clients")]
pub(crate) async fn create_client(ctx: Ctx, body: Body<ClientIn>) -> Answer {
    ctx.signed_in()?;
    once(&ctx, async |tx| clients::create(tx, body.0).await).await
}

/// The caller without `If-Match`: sessions and secrets have no version.
fn unversioned(ctx: &Ctx) -> Who {
    Who {
        if_match: None,
        ..ctx.who.clone()
    }
}

/// A command whose answer holds a secret: it is kept for no repetition.
async fn once<T: Serialize>(ctx: &Ctx, act: impl AsyncFnOnce(&Tx) -> Result<T, Error>) -> Answer {
    let run = async {
        let tx = ctx.store.write(&unversioned(ctx)).await?;
        let value = act(&tx).await?;
        tx.commit().await?;
        Ok::<_, Error>(value)
    };
    let value = run.await.map_err(|error| ctx.problem(error))?;
    Ok(HttpResponse::build(StatusCode::CREATED).json(value))
}

fn identity(ctx: &Ctx) -> Result<web::Data<RegistryAuthenticator>, Error> {
    let found = ctx.request().app_data::<web::Data<RegistryAuthenticator>>();
    found
        .cloned()
        .ok_or_else(|| Error::internal("no RegistryAuthenticator in the application data"))
}

/// 登录。Signs in.
#[utoipa::path(tag = "登录 sessions", request_body = SignInIn, responses((status = 200, description = "令牌 · tokens", body = SignedInOut)), security(()))]
#[post("/api/v1/sessions")]
pub(crate) async fn sign_in(ctx: Ctx, body: Body<SignInIn>) -> Answer {
    let run = async {
        sessions::sign_in(
            &ctx.store,
            &unversioned(&ctx),
            &*identity(&ctx)?,
            &ctx.peer,
            body.0,
        )
        .await
    };
    Ok(HttpResponse::Ok().json(run.await.map_err(|error| ctx.problem(error))?))
}

/// 用刷新令牌换新令牌;每个刷新令牌只能用一次。Gives new tokens for a refresh token, which is good once.
#[utoipa::path(tag = "登录 sessions", request_body = RefreshIn, responses((status = 200, description = "令牌 · tokens", body = SignedInOut)), security(()))]
#[post("/api/v1/sessions/refresh")]
pub(crate) async fn refresh_session(ctx: Ctx, body: Body<RefreshIn>) -> Answer {
    let run = async {
        sessions::refresh(&ctx.store, &unversioned(&ctx), &*identity(&ctx)?, body.0).await
    };
    Ok(HttpResponse::Ok().json(run.await.map_err(|error| ctx.problem(error))?))
}

/// 用激活码设置密码。Sets the password with an activation code.
#[utoipa::path(tag = "登录 sessions", request_body = ActivateIn, responses((status = 204, description = "密码已设置,请登录 · the password is set; sign in")), security(()))]
#[post("/api/v1/sessions/activate")]
pub(crate) async fn activate_account(ctx: Ctx, body: Body<ActivateIn>) -> Answer {
    let run = async {
        let who = unversioned(&ctx);
        let attempt = sessions::attempt(&ctx.store, &who, None, &ctx.peer).await?;
        let outcome = people::activate(&ctx.store, &who, body.0).await;
        // only a wrong code counts against the address, not a weak password
        if !outcome.as_ref().is_err_and(|error| {
            error
                .refusal()
                .is_some_and(|refusal| refusal.code == Code::BadCredentials)
        }) {
            let tx = ctx.store.write(&who).await?;
            sessions::forgive(&tx, attempt).await?;
            tx.commit().await?;
        }
        outcome
    };
    run.await.map_err(|error| ctx.problem(error))?;
    Ok(HttpResponse::NoContent().finish())
}

/// 退出登录,本次登录的全部令牌立即失效。Signs out: every token of this sign-in ends at once.
#[utoipa::path(tag = "登录 sessions", responses((status = 204, description = "已退出 · signed out")), security(("bearer" = [])))]
#[post("/api/v1/sessions/end")]
pub(crate) async fn sign_out(ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    let run = async {
        let bearer = ctx
            .request()
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.strip_prefix("Bearer "));
        let claims = identity(&ctx)?.read(bearer.unwrap_or_default().trim(), ctx.store.now())?;
        let tx = ctx.store.write(&unversioned(&ctx)).await?;
        sessions::end(&tx, claims.sid).await?;
        tx.commit().await
    };
    run.await.map_err(|error| ctx.problem(error))?;
    Ok(HttpResponse::NoContent().finish())
}

/// 当前登录人。The person who is signed in.
#[utoipa::path(tag = "登录 sessions", responses((status = 200, description = "本人 · oneself", body = MeOut)), security(("bearer" = [])))]
#[get("/api/v1/me")]
pub(crate) async fn get_me(ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    ListQuery::of(&ctx, &[])?;
    let me = sessions::me(&ctx.read())
        .await
        .map_err(|error| ctx.problem(error))?;
    show(&ctx, &me)
}

/// 验证访问令牌的公钥。The public keys that verify access tokens.
#[utoipa::path(tag = "登录 sessions", responses((status = 200, description = "公钥 · the keys", body = Jwks)), security(()))]
#[get("/.well-known/jwks.json")]
pub(crate) async fn get_jwks(ctx: Ctx) -> Answer {
    let auth = identity(&ctx).map_err(|error| ctx.problem(error))?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .json(auth.keyring.jwks()))
}

/// Registers every handler of the registry.
pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(create_person)
        .service(list_people)
        .service(get_person)
        .service(give_grant)
        .service(revoke_grant);
    cfg.service(disable_person)
        .service(enable_person)
        .service(issue_activation);
    cfg.service(create_organisation)
        .service(list_organisations)
        .service(get_organisation)
        .service(update_organisation);
    cfg.service(get_organisation_relations)
        .service(relate_organisation)
        .service(end_organisation_relation)
        .service(register_age_recipient)
        .service(list_age_recipients)
        .service(list_relatives)
        .service(declare_relative)
        .service(withdraw_relative)
        .service(set_organisation_status)
        .service(set_organisation_credit_status)
        .service(import_authority_list);
    cfg.service(create_expert)
        .service(list_experts)
        .service(create_client)
        .service(list_clients)
        .service(disable_client);
    cfg.service(list_divisions)
        .service(get_division)
        .service(get_taxonomy)
        .service(import_taxonomy);
    cfg.service(get_calendar_year)
        .service(import_calendar_year)
        .service(list_rights);
    cfg.service(sign_in)
        .service(refresh_session)
        .service(activate_account)
        .service(sign_out)
        .service(get_me)
        .service(get_jwks);
}
