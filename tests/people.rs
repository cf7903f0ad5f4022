//! People and their sessions over HTTP.

use crate::needs::text;
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_testkit::database::{PASSWORD, beginning};
use wubang_testkit::{Bench, Caller, Reply, on_both};

async fn sign_in(bench: &Bench, account: &str, password: &str) -> Reply {
    let body = json!({ "account": account, "password": password });
    bench.nobody().post("/api/v1/sessions", body).await
}

async fn refresh(bench: &Bench, token: &str) -> Reply {
    let body = json!({ "refresh_token": token });
    bench.nobody().post("/api/v1/sessions/refresh", body).await
}

/// A caller with the access token of a sign-in.
fn with(bench: &Bench, tokens: &Value) -> Caller {
    bench.nobody().with(text(tokens, "/access_token"))
}

async fn me(caller: &Caller) -> Reply {
    caller.get("/api/v1/me").await
}

async fn admin(bench: &mut Bench) -> Caller {
    bench.cast("district_admin").await
}

/// The person of an account as the district sees it.
async fn person(bench: &mut Bench, account: &str) -> Value {
    let path = format!("/api/v1/people/{account}");
    admin(bench).await.get(&path).await.ok()
}

async fn revoke(caller: &Caller, person: &Value, grant: usize) -> Reply {
    let path = format!("/api/v1/people/{}/revoke_grant", text(person, "/id"));
    let grant = text(person, &format!("/grants/{grant}/id"));
    caller.post(&path, json!({ "grant_id": grant })).await
}

on_both! {
    async fn a_wrong_password_and_an_unknown_account_answer_alike(bench: Bench) {
        let (wrong, unknown) = (sign_in(&bench, "wang.min", "not-the-password").await, sign_in(&bench, "nobody.here", PASSWORD).await);
        let (mut wrong, mut unknown) = (wrong.refused(401, "bad_credentials"), unknown.refused(401, "bad_credentials"));
        for problem in [&mut wrong, &mut unknown] {
            problem.as_object_mut().unwrap().remove("instance");
        }
        assert_eq!(wrong, unknown);
        let done = sign_in(&bench, "wang.min", PASSWORD).await.ok();
        assert_eq!((&done["token_type"], &done["expires_in"], text(&done, "/person/name")), (&json!("Bearer"), &json!(900), "王敏".to_owned()));
        let me = me(&with(&bench, &done)).await.ok();
        assert_eq!((&me["account"], &me["grants"][0]["role"], &me["grants"][0]["scope"]["division"]), (&json!("wang.min"), &json!("street_officer"), &json!("410108005000")));
    }

    async fn after_five_failures_the_account_rests_for_a_quarter_of_an_hour(bench: Bench) {
        for _ in 0..5 {
            sign_in(&bench, "wang.min", "not-the-password").await.refused(401, "bad_credentials");
        }
        // the right password does not help now, nor another spelling
        sign_in(&bench, "wang.min", PASSWORD).await.refused(429, "account_locked");
        sign_in(&bench, "WANG.MIN", PASSWORD).await.refused(429, "account_locked");
        sign_in(&bench, "cao.junjie", PASSWORD).await.ok();
        bench.stand_at(beginning() + TimeDelta::minutes(16));
        sign_in(&bench, "wang.min", PASSWORD).await.ok();
    }

    async fn a_refresh_token_is_good_once_and_its_second_use_ends_the_family(bench: Bench) {
        let first = sign_in(&bench, "wang.min", PASSWORD).await.ok();
        let elsewhere = sign_in(&bench, "wang.min", PASSWORD).await.ok();
        let second = refresh(&bench, &text(&first, "/refresh_token")).await.ok();
        assert_ne!(second["refresh_token"], first["refresh_token"]);
        me(&with(&bench, &second)).await.ok();
        refresh(&bench, &text(&first, "/refresh_token")).await.refused(401, "token_reused");
        // thief and owner are both out, the other sign-in is not
        me(&with(&bench, &second)).await.refused(401, "unauthenticated");
        me(&with(&bench, &first)).await.refused(401, "unauthenticated");
        refresh(&bench, &text(&second, "/refresh_token")).await.refused(401, "unauthenticated");
        me(&with(&bench, &elsewhere)).await.ok();
        refresh(&bench, "made-up").await.refused(401, "unauthenticated");
    }

    async fn a_refresh_token_lasts_a_fortnight(bench: Bench) {
        let first = sign_in(&bench, "wang.min", PASSWORD).await.ok();
        bench.stand_at(beginning() + TimeDelta::days(13));
        let second = refresh(&bench, &text(&first, "/refresh_token")).await.ok();
        me(&with(&bench, &second)).await.ok();
        bench.stand_at(beginning() + TimeDelta::days(28));
        refresh(&bench, &text(&second, "/refresh_token")).await.refused(401, "unauthenticated");
    }

    async fn signing_out_ends_the_access_token_at_once(bench: Bench) {
        let tokens = sign_in(&bench, "wang.min", PASSWORD).await.ok();
        let caller = with(&bench, &tokens);
        me(&caller).await.ok();
        assert_eq!(caller.post("/api/v1/sessions/end", json!({})).await.status, 204);
        me(&caller).await.refused(401, "unauthenticated");
        refresh(&bench, &text(&tokens, "/refresh_token")).await.refused(401, "unauthenticated");
        bench.nobody().post("/api/v1/sessions/end", json!({})).await.refused(401, "unauthenticated");
    }

    async fn an_access_token_ends_by_the_clock(bench: Bench) {
        let tokens = sign_in(&bench, "wang.min", PASSWORD).await.ok();
        let caller = with(&bench, &tokens);
        bench.stand_at(beginning() + TimeDelta::minutes(14));
        me(&caller).await.ok();
        bench.stand_at(beginning() + TimeDelta::minutes(16));
        me(&caller).await.refused(401, "unauthenticated");
    }

    async fn a_token_nobody_signed_is_refused(bench: Bench) {
        let tokens = sign_in(&bench, "wang.min", PASSWORD).await.ok();
        let token = text(&tokens, "/access_token");
        let parts: Vec<&str> = token.split('.').collect();
        let other = sign_in(&bench, "wei.guohua", PASSWORD).await.ok();
        let other = text(&other, "/access_token");
        let theirs: Vec<&str> = other.split('.').collect();
        // {"alg":"none","typ":"at+jwt"}
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
        // {"alg":"HS256","typ":"at+jwt"}
        let hs256 = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9";
        for bad in [
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{hs256}.{}.{}", parts[1], parts[2]),
            // the claims of the administrator under the signature of an officer
            format!("{}.{}.{}", parts[0], theirs[1], parts[2]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{token}x"),
            "not-a-token".to_owned(),
            String::new(),
        ] {
            me(&bench.nobody().with(bad)).await.refused(401, "unauthenticated");
        }
        bench.nobody().call("GET", "/api/v1/me", &[("authorization", "Basic d2FuZy5taW46eA==")], None).await.refused(401, "unauthenticated");
        // a bad token is refused on public addresses too, before any body is read
        bench.nobody().with("not-a-token".to_owned()).get("/api/v1/public/postings").await.refused(401, "unauthenticated");
        me(&bench.nobody().with(token.clone())).await.ok();
    }

    async fn everybody_can_verify_tokens_with_the_public_keys(bench: Bench) {
        let tokens = sign_in(&bench, "wang.min", PASSWORD).await.ok();
        let keys = bench.nobody().get("/.well-known/jwks.json").await;
        assert_eq!(keys.headers["cache-control"], "public, max-age=300");
        let keys = keys.ok();
        let all = keys["keys"].as_array().unwrap();
        assert_eq!(all.len(), 1);
        for (member, value) in [("kty", "OKP"), ("crv", "Ed25519"), ("alg", "EdDSA"), ("use", "sig")] {
            assert_eq!(all[0][member], json!(value));
        }
        // 32 bytes in base64url, and no private part
        assert_eq!((text(&all[0], "/x").len(), all[0].get("d")), (43, None));
        assert!(!text(&tokens, "/access_token").contains(&text(&all[0], "/x")));
    }

    async fn a_revoked_grant_works_no_more_at_once(bench: Bench from NeedApproved) {
        let officer = bench.user("wang.min").await;
        let need = format!("/api/v1/needs/{}", bench.play.ids.need);
        officer.get(&need).await.ok();
        let wang = person(&mut bench, "wang.min").await;
        let admin = admin(&mut bench).await;
        revoke(&bench.user("cao.junjie").await, &wang, 0).await.refused(403, "forbidden");
        assert_eq!(revoke(&admin, &wang, 0).await.ok()["grants"], json!([]));
        // the token itself is still good
        assert_eq!(me(&officer).await.ok()["grants"], json!([]));
        officer.get(&need).await.refused(404, "not_found");
        assert_eq!(officer.get("/api/v1/needs").await.ok()["items"], json!([]));
        revoke(&admin, &wang, 0).await.refused(404, "not_found");
        let again = json!({ "role": "street_officer", "scope": { "division": "410108005000" } });
        let path = format!("/api/v1/people/{}/grants", text(&wang, "/id"));
        admin.post(&path, again.clone()).await.ok();
        admin.post(&path, again).await.refused(409, "duplicate");
        officer.get(&need).await.ok();
    }

    async fn the_last_administrator_stays(bench: Bench) {
        let (wei, cheng) = (person(&mut bench, "wei.guohua").await, person(&mut bench, "cheng.xiaoming").await);
        let admin = admin(&mut bench).await;
        revoke(&admin, &cheng, 0).await.ok();
        revoke(&admin, &wei, 0).await.refused(409, "last_administrator");
        let path = format!("/api/v1/people/{}/disable", text(&wei, "/id"));
        admin.post(&path, json!({ "reason": "调离岗位" })).await.refused(409, "last_administrator");
        me(&admin).await.ok();
    }

    async fn a_disabled_account_is_out_at_once_and_comes_back(bench: Bench) {
        let tokens = sign_in(&bench, "wang.min", PASSWORD).await.ok();
        let officer = with(&bench, &tokens);
        let wang = person(&mut bench, "wang.min").await;
        let admin = admin(&mut bench).await;
        let at = |verb: &str| format!("/api/v1/people/{}/{verb}", text(&wang, "/id"));
        let reason = json!({ "reason": "已调离岗位" });
        bench.user("cao.junjie").await.post(&at("disable"), reason.clone()).await.refused(404, "not_found");
        bench.user("he.zhengqing").await.post(&at("disable"), reason.clone()).await.refused(403, "forbidden");
        assert_eq!(admin.post(&at("disable"), reason.clone()).await.ok()["status"], json!("disabled"));
        admin.post(&at("disable"), reason.clone()).await.refused(409, "invalid_transition");
        me(&officer).await.refused(401, "unauthenticated");
        refresh(&bench, &text(&tokens, "/refresh_token")).await.refused(401, "unauthenticated");
        sign_in(&bench, "wang.min", PASSWORD).await.refused(401, "bad_credentials");
        admin.post(&format!("/api/v1/people/{}/activation", text(&wang, "/id")), json!({})).await.refused(409, "invalid_transition");
        admin.post(&at("enable"), reason).await.ok();
        sign_in(&bench, "wang.min", PASSWORD).await.ok();
    }

    async fn a_new_person_sets_his_password_with_a_code_shown_once(bench: Bench) {
        let admin = admin(&mut bench).await;
        let body = json!({ "account": "new.officer", "name": "新来的", "email": "new.officer@huiji.example",
            "grants": [{ "role": "street_officer", "scope": { "division": "410108005000" } }] });
        bench.user("wang.min").await.post("/api/v1/people", body.clone()).await.refused(403, "forbidden");
        let mut wrong = body.clone();
        wrong["account"] = json!("New Officer");
        wrong["email"] = json!("nobody");
        let reply = admin.post("/api/v1/people", wrong).await;
        assert_eq!(reply.pointers(), ["/account", "/email"]);
        reply.refused(422, "invalid");
        let made = admin.post("/api/v1/people", body.clone()).await.ok();
        admin.post("/api/v1/people", body).await.refused(409, "duplicate");
        assert_eq!((&made["status"], &made["activated"]), (&json!("active"), &json!(false)));
        sign_in(&bench, "new.officer", PASSWORD).await.refused(401, "bad_credentials");
        let path = format!("/api/v1/people/{}/activation", text(&made, "/id"));
        let stale = text(&admin.post(&path, json!({})).await.ok(), "/activation_token");
        let code = text(&admin.post(&path, json!({})).await.ok(), "/activation_token");
        let nobody = bench.nobody();
        let activate = |code: &str, password: &str| {
            let (nobody, body) = (nobody.clone(), json!({ "account": "new.officer", "token": code, "password": password }));
            async move { nobody.post("/api/v1/sessions/activate", body).await }
        };
        activate("made-up", "a-long-enough-word").await.refused(401, "bad_credentials");
        activate(&stale, "a-long-enough-word").await.refused(401, "bad_credentials");
        let weak = activate(&code, "short").await;
        assert_eq!(weak.pointers(), ["/password"]);
        weak.refused(422, "invalid");
        assert_eq!(activate(&code, "a-long-enough-word").await.status, 204);
        activate(&code, "another-long-word").await.refused(401, "bad_credentials");
        sign_in(&bench, "new.officer", "a-long-enough-word").await.ok();
        assert_eq!(person(&mut bench, "new.officer").await["activated"], json!(true));
    }

    async fn an_activation_code_ends_after_three_days(bench: Bench) {
        let admin = admin(&mut bench).await;
        let code = text(&admin.post("/api/v1/people/wang.min/activation", json!({})).await.ok(), "/activation_token");
        bench.stand_at(beginning() + TimeDelta::hours(73));
        let body = json!({ "account": "wang.min", "token": code, "password": "a-long-enough-word" });
        bench.nobody().post("/api/v1/sessions/activate", body).await.refused(401, "bad_credentials");
        // the old password works until a code is spent
        sign_in(&bench, "wang.min", PASSWORD).await.ok();
    }

    async fn a_partner_front_end_acts_in_its_roles_only(bench: Bench) {
        let admin = admin(&mut bench).await;
        let body = json!({ "name": "社区通小程序", "scopes": ["org_agent"], "origins": ["https://app.huiji.example"] });
        bench.user("wang.min").await.post("/api/v1/clients", body.clone()).await.refused(403, "forbidden");
        let reply = admin.post("/api/v1/clients", json!({ "name": "社区通", "scopes": ["system"], "origins": ["http://app.example/x"] })).await;
        assert_eq!(reply.pointers(), ["/scopes/0", "/origins/0"]);
        reply.refused(422, "invalid");
        let made = admin.post("/api/v1/clients", body).await.ok();
        let (id, secret) = (text(&made, "/id"), text(&made, "/secret"));
        assert!(!admin.get("/api/v1/clients").await.ok().to_string().contains(&secret), "the secret is shown once");
        let nobody = bench.nobody();
        let through = |account: &str, secret: &str| {
            let body = json!({ "account": account, "password": PASSWORD, "client_id": id, "client_secret": secret });
            let nobody = nobody.clone();
            async move { nobody.post("/api/v1/sessions", body).await }
        };
        through("ning.jiayi", "guessed").await.refused(401, "bad_credentials");
        // a secretary is nobody in particular through this front-end
        let secretary = through("zhao.lei", &secret).await.ok();
        assert_eq!(secretary["person"]["grants"], json!([]));
        let need = json!({ "community": "410108005003", "title": "楼道照明与夜间出行安全互助" });
        with(&bench, &secretary).post("/api/v1/needs", need).await.refused(403, "forbidden");
        let tokens = through("ning.jiayi", &secret).await.ok();
        let agent = with(&bench, &tokens);
        assert_eq!(me(&agent).await.ok()["client"], json!(id));
        // its refresh token belongs to the front-end
        let own = json!({ "refresh_token": tokens["refresh_token"] });
        bench.nobody().post("/api/v1/sessions/refresh", own.clone()).await.refused(401, "bad_credentials");
        let mut proved = own;
        proved["client_id"] = json!(id);
        proved["client_secret"] = json!(secret);
        let tokens = bench.nobody().post("/api/v1/sessions/refresh", proved).await.ok();
        let agent = with(&bench, &tokens);
        me(&agent).await.ok();
        admin.post(&format!("/api/v1/clients/{id}/disable"), json!({ "reason": "合作终止" })).await.ok();
        me(&agent).await.refused(401, "unauthenticated");
        through("ning.jiayi", &secret).await.refused(401, "bad_credentials");
    }

    async fn an_officer_does_not_give_himself_more(bench: Bench) {
        let officer = bench.user("wang.min").await;
        let id = bench.person("wang.min").await;
        let path = format!("/api/v1/people/{id}/grants");
        officer.post(&path, json!({ "role": "district_admin", "scope": { "division": "410108000000" } })).await.refused(403, "forbidden");
        officer.post("/api/v1/people/cao.junjie/activation", json!({})).await.refused(404, "not_found");
        officer.get("/api/v1/people/cao.junjie").await.refused(404, "not_found");
        let list = officer.get("/api/v1/people?limit=100").await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "everybody sees himself only");
        // a legal representative may let somebody act for his own organisation, and for no other
        let (own, other, agent) = (bench.organisation("lelin").await, bench.organisation("yinxing").await, bench.person("xue.chunmei").await);
        let path = format!("/api/v1/people/{agent}/grants");
        let head = bench.cast("winner_legal_rep").await;
        head.post(&path, json!({ "role": "org_agent", "scope": { "organisation": other } })).await.refused(403, "forbidden");
        head.post(&path, json!({ "role": "org_legal_rep", "scope": { "organisation": own } })).await.refused(403, "forbidden");
        head.post(&path, json!({ "role": "org_agent", "scope": { "organisation": own } })).await.ok();
    }
}
