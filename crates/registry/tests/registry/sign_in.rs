//! Signing in, tokens, lock-out, partner front-ends.

use crate::problem;
use crate::support::{PASSWORD, text, world};
use chrono::TimeDelta;
use serde_json::json;

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
