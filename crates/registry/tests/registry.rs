//! The registry on SQLite, through its functions and through HTTP.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use chrono::TimeDelta;
use serde_json::{Value, json};
use support::{PASSWORD, World, anonymous, district, system, text, world};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role};
use wubang_registry::import::import_district;
use wubang_registry::{OrgStatus, divisions, experts, organisations, people};

fn code(raw: &str) -> DivisionCode {
    DivisionCode::parse(raw).unwrap()
}

fn problem(body: &Value) -> &str {
    body["code"].as_str().unwrap_or_default()
}

// ---- import -------------------------------------------------------------------------------------

#[actix_web::test]
async fn a_district_is_imported_once_however_often() {
    let world = world().await;
    let first = world
        .act(async |tx| import_district(tx, district()).await.unwrap())
        .await;
    let (organisations_in_file, people_in_file) =
        (district().organisations.len(), district().people.len());
    assert!(organisations_in_file > 20 && people_in_file > 100);
    assert_eq!(
        (first.organisations.len(), first.people.len()),
        (organisations_in_file, people_in_file)
    );
    assert_eq!(
        (first.new_organisations, first.new_people),
        (organisations_in_file, people_in_file)
    );
    let before = counts(&world).await;
    let second = world
        .act(async |tx| import_district(tx, district()).await.unwrap())
        .await;
    assert_eq!(
        (
            second.new_organisations,
            second.new_people,
            second.new_grants
        ),
        (0, 0, 0)
    );
    assert_eq!(
        (&second.organisations, &second.people),
        (&first.organisations, &first.people)
    );
    assert_eq!(counts(&world).await, before);
    let view = world.store.read(&system());
    let hongmajia = organisations::load(&view, first.organisations["hongmajia"])
        .await
        .unwrap();
    assert_eq!(
        hongmajia.custodian_id,
        Some(first.organisations["huizhong"])
    );
    assert!(!hongmajia.is_legal_person());
    world.end().await;
}

async fn counts(world: &World) -> (usize, usize) {
    let view = world.store.read(&system());
    let covering = organisations::organisations_covering(&view, &code("410108005003"), None)
        .await
        .unwrap();
    (
        divisions::by_prefix(&view, "41").await.unwrap().len(),
        covering.len(),
    )
}

#[actix_web::test]
async fn every_fault_of_a_bundle_is_named_and_nothing_is_written() {
    let world = world().await;
    let mut bundle = district();
    bundle.organisations[0].uscc = Some("52410108MJY0720642".to_owned());
    bundle.organisations[3].custodian = Some("nobody".to_owned());
    bundle.people[1].account = "X".to_owned();
    bundle.divisions[2].code = "41010".to_owned();
    let tx = world.store.write(&system()).await.unwrap();
    let error = import_district(&tx, bundle).await.unwrap_err();
    let pointers: Vec<_> = error
        .refusal()
        .unwrap()
        .fields
        .iter()
        .map(|field| field.pointer.clone())
        .collect();
    assert_eq!(
        pointers,
        [
            "/divisions/2/code",
            "/organisations/0/uscc",
            "/organisations/3/custodian",
            "/people/1/account"
        ]
    );
    drop(tx);
    assert_eq!(counts(&world).await, (0, 0));
    world.end().await;
}

#[actix_web::test]
async fn csv_files_are_read_by_their_headers() {
    let world = world().await;
    let files = [
        ("provinces.csv", "code,name\n41,\"河南省\"\n"),
        (
            "cities.csv",
            "code,name,provinceCode\n4101,\"郑州市\",41\n4419,\"东莞市\",44\n",
        ),
        (
            "areas.csv",
            "code,name,cityCode,provinceCode\n410108,\"惠济区\",4101,41\n441900,\"东莞\",4419,44\n",
        ),
        (
            "streets.csv",
            "name,code,areaCode,provinceCode,cityCode\n\"迎宾路街道\",410108005,410108,41,4101\n",
        ),
    ];
    for (name, content) in files {
        std::fs::write(world.folder.join(name), content).unwrap();
    }
    let read = world
        .act(async |tx| divisions::import_folder(tx, &world.folder).await.unwrap())
        .await;
    assert_eq!(read, 5);
    let view = world.store.read(&system());
    assert_eq!(
        divisions::name_of(&view, &code("4419")).await.unwrap(),
        "东莞市"
    );
    assert_eq!(
        divisions::full_name_of(&view, &code("410108005"))
            .await
            .unwrap(),
        "惠济区迎宾路街道"
    );
    assert_eq!(
        divisions::name_of(&view, &code("99")).await.unwrap(),
        "990000000000"
    );
    let (_, page) = world
        .call(
            "GET",
            "/api/v1/public/divisions?prefix=41&limit=2",
            None,
            None,
        )
        .await;
    assert_eq!(
        (
            page["items"][0]["code"].as_str(),
            page["items"].as_array().map(Vec::len)
        ),
        (Some("410000000000"), Some(2))
    );
    let (_, rest) = world
        .call(
            "GET",
            &format!(
                "/api/v1/public/divisions?prefix=41&limit=2&cursor={}",
                text(&page, "/next")
            ),
            None,
            None,
        )
        .await;
    assert_eq!(
        (rest["items"][0]["name"].as_str(), rest["next"].is_null()),
        (Some("惠济区"), true)
    );
    let (_, children) = world
        .call(
            "GET",
            "/api/v1/public/divisions?parent=410108&level=street",
            None,
            None,
        )
        .await;
    assert_eq!(children["items"][0]["name"], "迎宾路街道");
    assert_eq!(
        world
            .call("GET", "/api/v1/public/divisions/410108", None, None)
            .await
            .1["name"],
        "惠济区"
    );
    assert_eq!(
        world
            .call("GET", "/api/v1/public/divisions?level=village", None, None)
            .await
            .0,
        422
    );
    world.end().await;
}

#[actix_web::test]
async fn experts_and_audiences_are_found_by_division() {
    let world = world().await;
    let report = world.with_district().await;
    let view = world.store.read(&system());
    let community = code("410108001001");
    let matching = experts::matching(&view, "A01", &community).await.unwrap();
    let exact = matching
        .iter()
        .take_while(|expert| expert.specialities.iter().any(|field| field == "A01"))
        .count();
    assert!(
        exact > 0
            && matching[exact..]
                .iter()
                .all(|expert| expert.specialities.iter().all(|field| field != "A01"))
    );
    assert!(
        experts::matching(&view, "A01", &code("110101001"))
            .await
            .unwrap()
            .is_empty()
    );
    let secretaries = people::people_with_role(&view, &[Role::CommunitySecretary], &community)
        .await
        .unwrap();
    assert_eq!(
        secretaries
            .iter()
            .map(|one| one.person_id)
            .collect::<Vec<_>>(),
        [report.people["han.wenjing"]]
    );
    let officers = people::people_with_role(&view, &[Role::StreetOfficer], &community)
        .await
        .unwrap();
    assert!(
        officers
            .iter()
            .any(|one| one.person_id == report.people["gao.xiangyu"])
    );
    let members = people::people_of_organisations(&view, &[report.organisations["lelin"]])
        .await
        .unwrap();
    assert!(
        members
            .iter()
            .any(|one| one.person_id == report.people["ning.jiayi"])
            && members.iter().all(|one| one.email.is_some())
    );
    let told = organisations::organisations_covering(&view, &community, Some("A01"))
        .await
        .unwrap();
    assert!(told.contains(&report.organisations["lelin"]));
    for organisation in organisations::load_many(&view, &told).await.unwrap() {
        assert!(
            organisation.covers(&community)
                && organisation.works_in("A01")
                && organisation.status.is_active()
        );
    }
    world.end().await;
}

// ---- sign-in ------------------------------------------------------------------------------------

#[actix_web::test]
async fn a_refresh_token_is_good_once_and_a_second_use_ends_the_family() {
    let world = world().await;
    world.with_district().await;
    let (status, first) = world.sign_in("wei.guohua", PASSWORD).await;
    assert_eq!(
        (
            status.as_u16(),
            first["token_type"].as_str(),
            first["expires_in"].as_i64()
        ),
        (200, Some("Bearer"), Some(900))
    );
    let refresh = async |token: &str| {
        world
            .call(
                "POST",
                "/api/v1/sessions/refresh",
                None,
                Some(json!({ "refresh_token": token })),
            )
            .await
    };
    let (status, second) = refresh(&text(&first, "/refresh_token")).await;
    assert_eq!(status, 200, "{second}");
    let access = text(&second, "/access_token");
    let (status, me) = world.call("GET", "/api/v1/me", Some(&access), None).await;
    assert_eq!(
        (status.as_u16(), me["account"].as_str()),
        (200, Some("wei.guohua"))
    );
    let (status, reused) = refresh(&text(&first, "/refresh_token")).await;
    assert_eq!((status.as_u16(), problem(&reused)), (401, "token_reused"));
    let (status, dead) = refresh(&text(&second, "/refresh_token")).await;
    assert_eq!((status.as_u16(), problem(&dead)), (401, "unauthenticated"));
    assert_eq!(
        world.call("GET", "/api/v1/me", Some(&access), None).await.0,
        401
    );
    let (status, unknown) = refresh("nonsense").await;
    assert_eq!(
        (status.as_u16(), problem(&unknown)),
        (401, "unauthenticated")
    );
    // of two at once only one can have it
    let (_, third) = world.sign_in("cheng.xiaoming", PASSWORD).await;
    let token = text(&third, "/refresh_token");
    let (one, two) = tokio::join!(refresh(&token), refresh(&token));
    assert_eq!(
        [one.0.as_u16(), two.0.as_u16()]
            .iter()
            .filter(|status| **status == 200)
            .count(),
        1
    );
    // another sign-in is another family
    assert_eq!(world.sign_in("wei.guohua", PASSWORD).await.0, 200);
    world.end().await;
}

#[actix_web::test]
async fn an_access_token_ends_with_its_time_and_with_sign_out() {
    let world = world().await;
    world.with_district().await;
    let token = world.token_of("wei.guohua").await;
    world.later(TimeDelta::minutes(14));
    assert_eq!(
        world.call("GET", "/api/v1/me", Some(&token), None).await.0,
        200
    );
    world.later(TimeDelta::minutes(2));
    assert_eq!(
        world.call("GET", "/api/v1/me", Some(&token), None).await.0,
        401
    );
    let token = world.token_of("wei.guohua").await;
    let other = world.token_of("wei.guohua").await;
    assert_eq!(
        world
            .call("POST", "/api/v1/sessions/end", Some(&token), None)
            .await
            .0,
        204
    );
    assert_eq!(
        world.call("GET", "/api/v1/me", Some(&token), None).await.0,
        401
    );
    assert_eq!(
        world.call("GET", "/api/v1/me", Some(&other), None).await.0,
        200
    );
    assert_eq!(world.call("GET", "/api/v1/me", None, None).await.0, 401);
    let (_, jwks) = world
        .call("GET", "/.well-known/jwks.json", None, None)
        .await;
    assert_eq!(
        (
            jwks["keys"][0]["kty"].as_str(),
            jwks["keys"][0]["crv"].as_str()
        ),
        (Some("OKP"), Some("Ed25519"))
    );
    world.end().await;
}

#[actix_web::test]
async fn an_account_is_locked_after_five_failures_and_free_after_a_while() {
    let world = world().await;
    world.with_district().await;
    for _ in 0..5 {
        let (status, body) = world.sign_in("wei.guohua", "wrong wrong wrong").await;
        assert_eq!((status.as_u16(), problem(&body)), (401, "bad_credentials"));
    }
    let (status, body) = world.sign_in("wei.guohua", PASSWORD).await;
    assert_eq!((status.as_u16(), problem(&body)), (429, "account_locked"));
    // an account that does not exist answers the same way
    for _ in 0..5 {
        assert_eq!(world.sign_in("no.such.account", PASSWORD).await.0, 401);
    }
    assert_eq!(world.sign_in("no.such.account", PASSWORD).await.0, 429);
    assert_eq!(world.sign_in("cheng.xiaoming", PASSWORD).await.0, 200);
    world.later(TimeDelta::minutes(16));
    assert_eq!(world.sign_in("wei.guohua", PASSWORD).await.0, 200);
    world.end().await;
}

#[actix_web::test]
async fn an_address_is_locked_after_twenty_failures() {
    let world = world().await;
    world.with_district().await;
    for n in 0..20 {
        assert_eq!(world.sign_in(&format!("guess{n}"), "x").await.0, 401);
    }
    assert_eq!(world.sign_in("wei.guohua", PASSWORD).await.0, 429);
    let guess =
        json!({ "account": "wei.guohua", "token": "x", "password": "a good long password" });
    assert_eq!(
        world
            .call("POST", "/api/v1/sessions/activate", None, Some(guess))
            .await
            .0,
        429
    );
    world.end().await;
}

#[actix_web::test]
async fn a_front_end_acts_only_in_its_scopes_and_until_it_is_disabled() {
    let world = world().await;
    world.with_district().await;
    let admin = world.token_of("wei.guohua").await;
    let client = json!({ "name": "社区通", "scopes": ["community_secretary"], "origins": ["https://app.example"] });
    let (status, made) = world
        .call("POST", "/api/v1/clients", Some(&admin), Some(client))
        .await;
    assert_eq!(status, 201, "{made}");
    let sign_in = |account: &str, secret: &str| json!({ "account": account, "password": PASSWORD, "client_id": made["id"], "client_secret": secret });
    let secret = text(&made, "/secret");
    let (status, session) = world
        .call(
            "POST",
            "/api/v1/sessions",
            None,
            Some(sign_in("han.wenjing", &secret)),
        )
        .await;
    assert_eq!(status, 200, "{session}");
    assert_eq!(
        world
            .call(
                "POST",
                "/api/v1/sessions",
                None,
                Some(sign_in("han.wenjing", "wrong"))
            )
            .await
            .0,
        401
    );
    let (_, me) = world
        .call(
            "GET",
            "/api/v1/me",
            Some(&text(&session, "/access_token")),
            None,
        )
        .await;
    assert_eq!(
        (&me["client"], &me["grants"][0]["role"]),
        (&made["id"], &json!("community_secretary"))
    );
    // an administrator through this front-end is nobody
    let (_, through) = world
        .call(
            "POST",
            "/api/v1/sessions",
            None,
            Some(sign_in("wei.guohua", &secret)),
        )
        .await;
    let through = text(&through, "/access_token");
    assert_eq!(
        world
            .call("GET", "/api/v1/clients", Some(&through), None)
            .await
            .0,
        403
    );
    // a bound session needs its front-end to go on
    let alone = json!({ "refresh_token": session["refresh_token"] });
    assert_eq!(
        world
            .call("POST", "/api/v1/sessions/refresh", None, Some(alone))
            .await
            .0,
        401
    );
    let bound = json!({ "refresh_token": session["refresh_token"], "client_id": made["id"], "client_secret": secret });
    let (status, session) = world
        .call("POST", "/api/v1/sessions/refresh", None, Some(bound))
        .await;
    assert_eq!(status, 200, "{session}");
    let path = format!("/api/v1/clients/{}/disable", text(&made, "/id"));
    assert_eq!(
        world
            .call(
                "POST",
                &path,
                Some(&admin),
                Some(json!({ "reason": "停止合作" }))
            )
            .await
            .0,
        200
    );
    assert_eq!(
        world
            .call(
                "GET",
                "/api/v1/me",
                Some(&text(&session, "/access_token")),
                None
            )
            .await
            .0,
        401
    );
    let (_, list) = world
        .call("GET", "/api/v1/clients", Some(&admin), None)
        .await;
    assert!(list["items"][0].get("secret").is_none() && list["items"][0]["status"] == "disabled");
    world.end().await;
}

// ---- people -------------------------------------------------------------------------------------

#[actix_web::test]
async fn a_person_is_entered_activated_and_disabled() {
    let world = world().await;
    world.with_district().await;
    let admin = world.token_of("wei.guohua").await;
    let person = json!({ "account": "new.one", "name": "新人", "email": "new@huiji.example", "grants": [{ "role": "community_secretary", "scope": { "division": "410108001001" } }] });
    let (status, made) = world
        .call("POST", "/api/v1/people", Some(&admin), Some(person.clone()))
        .await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(
        world
            .call("POST", "/api/v1/people", Some(&admin), Some(person))
            .await
            .0,
        409
    );
    let abroad = json!({ "account": "abroad", "name": "外区", "grants": [{ "role": "community_secretary", "scope": { "division": "110101001" } }] });
    assert_eq!(
        world
            .call("POST", "/api/v1/people", Some(&admin), Some(abroad))
            .await
            .0,
        403
    );
    let faulty = json!({ "account": "A", "name": "", "email": "x", "grants": [{ "role": "system", "scope": { "division": "410108" } }] });
    let (status, body) = world
        .call("POST", "/api/v1/people", Some(&admin), Some(faulty))
        .await;
    let pointers: Vec<_> = body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| text(error, "/pointer"))
        .collect();
    assert_eq!(
        (status.as_u16(), pointers.join(" ")),
        (422, "/grants/0/role /account /name /email".to_owned())
    );

    let path = format!("/api/v1/people/{}/activation", text(&made, "/id"));
    let (status, code) = world.call("POST", &path, Some(&admin), None).await;
    assert_eq!(status, 201, "{code}");
    let activate = |token: &str, password: &str| json!({ "account": "new.one", "token": token, "password": password });
    let token = text(&code, "/activation_token");
    let spend = async |token: &str, password: &str| {
        world
            .call(
                "POST",
                "/api/v1/sessions/activate",
                None,
                Some(activate(token, password)),
            )
            .await
            .0
            .as_u16()
    };
    assert_eq!(spend("wrong", "a good long password").await, 401);
    assert_eq!(spend(&token, "short").await, 422);
    assert_eq!(spend(&token, "a good long password").await, 204);
    assert_eq!(spend(&token, "another long password").await, 401);
    let (status, session) = world.sign_in("new.one", "a good long password").await;
    assert_eq!(status, 200);
    let own = text(&session, "/access_token");

    // he sees himself, and nobody else
    let (_, list) = world.call("GET", "/api/v1/people", Some(&own), None).await;
    assert_eq!(
        (
            list["items"].as_array().map(Vec::len),
            list["items"][0]["account"].as_str()
        ),
        (Some(1), Some("new.one"))
    );
    assert_eq!(
        world
            .call("GET", "/api/v1/people/wei.guohua", Some(&own), None)
            .await
            .0,
        404
    );
    let (_, found) = world
        .call(
            "GET",
            "/api/v1/people?q=new.o&role=community_secretary",
            Some(&admin),
            None,
        )
        .await;
    assert_eq!(found["items"][0]["activated"], true);

    let disable = format!("/api/v1/people/{}/disable", text(&made, "/id"));
    assert_eq!(
        world
            .call(
                "POST",
                &disable,
                Some(&own),
                Some(json!({ "reason": "试试" }))
            )
            .await
            .0,
        403
    );
    let (status, body) = world
        .call(
            "POST",
            &disable,
            Some(&admin),
            Some(json!({ "reason": "调离" })),
        )
        .await;
    assert_eq!(
        (status.as_u16(), body["status"].as_str()),
        (200, Some("disabled"))
    );
    assert_eq!(
        world.call("GET", "/api/v1/me", Some(&own), None).await.0,
        401
    );
    assert_eq!(
        world.sign_in("new.one", "a good long password").await.0,
        401
    );
    world.end().await;
}

#[actix_web::test]
async fn the_last_administrator_stays() {
    let world = world().await;
    let token = world
        .act(async |tx| {
            wubang_registry::bootstrap_administrator(tx, "root.admin", "首位", &code("410108"))
                .await
                .unwrap()
        })
        .await;
    // the code was lost: a new one can be had, but no second administrator
    let again = world
        .act(async |tx| {
            wubang_registry::bootstrap_administrator(tx, "root.admin", "首位", &code("410108"))
                .await
                .unwrap()
        })
        .await;
    assert_ne!(token, again);
    let tx = world.store.write(&system()).await.unwrap();
    let refused = wubang_registry::bootstrap_administrator(&tx, "second", "第二", &code("410108"))
        .await
        .unwrap_err();
    assert_eq!(refused.refusal().unwrap().code, Code::Duplicate);
    drop(tx);
    let spend =
        |token: &str| json!({ "account": "root.admin", "token": token, "password": PASSWORD });
    assert_eq!(
        world
            .call(
                "POST",
                "/api/v1/sessions/activate",
                None,
                Some(spend(&token))
            )
            .await
            .0,
        401
    );
    assert_eq!(
        world
            .call(
                "POST",
                "/api/v1/sessions/activate",
                None,
                Some(spend(&again))
            )
            .await
            .0,
        204
    );
    let admin = world.token_of("root.admin").await;
    let (_, me) = world
        .call("GET", "/api/v1/people/root.admin", Some(&admin), None)
        .await;
    let (revoke, disable) = (
        format!("/api/v1/people/{}/revoke_grant", text(&me, "/id")),
        format!("/api/v1/people/{}/disable", text(&me, "/id")),
    );
    let own = json!({ "grant_id": me["grants"][0]["id"] });
    let (status, body) = world
        .call("POST", &revoke, Some(&admin), Some(own.clone()))
        .await;
    assert_eq!(
        (status.as_u16(), problem(&body)),
        (409, "last_administrator")
    );
    let (status, body) = world
        .call(
            "POST",
            &disable,
            Some(&admin),
            Some(json!({ "reason": "离任" })),
        )
        .await;
    assert_eq!(
        (status.as_u16(), problem(&body)),
        (409, "last_administrator")
    );
    // one of a street below does not do, one of the district does
    for (account, division, expected) in [
        ("street.admin", "410108005", 409),
        ("other.admin", "410108", 200),
    ] {
        let person = json!({ "account": account, "name": "主管", "grants": [{ "role": "district_admin", "scope": { "division": division } }] });
        assert_eq!(
            world
                .call("POST", "/api/v1/people", Some(&admin), Some(person))
                .await
                .0,
            201
        );
        assert_eq!(
            world
                .call("POST", &revoke, Some(&admin), Some(own.clone()))
                .await
                .0
                .as_u16(),
            expected
        );
    }
    assert_eq!(
        world
            .call("GET", "/api/v1/clients", Some(&admin), None)
            .await
            .0,
        403
    );
    world.end().await;
}

// ---- organisations ------------------------------------------------------------------------------

#[actix_web::test]
async fn an_organisation_is_entered_changed_and_listed() {
    let world = world().await;
    let report = world.with_district().await;
    let (officer, agent) = (
        world.token_of("gao.xiangyu").await,
        world.token_of("ning.jiayi").await,
    );
    let mut body = json!({
        "name": "测试服务中心", "uscc": "52370213MJE100233F", "org_form": "social_service_institution", "management_tier": "registered",
        "division": "410108001001", "legal_representative": "某", "declared_capacity": 3,
        "profile": { "fields": ["A01"], "coverage": ["410108"], "contact": { "name": "某", "phone": "18800000000", "email": null } }
    });
    assert_eq!(
        world
            .call(
                "POST",
                "/api/v1/organisations",
                Some(&agent),
                Some(body.clone())
            )
            .await
            .0,
        403
    );
    let (status, made) = world
        .call(
            "POST",
            "/api/v1/organisations",
            Some(&officer),
            Some(body.clone()),
        )
        .await;
    assert_eq!(
        (status.as_u16(), made["status"].as_str()),
        (201, Some("registered")),
        "{made}"
    );
    body["uscc"] = json!("52370213MJE100233G");
    body["profile"]["fields"] = json!(["Z99"]);
    let (status, refused) = world
        .call("POST", "/api/v1/organisations", Some(&officer), Some(body))
        .await;
    assert_eq!(
        (
            status.as_u16(),
            refused["errors"][0]["pointer"].as_str(),
            refused["errors"][1]["pointer"].as_str()
        ),
        (422, Some("/uscc"), Some("/profile/fields/0"))
    );

    let path = format!("/api/v1/organisations/{}", report.organisations["lelin"]);
    let patch = json!({ "declared_capacity": 2 });
    assert_eq!(
        world
            .call("PATCH", &path, Some(&agent), Some(patch.clone()))
            .await
            .0,
        428
    );
    let (status, changed) = world
        .call_with(
            "PATCH",
            &path,
            Some(&agent),
            Some(patch.clone()),
            &[("if-match", "\"v1\"")],
        )
        .await;
    assert_eq!(
        (
            status.as_u16(),
            changed["declared_capacity"].as_i64(),
            changed["version"].as_i64()
        ),
        (200, Some(2), Some(2))
    );
    assert_eq!(
        world
            .call_with(
                "PATCH",
                &path,
                Some(&agent),
                Some(patch),
                &[("if-match", "\"v1\"")]
            )
            .await
            .0,
        412
    );
    let renamed = json!({ "name": "别的名字" });
    assert_eq!(
        world
            .call_with(
                "PATCH",
                &path,
                Some(&agent),
                Some(renamed),
                &[("if-match", "\"v2\"")]
            )
            .await
            .0,
        403
    );
    let admin = world.token_of("wei.guohua").await;
    let credit = json!({ "credit_status": "abnormal_activity", "reason": "未报送年度报告" });
    assert_eq!(
        world
            .call(
                "POST",
                &format!("{path}/set_credit_status"),
                Some(&officer),
                Some(credit.clone())
            )
            .await
            .0,
        403
    );
    assert_eq!(
        world
            .call(
                "POST",
                &format!("{path}/set_credit_status"),
                Some(&admin),
                Some(credit)
            )
            .await
            .1["credit_status"],
        "abnormal_activity"
    );
    let status = json!({ "status": "filed", "reason": "不可能" });
    assert_eq!(
        world
            .call(
                "POST",
                &format!("{path}/set_status"),
                Some(&admin),
                Some(status)
            )
            .await
            .0,
        409
    );

    let count = async |query: &str| {
        world
            .call(
                "GET",
                &format!("/api/v1/organisations?{query}"),
                Some(&agent),
                None,
            )
            .await
            .1["items"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!(count("q=%E4%B9%90%E9%82%BB").await, 1);
    assert_eq!(count("q=%25").await, 0);
    assert_eq!(
        count("division=410108001&field=A01&q=%E6%B5%8B%E8%AF%95").await,
        1
    );
    assert!(count("field=A&limit=100").await > count("field=A01&limit=100").await);
    assert_eq!(
        count("status=filed&limit=100").await,
        district()
            .organisations
            .iter()
            .filter(|row| row.state == OrgStatus::Filed)
            .count()
    );
    // the contact is for those who work with the organisation
    let other = world
        .call(
            "GET",
            &format!("/api/v1/organisations/{}", text(&made, "/id")),
            Some(&agent),
            None,
        )
        .await
        .1;
    assert!(other["profile"]["contact"].is_null() && !made["profile"]["contact"].is_null());
    assert_eq!(
        world
            .call(
                "GET",
                "/api/v1/organisations/52370213MJE100233F",
                Some(&agent),
                None
            )
            .await
            .1["id"],
        made["id"]
    );
    world
        .act(async |tx| {
            organisations::contracts_changed(tx, report.organisations["lelin"], 1)
                .await
                .unwrap()
        })
        .await;
    let tx = world.store.write(&system()).await.unwrap();
    assert!(
        organisations::contracts_changed(&tx, report.organisations["lelin"], -2)
            .await
            .is_err()
    );
    drop(tx);
    world.end().await;
}

// ---- taxonomy and calendar ----------------------------------------------------------------------

#[actix_web::test]
async fn a_newer_taxonomy_and_a_year_come_into_force() {
    let world = world().await;
    world.with_district().await;
    let admin = world.token_of("wei.guohua").await;
    let (_, mut taxonomy) = world
        .call("GET", "/api/v1/public/taxonomy", None, None)
        .await;
    assert_eq!(
        world
            .call(
                "POST",
                "/api/v1/taxonomies",
                Some(&admin),
                Some(taxonomy.clone())
            )
            .await
            .0,
        409
    );
    taxonomy["version"] = json!(2);
    taxonomy["fields"].as_array_mut().unwrap().push(json!({ "code": "A90", "name_zh": "新领域", "identifier": "new_field", "parent": "A", "enabled": true }));
    assert_eq!(
        world
            .call(
                "POST",
                "/api/v1/taxonomies",
                Some(&admin),
                Some(taxonomy.clone())
            )
            .await
            .0,
        201
    );
    assert!(
        wubang_registry::taxonomy::exists(&world.store.read(&anonymous()), "A90")
            .await
            .unwrap()
    );
    taxonomy["version"] = json!(3);
    taxonomy["fields"].as_array_mut().unwrap().remove(1);
    assert_eq!(
        world
            .call("POST", "/api/v1/taxonomies", Some(&admin), Some(taxonomy))
            .await
            .0,
        422
    );

    assert_eq!(
        world
            .call("GET", "/api/v1/public/calendar/2031", None, None)
            .await
            .0,
        404
    );
    let year =
        json!({ "year": 2031, "off_days": ["2031-01-01"], "work_days": [], "source": "通知" });
    let (status, body) = world
        .call("POST", "/api/v1/calendar", Some(&admin), Some(year))
        .await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(
        world
            .call("GET", "/api/v1/public/calendar/2031", None, None)
            .await
            .0,
        200
    );
    assert!(world.store.calendar().is_loaded(2031) && world.store.calendar().is_loaded(2026));
    let (_, rights) = world
        .call("GET", "/api/v1/rights", Some(&admin), None)
        .await;
    assert!(
        rights["rights"]
            .as_array()
            .is_some_and(|rows| rows.iter().any(|row| row["action"] == "grants.give"))
    );
    world.end().await;
}
