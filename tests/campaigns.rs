//! Opinion survey campaigns over HTTP: from the form to the need.

use crate::needs::{allowed, due, instant, text};
use crate::scenes::{eight, list, recorded};
use chrono::Datelike as _;
use serde_json::{Value, json};
use std::sync::Arc;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::deadline::{at_hour, local_date};
use wubang_mail::MemoryMailer;
use wubang_server::app::{self, Parts};
use wubang_server::config::{Config, VoicesConfig};
use wubang_testkit::{Bench, Caller, Reply, on_both};

const CAMPAIGNS: &str = "/api/v1/campaigns";

/// The questions of every test.
fn questions() -> Value {
    json!([
        { "key": "wish", "title": "您家最需要哪类服务?", "kind": "single_choice", "required": true,
          "options": [{ "key": "meals", "label": "助餐" }, { "key": "visits", "label": "探访" }, { "key": "repair", "label": "维修" }] },
        { "key": "times", "title": "哪些时段方便?", "kind": "multiple_choice",
          "options": [{ "key": "am", "label": "上午" }, { "key": "pm", "label": "下午" }] },
        { "key": "mood", "title": "对社区服务满意吗?", "kind": "scale_1_5" },
        { "key": "family", "title": "家中有几口人?", "kind": "number", "min": 1, "max": 20 },
        { "key": "more", "title": "还有什么要说?", "kind": "short_text" },
    ])
}

/// A campaign of the street for two of its communities.
fn campaign() -> Value {
    json!({ "division": "410108005000", "title": "迎宾路街道春季民意大摸排", "purpose": "了解居民最急需的服务,作为评榜的依据。",
        "starts_on": "2026-03-04", "ends_on": "2026-03-13", "public": true,
        "communities": [{ "community": "410108005003", "target": 40 }, { "community": "410108005004", "target": 10 }], "questions": questions() })
}

fn at(id: &str, verb: &str) -> String {
    format!("{CAMPAIGNS}/{id}/{verb}")
}

async fn drafted(bench: &mut Bench, campaign: Value) -> String {
    let street = bench.cast("street_officer").await;
    text(&street.post(CAMPAIGNS, campaign).await.ok(), "/id")
}

async fn opened(bench: &mut Bench, campaign: Value) -> String {
    let id = drafted(bench, campaign).await;
    let street = bench.cast("street_officer").await;
    street.post(&at(&id, "announce"), json!({})).await.ok();
    bench.advance(instant("2026-03-04T09:00:00+08:00")).await;
    id
}

async fn answer(caller: &Caller, id: &str, community: &str, answers: Value) -> Reply {
    let body = json!({ "community": community, "answers": answers });
    caller.post(&at(id, "answers"), body).await
}

async fn answer_publicly(caller: &Caller, id: &str, answers: Value) -> Reply {
    let body = json!({ "community": "410108005003", "answers": answers });
    let path = format!("/api/v1/public/campaigns/{id}/answers");
    caller.post(&path, body).await
}

/// A public campaign that is open, for the walk of strangers through every operation. It begins on a
/// working day, so the clock may move to the next one.
pub async fn open_today(bench: &mut Bench) -> String {
    let calendar = WorkCalendar::builtin();
    let today = local_date(bench.running.store.now());
    let day = if calendar.is_working_day(today) {
        today
    } else {
        calendar.wd(today, 1)
    };
    let morning = at_hour(day, 10, 0).unwrap();
    if morning > bench.running.store.now() {
        bench.advance(morning).await;
    }
    let mut new = campaign();
    new["starts_on"] = json!(day);
    new["ends_on"] = json!(day.with_day(28).filter(|end| *end >= day).unwrap_or(day));
    let id = drafted(bench, new).await;
    let street = bench.cast("street_officer").await;
    let open = street.post(&at(&id, "announce"), json!({})).await.ok();
    assert_eq!(open["state"], json!("open"));
    id
}

/// How many chose each option of a question in the first community shown.
fn counts(results: &Value, question: usize) -> Vec<Value> {
    list(
        results,
        &format!("/communities/0/questions/{question}/options"),
    )
    .iter()
    .map(|one| one["count"].clone())
    .collect()
}

on_both! {
    async fn a_campaign_opens_at_nine_and_closes_at_midnight(bench: Bench) {
        let id = drafted(&mut bench, campaign()).await;
        let (street, secretary) = (bench.cast("street_officer").await, bench.cast("secretary").await);
        secretary.get(&format!("{CAMPAIGNS}/{id}")).await.refused(404, "not_found");
        answer(&street, &id, "410108005003", json!({ "wish": "meals" })).await.refused(409, "invalid_transition");
        let seen = street.post(&at(&id, "announce"), json!({})).await.ok();
        assert_eq!((seen["state"].clone(), due(&seen, "campaign_open").as_deref()), (json!("scheduled"), Some("2026-03-04T08:59:59+08:00")));
        assert_eq!(text(&seen, "/number"), "MP-410108-2026-0001");
        street.post(&at(&id, "announce"), json!({})).await.refused(409, "invalid_transition");
        bench.advance(instant("2026-03-04T08:59:59+08:00")).await;
        let secretary = bench.cast("secretary").await;
        assert_eq!(secretary.get(&format!("{CAMPAIGNS}/{id}")).await.ok()["state"], json!("scheduled"));
        bench.advance(instant("2026-03-04T09:00:00+08:00")).await;
        let secretary = bench.cast("secretary").await;
        let seen = secretary.get(&format!("{CAMPAIGNS}/{id}")).await.ok();
        assert_eq!((seen["state"].clone(), due(&seen, "campaign_close").as_deref()), (json!("open"), Some("2026-03-13T23:59:59+08:00")));
        assert!(bench.mails.sent().iter().any(|mail| mail.to.starts_with("zhao.lei") && mail.body.contains("期望问卷份数:40")));
        answer(&secretary, &id, "410108005003", json!({ "wish": "meals" })).await.ok();
        bench.advance(instant("2026-03-13T23:59:59+08:00")).await;
        let secretary = bench.cast("secretary").await;
        answer(&secretary, &id, "410108005003", json!({ "wish": "visits" })).await.ok();
        // the worker has not looked yet, the period is over all the same
        bench.set_clock(instant("2026-03-14T00:00:00+08:00"));
        let secretary = bench.cast("secretary").await;
        answer(&secretary, &id, "410108005003", json!({ "wish": "meals" })).await.refused(409, "deadline_passed");
        bench.work().await;
        let street = bench.cast("street_officer").await;
        let seen = street.get(&format!("{CAMPAIGNS}/{id}")).await.ok();
        assert_eq!((seen["state"].clone(), allowed(&seen)), (json!("closed"), vec!["summarise".to_owned()]));
        let refused = street.post(&at(&id, "summarise"), json!({ "summary": "好" })).await;
        assert_eq!(refused.pointers(), ["/summary"]);
        refused.refused(422, "invalid");
        let done = street.post(&at(&id, "summarise"), json!({ "summary": "共收回问卷两份,助餐与探访各半。" })).await.ok();
        assert_eq!(done["state"], json!("summarised"));
        assert_eq!(recorded(&bench, "opinion_survey_campaign.opened", Some(&id)).await, 1);
    }

    async fn a_campaign_with_faults_is_told_all_of_them(bench: Bench) {
        let street = bench.cast("street_officer").await;
        let mut wrong = campaign();
        wrong["title"] = json!("短");
        wrong["starts_on"] = json!("2026-03-07");
        wrong["ends_on"] = json!("2026-03-06");
        wrong["communities"] = json!([{ "community": "410108005003", "target": 0 }, { "community": "410108006001", "target": 5 }, { "community": "410108005003", "target": 5 }]);
        wrong["questions"] = json!([{ "key": "Q", "title": "?", "kind": "single_choice", "options": [] }]);
        let refused = street.post(CAMPAIGNS, wrong).await;
        assert_eq!(refused.pointers(), ["/title", "/starts_on", "/ends_on", "/communities/0/target", "/communities/1/community",
            "/communities/2/community", "/questions/0/key", "/questions/0/title", "/questions/0/options"]);
        refused.refused(422, "invalid");
        let mut past = campaign();
        past["starts_on"] = json!("2026-03-01");
        assert_eq!(street.post(CAMPAIGNS, past).await.pointers(), ["/starts_on"]);
        // for one's own territory only
        let mut elsewhere = campaign();
        elsewhere["division"] = json!("410108006000");
        elsewhere["communities"] = json!([{ "community": "410108006001", "target": 5 }]);
        street.post(CAMPAIGNS, elsewhere).await.refused(403, "forbidden");
        bench.cast("secretary").await.post(CAMPAIGNS, campaign()).await.refused(403, "forbidden");
        assert_eq!(recorded(&bench, "opinion_survey_campaign.drafted", None).await, 0);
    }

    async fn a_draft_is_changed_until_it_is_announced(bench: Bench) {
        let id = drafted(&mut bench, campaign()).await;
        let street = bench.cast("street_officer").await;
        let path = format!("{CAMPAIGNS}/{id}");
        let change = json!({ "title": "迎宾路街道民意大摸排", "communities": [{ "community": "410108005001", "target": 7 }] });
        street.call("PATCH", &path, &[], Some(change.to_string().into_bytes())).await.refused(428, "match_required");
        street.patch(&path, 9, change.clone()).await.refused(412, "stale_version");
        let seen = street.patch(&path, 1, change.clone()).await.ok();
        assert_eq!((seen["version"].clone(), seen["communities"].clone()), (json!(2), json!([{ "community": "410108005001", "target": 7 }])));
        assert_eq!(street.patch(&path, 2, json!({ "ends_on": "2027-03-01" })).await.pointers(), ["/ends_on"]);
        street.post(&at(&id, "announce"), json!({})).await.ok();
        street.patch(&path, 3, change).await.refused(409, "invalid_transition");
        // its old communities have nothing to do with it
        bench.cast("secretary").await.get(&path).await.refused(404, "not_found");
        street.post(&at(&id, "cancel"), json!({ "reason": "不" })).await.refused(422, "invalid");
        let gone = street.post(&at(&id, "cancel"), json!({ "reason": "与区级摸排重复,取消。" })).await.ok();
        assert_eq!((gone["state"].clone(), gone["deadlines"].clone()), (json!("cancelled"), json!([])));
        let late = drafted(&mut bench, campaign()).await;
        bench.set_clock(instant("2026-03-14T09:00:00+08:00"));
        let street = bench.cast("street_officer").await;
        street.post(&at(&late, "announce"), json!({})).await.refused(409, "deadline_passed");
    }

    async fn every_wrong_answer_is_told_at_once_and_counts_nowhere(bench: Bench) {
        let id = opened(&mut bench, campaign()).await;
        let secretary = bench.cast("secretary").await;
        let refused = answer(&secretary, &id, "410108005001", json!({ "wish": "gold", "times": ["am", "am"], "mood": 0, "family": "many", "more": 7, "name": "x" })).await;
        assert_eq!(refused.pointers(), ["/community", "/answers/name", "/answers/wish", "/answers/times/1", "/answers/mood", "/answers/family", "/answers/more"]);
        refused.refused(422, "invalid");
        assert_eq!(answer(&secretary, &id, "410108005003", json!({ "mood": 3 })).await.pointers(), ["/answers/wish"]);
        // in one's own community only; strangers do not know the campaign
        answer(&secretary, &id, "410108005004", json!({ "wish": "meals" })).await.refused(403, "forbidden");
        for account in ["han.wenjing", "an.xiaoning", "ning.jiayi"] {
            answer(&bench.user(account).await, &id, "410108005003", json!({ "wish": "meals" })).await.refused(404, "not_found");
        }
        let street = bench.cast("street_officer").await;
        assert_eq!(street.get(&at(&id, "progress")).await.ok()["answers"], json!(0));
        // a resident representative fills in with neighbours, and sees how far it is but no result
        let resident = bench.user("hao.xiulan").await;
        answer(&resident, &id, "410108005003", json!({ "wish": "meals" })).await.ok();
        assert_eq!(resident.get(&at(&id, "progress")).await.ok()["communities"],
            json!([{ "community": "410108005003", "name": "英才社区", "target": 40, "answers": 1, "missing": 39 }]));
        resident.get(&at(&id, "results")).await.refused(403, "forbidden");
    }

    async fn a_text_is_masked_and_figures_of_fewer_than_five_are_hidden(bench: Bench) {
        let id = opened(&mut bench, campaign()).await;
        let (secretary, street) = (bench.cast("secretary").await, bench.cast("street_officer").await);
        let kept = answer(&secretary, &id, "410108005003", json!({ "wish": "repair", "mood": 2, "more": "请打13812345678找张三丰先生" })).await.ok();
        assert_eq!(list(&kept, "/masked").len(), 2);
        for n in 0..3 {
            answer(&secretary, &id, "410108005003", json!({ "wish": "repair", "mood": 3 + n % 2, "family": 2 })).await.ok();
        }
        // four answers are no result for the community
        let seen = secretary.get(&at(&id, "results")).await.ok();
        assert_eq!((seen["communities"].clone(), seen["overall"].clone()), (json!([{ "community": "410108005003", "answers": null, "questions": [] }]), Value::Null));
        for n in 0..13 {
            answer(&secretary, &id, "410108005003", json!({ "wish": if n < 6 { "visits" } else { "meals" }, "mood": 5, "family": 3, "times": ["am", "pm"] })).await.ok();
        }
        let seen = secretary.get(&at(&id, "results")).await.ok();
        assert_eq!(seen["communities"][0]["answers"], json!(17));
        // four wish a repair: hidden, and the next smallest with it
        assert_eq!(counts(&seen, 0), [json!(7), Value::Null, Value::Null]);
        assert_eq!((counts(&seen, 1), seen["communities"][0]["questions"][2]["mean"].clone()), (vec![json!(13), json!(13)], Value::Null));
        assert_eq!(seen["communities"][0]["questions"][3]["mean"], json!("2.81"));
        let whole = street.get(&at(&id, "results")).await.ok();
        assert_eq!(counts(&whole, 0), [json!(7), json!(6), json!(4)]);
        assert_eq!(whole["communities"][0]["questions"][2]["mean"], json!("4.53"));
        assert_eq!((whole["overall"]["answers"].clone(), whole["communities"][1]["answers"].clone()), (json!(17), json!(0)));
        for account in ["luo.jianguo", "he.zhengqing"] {
            let seen = bench.user(account).await.get(&at(&id, "results")).await.ok();
            assert_eq!((counts(&seen, 0), seen["overall"].clone()), (vec![json!(7), Value::Null, Value::Null], Value::Null), "{account}");
        }
        // what is stored holds neither phone nor name
        use sea_orm::{ConnectionTrait, Statement};
        let conn = sea_orm::Database::connect(&bench.url).await.unwrap();
        let sql = Statement::from_string(conn.get_database_backend(), "SELECT CAST(answers AS TEXT) AS a FROM campaign_answers");
        let rows = conn.query_all_raw(sql).await.unwrap();
        let stored: Vec<String> = rows.iter().map(|row| row.try_get("", "a").unwrap()).collect();
        assert!(stored.len() == 17 && stored.iter().any(|one| one.contains("138****5678")), "{stored:?}");
        assert!(!stored.iter().any(|one| one.contains("12345678") || one.contains("张三丰")));
    }

    async fn those_who_run_a_campaign_read_its_texts_each_alone(bench: Bench) {
        let id = opened(&mut bench, campaign()).await;
        let (secretary, street) = (bench.cast("secretary").await, bench.cast("street_officer").await);
        for more in ["多办老年食堂,联系13812345678", "路灯太暗", ""] {
            answer(&secretary, &id, "410108005003", json!({ "wish": "meals", "more": more })).await.ok();
        }
        let texts = street.get(&format!("{}?question=more", at(&id, "texts"))).await.ok();
        assert_eq!(texts["items"], json!([{ "community": "410108005003", "text": "路灯太暗" },
            { "community": "410108005003", "text": "多办老年食堂,联系138****5678" }]));
        let first = street.get(&format!("{}?question=more&limit=2", at(&id, "texts"))).await.ok();
        assert_eq!(list(&first, "/items").len(), 1, "the form without a text is left out");
        let rest = street.get(&format!("{}?question=more&limit=2&cursor={}", at(&id, "texts"), text(&first, "/next"))).await.ok();
        assert_eq!((list(&rest, "/items").len(), rest["next"].clone()), (1, Value::Null));
        for question in ["wish", "nothing", ""] {
            let refused = street.get(&format!("{}?question={question}", at(&id, "texts"))).await;
            assert_eq!(refused.pointers(), ["?question"]);
            refused.refused(422, "invalid");
        }
        secretary.get(&format!("{}?question=more", at(&id, "texts"))).await.refused(403, "forbidden");
        bench.user("han.wenjing").await.get(&format!("{}?question=more", at(&id, "texts"))).await.refused(404, "not_found");
    }

    async fn eight_who_answer_at_once_are_eight(bench: Bench) {
        let id = opened(&mut bench, campaign()).await;
        let nobody = bench.nobody();
        let replies = eight(async || answer_publicly(&nobody, &id, json!({ "wish": "meals", "times": ["pm", "am"], "mood": 4, "family": 3 })).await).await;
        for reply in replies {
            reply.ok();
        }
        let results = bench.cast("street_officer").await.get(&at(&id, "results")).await.ok();
        assert_eq!((results["communities"][0]["answers"].clone(), counts(&results, 0), counts(&results, 1)),
            (json!(8), vec![json!(8), json!(0), json!(0)], vec![json!(8), json!(8)]));
    }

    async fn answers_become_a_need_with_their_counts_as_evidence(bench: Bench) {
        let id = opened(&mut bench, campaign()).await;
        let secretary = bench.cast("secretary").await;
        for n in 0..12 {
            answer(&secretary, &id, "410108005003", json!({ "wish": if n < 2 { "visits" } else { "meals" }, "family": 2 })).await.ok();
        }
        let draft = json!({ "community": "410108005003", "questions": ["wish", "family"], "title": "独居老人助餐服务", "description": "老人做饭困难,多数家庭希望有人送餐。", "field": "A01" });
        secretary.post(&at(&id, "draft_need"), draft.clone()).await.refused(409, "too_early");
        bench.advance(instant("2026-03-14T00:00:00+08:00")).await;
        let secretary = bench.cast("secretary").await;
        let mut wrong = draft.clone();
        wrong["community"] = json!("410108005001");
        wrong["questions"] = json!(["wish", "wages"]);
        let refused = secretary.post(&at(&id, "draft_need"), wrong).await;
        assert_eq!(refused.pointers(), ["/community", "/questions/1"]);
        refused.refused(422, "invalid");
        bench.user("xing.suyun").await.post(&at(&id, "draft_need"), draft.clone()).await.refused(403, "forbidden");
        bench.cast("street_officer").await.post(&at(&id, "draft_need"), draft.clone()).await.refused(403, "forbidden");
        let need = secretary.post(&at(&id, "draft_need"), draft).await.ok();
        assert_eq!((need["source"].clone(), need["affected_count"].clone(), need["state"].clone()), (json!("opinion_survey"), json!(12), json!("draft")));
        let description = text(&need, "/description");
        assert!(description.contains("MP-410108-2026-0001") && description.contains("12 份") && description.contains("平均 2.00"), "{description}");
        assert!(description.contains("探访 少于5") && !description.contains("探访 2") && !description.contains("助餐 10"), "{description}");
        let need_id = text(&need, "/id");
        let seen = secretary.get(&format!("{CAMPAIGNS}/{id}")).await.ok();
        assert_eq!((seen["findings"][0]["need_id"].clone(), seen["findings"][0]["answers"].clone()), (json!(need_id), json!(12)));
        let voices = secretary.get(&format!("/api/v1/needs/{need_id}/voices")).await.ok();
        assert_eq!(voices["surveys"], json!([{ "campaign": "MP-410108-2026-0001", "community": "410108005003", "answers": 12 }]));
        secretary.post(&format!("/api/v1/needs/{need_id}/submit"), json!({})).await.ok();
    }

    async fn residents_answer_a_public_campaign_while_it_is_open(bench: Bench) {
        let nobody = bench.nobody();
        let id = drafted(&mut bench, campaign()).await;
        let public = format!("/api/v1/public/campaigns/{id}");
        nobody.get(&public).await.refused(404, "not_found");
        let street = bench.cast("street_officer").await;
        street.post(&at(&id, "announce"), json!({})).await.ok();
        answer_publicly(&nobody, &id, json!({ "wish": "meals" })).await.refused(404, "not_found");
        bench.advance(instant("2026-03-04T09:00:00+08:00")).await;
        let form = nobody.get(&public).await.ok();
        assert_eq!((list(&form, "/questions").len(), form.get("findings"), form.get("state")), (5, None, None));
        assert_eq!(list(&nobody.get("/api/v1/public/campaigns?division=410108005000").await.ok(), "/items").len(), 1);
        assert_eq!(list(&nobody.get("/api/v1/public/campaigns?division=410108006000").await.ok(), "/items").len(), 0);
        answer_publicly(&nobody, &id, json!({ "wish": "meals" })).await.ok();
        assert_eq!(answer_publicly(&nobody, &id, json!({ "mood": 9 })).await.pointers(), ["/answers/wish", "/answers/mood"]);
        let large = answer_publicly(&nobody, &id, json!({ "wish": "meals", "more": "多".repeat(20_000) })).await;
        large.refused(413, "too_large");
        let mut closed = campaign();
        closed["public"] = json!(false);
        closed["starts_on"] = json!("2026-03-04");
        let inner = drafted(&mut bench, closed).await;
        let street = bench.cast("street_officer").await;
        assert_eq!(street.post(&at(&inner, "announce"), json!({})).await.ok()["state"], json!("open"), "its hour has come");
        nobody.get(&format!("/api/v1/public/campaigns/{inner}")).await.refused(404, "not_found");
        answer_publicly(&nobody, &inner, json!({ "wish": "meals" })).await.refused(404, "not_found");
        bench.advance(instant("2026-03-14T00:00:00+08:00")).await;
        nobody.get(&public).await.refused(404, "not_found");
        answer_publicly(&nobody, &id, json!({ "wish": "meals" })).await.refused(404, "not_found");
    }

    async fn an_address_answers_as_often_as_its_budget_allows(bench: Bench) {
        let id = opened(&mut bench, campaign()).await;
        let config = Config {
            listen: "127.0.0.1:0".to_owned(),
            database_url: bench.url.clone(),
            data_dir: std::env::temp_dir().join("wubang-tests").join(format!("answers-{}", bench.running.address.port())),
            worker_seconds: 0,
            voices: VoicesConfig { per_address_per_day: 2, per_community_per_day: 9 },
            ..wubang_testkit::config()
        };
        let small = app::start(Parts { config, test_clock: Some(bench.clock.clone()), mailer: Arc::new(MemoryMailer::new()) }).await.unwrap();
        let nobody = Caller::nobody(format!("http://{}", small.address));
        for _ in 0..2 {
            answer_publicly(&nobody, &id, json!({ "wish": "meals" })).await.ok();
        }
        answer_publicly(&nobody, &id, json!({ "wish": "meals" })).await.refused(429, "too_many_requests");
        bench.set_clock(instant("2026-03-05T09:00:00+08:00"));
        answer_publicly(&nobody, &id, json!({ "wish": "meals" })).await.ok();
        small.stop().await;
    }

    async fn a_campaign_of_the_district_is_run_by_the_district(bench: Bench) {
        let district = bench.cast("district_admin").await;
        let mut wide = campaign();
        wide["division"] = json!("410108000000");
        wide["communities"] = json!([{ "community": "410108005003", "target": 5 }, { "community": "410108006001", "target": 5 }]);
        let id = text(&district.post(CAMPAIGNS, wide).await.ok(), "/id");
        let street = bench.cast("street_officer").await;
        street.get(&format!("{CAMPAIGNS}/{id}")).await.refused(404, "not_found");
        district.post(&at(&id, "announce"), json!({})).await.ok();
        // a street below it sees and fills in, and does not run it
        let seen = street.get(&format!("{CAMPAIGNS}/{id}")).await.ok();
        assert_eq!(allowed(&seen), Vec::<String>::new());
        street.post(&at(&id, "cancel"), json!({ "reason": "不便开展,请求取消。" })).await.refused(403, "forbidden");
        let results = street.get(&at(&id, "results")).await.ok();
        assert_eq!((list(&results, "/communities").len(), results["overall"].clone()), (1, Value::Null));
        assert_eq!(list(&street.get("/api/v1/campaigns?state=scheduled").await.ok(), "/items").len(), 1);
        for account in ["gao.xiangyu", "han.wenjing", "ning.jiayi"] {
            let caller = bench.user(account).await;
            caller.get(&format!("{CAMPAIGNS}/{id}")).await.refused(404, "not_found");
            assert_eq!(list(&caller.get(CAMPAIGNS).await.ok(), "/items").len(), 0, "{account}");
        }
    }
}
