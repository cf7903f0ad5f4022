//! What comes in wrong is answered with a problem document that names the field, and nothing is written.

use crate::needs::text;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use wubang_kernel::Who;
use wubang_store::Read;
use wubang_store::entity::{idempotency, outbox, timers, trace};
use wubang_testkit::{Bench, Caller, Reply, on_both};

const NEEDS: &str = "/api/v1/needs";

/// How much stands in the tables that every command writes to.
async fn written(bench: &Bench) -> [u64; 4] {
    let view = bench.running.store.read(&Who::system("tests"));
    let db = view.db();
    [
        trace::Entity::find().count(&db).await.unwrap(),
        outbox::Entity::find().count(&db).await.unwrap(),
        timers::Entity::find().count(&db).await.unwrap(),
        idempotency::Entity::find().count(&db).await.unwrap(),
    ]
}

fn new_need() -> Value {
    json!({ "community": "410108005003", "title": "楼道照明与夜间出行安全互助" })
}

async fn secretary(bench: &mut Bench) -> Caller {
    bench.cast("secretary").await
}

/// How many needs the caller sees.
async fn rows(caller: &Caller) -> usize {
    let list = caller.get("/api/v1/needs?limit=100").await.ok();
    list["items"].as_array().unwrap().len()
}

/// A raw body.
async fn raw(caller: &Caller, body: impl Into<Vec<u8>>) -> Reply {
    caller.call("POST", NEEDS, &[], Some(body.into())).await
}

async fn with_key(caller: &Caller, key: &str, body: &Value) -> Reply {
    let headers = [("idempotency-key", key)];
    let body = body.to_string().into_bytes();
    caller.call("POST", NEEDS, &headers, Some(body)).await
}

/// Refused as `invalid` with exactly this field; answers the short code of the fault.
fn one_field(reply: Reply, pointer: &str) -> String {
    assert_eq!(reply.pointers(), [pointer], "{}", reply.text);
    let problem = reply.refused(422, "invalid");
    let detail = text(&problem, "/errors/0/detail");
    assert!(!detail.is_empty(), "{problem}");
    text(&problem, "/errors/0/code")
}

on_both! {
    async fn a_problem_document_has_every_member(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let mut body = new_need();
        body["title"] = json!("三个字");
        let headers = [("x-request-id", "test-7")];
        let reply = secretary.call("POST", NEEDS, &headers, Some(body.to_string().into_bytes())).await;
        assert_eq!(reply.headers["x-request-id"], "test-7");
        let problem = reply.refused(422, "invalid");
        assert_eq!((text(&problem, "/type"), text(&problem, "/instance"), &problem["status"]), ("/errors/invalid".to_owned(), "test-7".to_owned(), &json!(422)));
        assert_eq!((text(&problem, "/errors/0/pointer"), text(&problem, "/errors/0/code")), ("/title".to_owned(), "too_short".to_owned()));
        let page = bench.nobody().get(&text(&problem, "/type")).await.ok();
        assert_eq!(page["code"], json!("invalid"));
    }

    async fn bad_codes_titles_and_characters_are_named_and_nothing_is_written(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let (before, known) = (written(&bench).await, rows(&secretary).await);
        for (name, value, pointer, code) in [
            ("title", json!("三个字"), "/title", "too_short"),
            ("title", json!("长".repeat(61)), "/title", "too_long"),
            ("title", json!("标题里有\u{0}控制字符"), "/title", "control_character"),
            ("title", json!("标题里有\u{202e}反向字符"), "/title", "control_character"),
            ("title", json!(["不是", "文字"]), "/title", "wrong_type"),
            ("community", json!("41010800500"), "/community", "malformed"),
            ("community", json!("41010800500X"), "/community", "malformed"),
            ("community", json!("000108005003"), "/community", "malformed"),
            ("community", json!("410108005000"), "/community", "malformed"),
            ("affected_count", json!("很多"), "/affected_count", "wrong_type"),
            ("affected_count", json!(-1), "/affected_count", "out_of_range"),
            ("affected_count", json!(1.5), "/affected_count", "wrong_type"),
            ("source", json!("rumour"), "/source", "unknown_value"),
            ("target_groups", json!(["elderly", 7]), "/target_groups/1", "wrong_type"),
        ] {
            let mut body = new_need();
            body[name] = value;
            assert_eq!(one_field(secretary.post(NEEDS, body).await, pointer), code, "{name}");
        }
        assert_eq!(one_field(secretary.post(NEEDS, json!({ "community": "410108005003" })).await, "/title"), "required");
        let mut many = new_need();
        many["field"] = json!("Z99");
        many["target_groups"] = json!(["elderly", "martians"]);
        many["title"] = json!("短");
        let reply = secretary.post(NEEDS, many).await;
        assert_eq!(reply.pointers(), ["/title", "/field", "/target_groups/1"], "all at once");
        reply.refused(422, "invalid");
        assert_eq!(written(&bench).await, before);
        assert_eq!(rows(&secretary).await, known);
    }

    async fn an_unknown_field_is_refused(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let before = written(&bench).await;
        let mut body = new_need();
        body["colour"] = json!("red");
        let reply = secretary.post(NEEDS, body).await;
        assert!(reply.text.contains("colour"), "{}", reply.text);
        let problem = reply.refused(422, "invalid");
        assert_eq!(text(&problem, "/errors/0/code"), "unknown_field");
        assert_eq!(written(&bench).await, before);
    }

    async fn a_credit_code_with_a_wrong_check_character_is_refused(bench: Bench) {
        let street = bench.cast("street_officer").await;
        let good = wubang_kernel::uscc::compose("52", "410108", "MJY99887").unwrap();
        let wrong = if good.ends_with('0') { format!("{}1", &good[..17]) } else { format!("{}0", &good[..17]) };
        let body = |uscc: &str| json!({ "name": "郑州市惠济区测试社会工作服务中心", "uscc": uscc, "org_form": "social_service_institution", "management_tier": "registered",
            "division": "410108005002", "legal_representative": "测试", "declared_capacity": 3, "profile": { "fields": ["A01"], "coverage": ["410108005000"] } });
        let before = written(&bench).await;
        let path = "/api/v1/organisations";
        assert_eq!(one_field(street.post(path, body(&wrong)).await, "/uscc"), "malformed");
        assert_eq!(one_field(street.post(path, body("5241010")).await, "/uscc"), "malformed");
        let mut both = body(&wrong);
        both["legal_representative"] = json!("");
        both["declared_capacity"] = json!(51);
        let reply = street.post(path, both).await;
        assert_eq!(reply.pointers(), ["/uscc", "/legal_representative", "/declared_capacity"]);
        reply.refused(422, "invalid");
        assert_eq!(written(&bench).await, before);
        let made = street.post(path, body(&good)).await.ok();
        assert_eq!(made["uscc"], json!(good));
        street.post(path, body(&good)).await.refused(409, "duplicate");
    }

    async fn a_posting_with_bad_money_and_weights_names_each(bench: Bench from NeedApproved) {
        let good = bench.play.posting_body().await.unwrap();
        let secretary = secretary(&mut bench).await;
        let before = written(&bench).await;
        let mut bad = good.clone();
        bad["budget_ceiling_fen"] = json!(-1);
        bad["title"] = json!("三个字");
        bad["content"]["starts_on"] = json!("2026-03-02");
        bad["overrides"] = json!({
            "criteria": [{ "key": "plan", "zh": "方案", "max": 60 }, { "key": "team", "zh": "团队", "max": 39 }],
            "tranches": [50, 49],
            "bid_window_days": 31,
            "evaluation_weights": { "residents": 24, "community_party_org": 36, "departments": 20, "experts": 20, "martians": 1 },
        });
        let reply = secretary.post("/api/v1/postings", bad).await;
        let pointers = reply.pointers();
        for pointer in ["/title", "/budget_ceiling_fen", "/content/starts_on", "/overrides/criteria", "/overrides/tranches", "/overrides/timers/bid_window",
            "/overrides/evaluation/weights/residents", "/overrides/evaluation_weights/martians"] {
            assert!(pointers.contains(&pointer.to_owned()), "{pointer} is not in {pointers:?}");
        }
        reply.refused(422, "invalid");
        assert_eq!(written(&bench).await, before);
        assert_eq!(secretary.get("/api/v1/postings").await.ok()["items"], json!([]));
        let mut wrong = good;
        wrong["content"]["milestones"][1]["due_on"] = json!("2026-02-30");
        assert_eq!(one_field(secretary.post("/api/v1/postings", wrong).await, "/content/milestones/1/due_on"), "wrong_type");
        assert_eq!(written(&bench).await, before);
    }

    async fn what_cannot_be_read_is_refused_before_anything_else(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let before = written(&bench).await;
        let problem = raw(&secretary, "{\"title\":").await.refused(400, "malformed");
        assert!(text(&problem, "/detail").contains("line 1"), "{problem}");
        raw(&secretary, "").await.refused(400, "malformed");
        raw(&secretary, b"{\"title\":\"\0\"}".to_vec()).await.refused(400, "malformed");
        raw(&secretary, b"{\"title\":\"\xff\"}".to_vec()).await.refused(400, "malformed");
        raw(&secretary, format!("{} trailing", new_need())).await.refused(400, "malformed");
        raw(&secretary, format!("{}{}", "[".repeat(200), "]".repeat(200))).await.refused(400, "too_deep");
        raw(&secretary, format!("{}{}", "{\"a\":".repeat(200), "}".repeat(200))).await.refused(400, "too_deep");
        let mut long = new_need();
        long["description"] = json!("x".repeat(2 * 1024 * 1024));
        secretary.post(NEEDS, long).await.refused(413, "too_large");
        for kind in ["text/plain", "application/x-www-form-urlencoded", "text/json"] {
            let headers = [("content-type", kind)];
            secretary.call("POST", NEEDS, &headers, Some(new_need().to_string().into_bytes())).await.refused(415, "unsupported_media_type");
        }
        assert_eq!(written(&bench).await, before);
        let headers = [("content-type", "application/json; charset=utf-8")];
        secretary.call("POST", NEEDS, &headers, Some(new_need().to_string().into_bytes())).await.ok();
    }

    async fn a_query_is_read_strictly(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let id = text(&secretary.post(NEEDS, new_need()).await.ok(), "/id");
        for (path, pointer) in [("/api/v1/needs?stat=draft", "?stat"), ("/api/v1/needs?limit=5&state=draft&x=1", "?x"), ("/api/v1/me?verbose=1", "?verbose")] {
            let reply = secretary.get(path).await;
            assert_eq!(reply.pointers(), [pointer]);
            reply.refused(400, "unknown_parameter");
        }
        secretary.get(&format!("/api/v1/needs/{id}?fields=title")).await.refused(400, "unknown_parameter");
        bench.nobody().get("/api/v1/public/postings?colour=red").await.refused(400, "unknown_parameter");
        for limit in ["0", "101", "-1", "many", ""] {
            let reply = secretary.get(&format!("/api/v1/needs?limit={limit}")).await;
            assert_eq!(reply.pointers(), ["?limit"], "{limit}");
            reply.refused(422, "invalid");
        }
        for cursor in ["x", "!!!", "0198a8f0-0000-7000-8000-000000000001"] {
            secretary.get(&format!("/api/v1/needs?cursor={cursor}")).await.refused(400, "invalid_cursor");
        }
        let reply = secretary.get("/api/v1/needs?division=4101").await;
        assert_eq!(reply.status, 200, "a prefix of a division is a division: {}", reply.text);
        let reply = secretary.get("/api/v1/needs?division=41010").await;
        assert_eq!(reply.pointers(), ["?division"]);
        reply.refused(422, "invalid");
        let reply = secretary.get("/api/v1/bids?posting=LB-1").await;
        assert_eq!(reply.pointers(), ["?posting"]);
        reply.refused(422, "invalid");
        let both = secretary.get("/api/v1/needs?limit=100&state=draft&state=submitted").await.ok();
        assert_eq!(both["items"].as_array().unwrap().len(), rows(&secretary).await, "a filter can be repeated");
        assert_eq!(secretary.get("/api/v1/needs?state=submitted").await.ok()["items"], json!([]));
    }

    async fn the_language_changes_the_words_and_not_the_code(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let body = json!({ "community": "410108005003", "title": "短" }).to_string().into_bytes();
        let mut told = Vec::new();
        for language in ["zh-CN,zh;q=0.9,en;q=0.8", "en-GB,en;q=0.9"] {
            let reply = secretary.call("POST", NEEDS, &[("accept-language", language)], Some(body.clone())).await;
            told.push(reply.refused(422, "invalid"));
        }
        let (zh, en) = (&told[0], &told[1]);
        for pointer in ["/code", "/type", "/errors/0/pointer", "/errors/0/code"] {
            assert_eq!(zh.pointer(pointer), en.pointer(pointer), "{pointer}");
        }
        assert_eq!((text(zh, "/title").as_str(), text(en, "/title").as_str()), ("有字段不符合要求", "Some fields are not valid"));
        assert_ne!(text(zh, "/errors/0/detail"), text(en, "/errors/0/detail"));
        assert_eq!(text(&bench.nobody().get("/api/v1/me").await.refused(401, "unauthenticated"), "/title"), "未登录或令牌已失效", "Chinese unless asked otherwise");
    }

    async fn the_same_request_again_gets_the_same_answer(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let known = rows(&secretary).await;
        let first = with_key(&secretary, "draft-1", &new_need()).await;
        assert_eq!((first.status, first.headers.contains_key("idempotent-replayed")), (201, false));
        let after = written(&bench).await;
        let again = with_key(&secretary, "draft-1", &new_need()).await;
        assert_eq!((again.status, again.headers["idempotent-replayed"].as_str()), (201, "true"));
        for name in ["etag", "location"] {
            assert_eq!(again.headers[name], first.headers[name], "{name}");
        }
        assert_eq!((&again.text, written(&bench).await), (&first.text, after));
        assert_eq!(rows(&secretary).await, known + 1);
        // the key belongs to that one request
        let mut other = new_need();
        other["title"] = json!("另一个完全不同的需求");
        with_key(&secretary, "draft-1", &other).await.refused(422, "idempotency_key_reused");
        let id = text(&first.body, "/id");
        let headers = [("idempotency-key", "draft-1")];
        secretary.call("POST", &format!("/api/v1/needs/{id}/delete"), &headers, Some(b"{}".to_vec())).await.refused(422, "idempotency_key_reused");
        assert_eq!(written(&bench).await, after);
        // and to that one caller
        let mut theirs = new_need();
        theirs["community"] = json!("410108005001");
        let theirs = with_key(&bench.user("mao.xinmin").await, "draft-1", &theirs).await;
        assert_eq!((theirs.status, theirs.headers.contains_key("idempotent-replayed")), (201, false));
    }

    async fn an_action_is_replayed_even_when_it_is_no_longer_possible(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let id = text(&secretary.post(NEEDS, new_need()).await.ok(), "/id");
        let path = format!("/api/v1/needs/{id}/delete");
        let call = || secretary.call("POST", &path, &[("idempotency-key", "delete-1")], Some(b"{}".to_vec()));
        let first = call().await;
        let again = call().await;
        assert_eq!((first.status, again.status, &again.text), (200, 200, &first.text));
        assert_eq!(again.headers["idempotent-replayed"], "true");
        secretary.post(&path, json!({})).await.refused(409, "invalid_transition");
    }

    async fn a_refusal_is_not_kept_under_its_key(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let bad = json!({ "community": "410108005003", "title": "短" });
        let before = written(&bench).await;
        with_key(&secretary, "try-1", &bad).await.refused(422, "invalid");
        assert_eq!(written(&bench).await, before);
        assert_eq!(with_key(&secretary, "try-1", &new_need()).await.status, 201);
    }

    async fn a_key_that_is_no_key_is_refused(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let before = written(&bench).await;
        for key in ["", "\"\"", "k".repeat(256).as_str(), "tab\tin the middle", "键"] {
            with_key(&secretary, key, &new_need()).await.refused(400, "idempotency_key_invalid");
        }
        assert_eq!(written(&bench).await, before);
        assert_eq!(with_key(&secretary, &"k".repeat(255), &new_need()).await.status, 201);
    }
}
