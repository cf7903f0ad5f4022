//! People and their grants.

use crate::support::{PASSWORD, system, text, world};
use crate::{code, problem};
use serde_json::json;
use wubang_kernel::Code;

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
