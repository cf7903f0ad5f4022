//! 满意度调查 (rulebook 2.4.5, 2.6): one voice per person, anonymous, counted by the record; and an attempt to tie five
//! residents' answers to their persons.

use crate::evaluations::{at, evaluation, opened, published, scored};
use crate::scenes::{list, number, person, recorded, records, text};
use chrono::{Duration, NaiveDate};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};
use wubang_kernel::deadline::end_of_day;
use wubang_server::demo::client::Client;
use wubang_server::demo::play::Play;
use wubang_testkit::{Bench, Reply, on_both};

/// Residents of the community that was served.
const RESIDENTS: [&str; 5] = [
    "hao.xiulan",
    "xiong.dehai",
    "lu.xiaofang",
    "jiang.zhiguo",
    "qi.guihua",
];
const SERVED: &str = "410108005003";
const BESIDE: &str = "410108005002";
const WHY: &str = "部分服务对象住院,无法完成问卷。";

fn ends(bench: &Bench) -> NaiveDate {
    bench.running.store.now().date_naive() + chrono::Days::new(7)
}

async fn third(bench: &mut Bench, verb: &str, body: Value) -> Reply {
    let path = at(bench, verb);
    bench.cast("third_party").await.post(&path, body).await
}

/// An evaluation whose survey is open for a week.
async fn asking(bench: &mut Bench) {
    opened(bench).await;
    let plan = json!({ "registered_beneficiaries": 100, "ends_on": ends(bench) });
    let _ = third(bench, "open_survey", plan).await.ok();
}

fn public(bench: &Bench, part: &str) -> String {
    format!(
        "/api/v1/public/evaluations/{}/{part}",
        bench.play.ids.evaluation
    )
}

async fn answers(bench: &mut Bench, account: &str, body: Value) -> Reply {
    let path = public(bench, "survey_answers");
    bench.user(account).await.post(&path, body).await
}

async fn by_code(bench: &Bench, code: &str, step: &str) -> Reply {
    let path = public(bench, "survey_answers");
    let body = json!({ "code": code, "answer": step });
    bench.nobody().post(&path, body).await
}

async fn codes(bench: &mut Bench, count: i64) -> Vec<String> {
    let wanted = json!({ "community": SERVED, "count": count });
    let issued = third(bench, "issue_codes", wanted).await.ok();
    let codes = list(&issued, "/codes").into_iter();
    codes
        .map(|code| code.as_str().unwrap().to_owned())
        .collect()
}

fn early() -> Value {
    json!({ "early_reason": "问卷已经全部收回,提前结束调查。", "shortfall_reason": WHY })
}

/// What a table holds, one line per row, on either database.
async fn rows(bench: &Bench, table: &str) -> Vec<String> {
    let conn = Database::connect(&bench.url).await.unwrap();
    let ask = async |sql: String| -> Vec<String> {
        let backend = conn.get_database_backend();
        let found = conn
            .query_all_raw(Statement::from_string(backend, sql))
            .await
            .unwrap();
        found
            .iter()
            .map(|row| row.try_get("", "row").unwrap())
            .collect()
    };
    let sql = match conn.get_database_backend() {
        DbBackend::Sqlite => {
            let columns = ask(format!(
                "SELECT name AS row FROM pragma_table_info('{table}')"
            ))
            .await;
            let quoted: Vec<String> = columns
                .iter()
                .map(|one| format!("quote(\"{one}\")"))
                .collect();
            format!("SELECT {} AS row FROM {table}", quoted.join(" || ' ' || "))
        }
        _ => format!("SELECT row_to_json(t)::text AS row FROM {table} t"),
    };
    let all = ask(sql).await;
    conn.close().await.unwrap();
    all
}

/// Whether a row names a person, as text or as the bytes of the id.
fn names(row: &str, id: &str) -> bool {
    let row = row.to_lowercase();
    row.contains(id) || row.contains(&id.replace('-', ""))
}

on_both! {
    async fn a_survey_is_opened_answered_in_three_ways_and_closed_into_its_own_counts(bench: Bench from ReportAccepted) {
        asking(&mut bench).await;
        let question = bench.nobody().get(&public(&bench, "survey")).await.ok();
        assert_eq!((&question["open"], &question["communities"][0]["code"], list(&question, "/answers").len()), (&json!(true), &json!(SERVED), 5));
        for (account, step) in RESIDENTS.iter().zip(["satisfied", "satisfied", "neutral", "very_satisfied", "dissatisfied"]) {
            answers(&mut bench, account, json!({ "answer": step })).await.ok();
        }
        let given = codes(&mut bench, 20).await;
        for code in given.iter().take(15) {
            by_code(&bench, code, "very_satisfied").await.ok();
        }
        let sheets = json!({ "very_dissatisfied": 5, "dissatisfied": 0, "neutral": 0, "satisfied": 0, "very_satisfied": 0, "kept_at": "街道档案室第 3 盒" });
        third(&mut bench, "paper_counts", sheets.clone()).await.ok();
        let shown = evaluation(&mut bench, "gong.mingyue").await;
        let progress = &shown["survey_progress"];
        assert_eq!((&progress["digital_answers"], &progress["paper_answers"], &progress["minimum"], &progress["codes_issued"]), (&json!(20), &json!(5), &json!(20), &json!(20)));
        assert_eq!((&shown["survey"], &shown["satisfaction"]), (&Value::Null, &Value::Null), "what was answered is shown to nobody before");
        let closed = third(&mut bench, "close_survey", json!({})).await;
        assert_eq!(closed.pointers(), ["/early_reason"]);
        let until = ends(&bench);
        bench.advance(end_of_day(until) + Duration::seconds(1)).await;
        answers(&mut bench, "yin.wenlong", json!({ "answer": "satisfied" })).await.refused(409, "deadline_passed");
        by_code(&bench, &given[16], "satisfied").await.refused(409, "deadline_passed");
        let shown = third(&mut bench, "close_survey", json!({})).await.ok();
        let survey = &shown["survey"];
        assert_eq!((&survey["answers"], &survey["digital_answers"], &survey["paper_answers"]), (&json!(25), &json!(20), &json!(5)));
        assert_eq!(survey["digital"], json!({ "very_dissatisfied": 0, "dissatisfied": 1, "neutral": 1, "satisfied": 2, "very_satisfied": 16 }));
        assert_eq!(survey["counts"]["very_dissatisfied"], json!(5));
        // (0*5 + 25 + 50 + 75*2 + 100*16) / 25
        assert_eq!((&survey["exact"], &shown["satisfaction"]), (&json!("73/1"), &json!("73.00")));
        assert_eq!((&survey["communities"][0]["answers"], &survey["paper_kept_at"]), (&json!(20), &json!("街道档案室第 3 盒")));
        assert_eq!(bench.nobody().get(&public(&bench, "survey")).await.ok()["open"], json!(false));
        // over is over
        answers(&mut bench, "yin.wenlong", json!({ "answer": "satisfied" })).await.refused(409, "invalid_transition");
        by_code(&bench, &given[17], "satisfied").await.refused(404, "not_found");
        third(&mut bench, "paper_counts", sheets).await.refused(409, "duplicate");
        third(&mut bench, "issue_codes", json!({ "community": SERVED, "count": 1 })).await.refused(409, "duplicate");
    }

    async fn one_voice_per_person_and_per_code(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        answers(&mut bench, "hao.xiulan", json!({ "answer": "satisfied" })).await.refused(404, "not_found");
        bench.nobody().get(&public(&bench, "survey")).await.refused(404, "not_found");
        let plan = json!({ "registered_beneficiaries": 100, "ends_on": ends(&bench) });
        third(&mut bench, "open_survey", plan).await.ok();
        answers(&mut bench, "hao.xiulan", json!({ "answer": "satisfied" })).await.ok();
        answers(&mut bench, "hao.xiulan", json!({ "answer": "very_satisfied" })).await.refused(409, "duplicate");
        // somebody without a name, a resident of elsewhere, an officer
        bench.nobody().post(&public(&bench, "survey_answers"), json!({ "answer": "satisfied" })).await.refused(401, "unauthenticated");
        answers(&mut bench, "an.xiaoning", json!({ "answer": "satisfied" })).await.refused(403, "forbidden");
        answers(&mut bench, "wang.min", json!({ "answer": "satisfied" })).await.refused(403, "forbidden");
        let wrong = answers(&mut bench, "xiong.dehai", json!({ "answer": "satisfied", "community": "410108005001" })).await;
        assert_eq!(wrong.pointers(), ["/community"]);
        answers(&mut bench, "xiong.dehai", json!({ "answer": "splendid" })).await.refused(422, "invalid");
        let secret = answers(&mut bench, "xiong.dehai", json!({ "answer": "satisfied", "text": "我是 110101199003078515 的户主" })).await;
        assert_eq!(secret.pointers(), ["/text"]);
        let code = codes(&mut bench, 1).await.remove(0);
        by_code(&bench, "K7QF-2MWX-9TBA-H3RC", "satisfied").await.refused(404, "not_found");
        let named = json!({ "code": code, "answer": "satisfied", "community": SERVED });
        let named = bench.nobody().post(&public(&bench, "survey_answers"), named).await;
        assert_eq!(named.pointers(), ["/community"]);
        by_code(&bench, &code.to_lowercase().replace('-', " "), "satisfied").await.ok();
        by_code(&bench, &code, "satisfied").await.refused(404, "not_found");
        assert_eq!(evaluation(&mut bench, "gong.mingyue").await["survey_progress"]["digital_answers"], json!(2));
    }

    async fn the_contractors_people_are_not_asked(bench: Bench from ReportAccepted) {
        asking(&mut bench).await;
        let own = bench.organisation("lelin").await;
        crate::scenes::grant(&mut bench, "qi.guihua", "org_agent", json!({ "organisation": own })).await;
        answers(&mut bench, "qi.guihua", json!({ "answer": "very_satisfied" })).await.refused(409, "recused");
    }

    async fn who_organises_alone_runs_the_survey_and_every_wrong_field_is_told(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        let plan = json!({ "registered_beneficiaries": 0, "ends_on": "2020-01-01" });
        let wrong = third(&mut bench, "open_survey", plan).await;
        assert_eq!(wrong.pointers(), ["/registered_beneficiaries", "/ends_on"]);
        wrong.refused(422, "invalid");
        let street = bench.cast("street_officer").await;
        let plan = json!({ "registered_beneficiaries": 30, "ends_on": ends(&bench) });
        street.post(&at(&bench, "open_survey"), plan.clone()).await.refused(403, "forbidden");
        for (verb, body) in [("issue_codes", json!({ "community": SERVED, "count": 5 })), ("close_survey", early())] {
            third(&mut bench, verb, body).await.refused(422, "survey_missing");
        }
        third(&mut bench, "open_survey", plan.clone()).await.ok();
        third(&mut bench, "open_survey", plan).await.refused(409, "duplicate");
        let wrong = third(&mut bench, "issue_codes", json!({ "community": "410108001001", "count": 31 })).await;
        assert_eq!(wrong.pointers(), ["/community", "/count"]);
        assert_eq!(codes(&mut bench, 30).await.len(), 30);
        let more = third(&mut bench, "issue_codes", json!({ "community": SERVED, "count": 1 })).await;
        assert_eq!(more.pointers(), ["/count"]);
        let sheets = json!({ "very_dissatisfied": -1, "dissatisfied": 0, "neutral": 0, "satisfied": 0, "very_satisfied": 0, "kept_at": "" });
        assert_eq!(third(&mut bench, "paper_counts", sheets).await.pointers(), ["/very_dissatisfied", "/kept_at"]);
        let few = third(&mut bench, "close_survey", json!({ "early_reason": early()["early_reason"] })).await;
        assert_eq!(few.pointers(), ["/shortfall_reason"]);
        let closed = third(&mut bench, "close_survey", early()).await.ok();
        assert_eq!((&closed["survey"]["shortfall_reason"], &closed["survey"]["minimum"]), (&json!(WHY), &json!(6)));
    }

    async fn texts_are_masked_mixed_and_shown_from_five_answers_on(bench: Bench from ReportAccepted) {
        asking(&mut bench).await;
        bench.user("gong.mingyue").await.get(&at(&bench, "survey_texts")).await.refused(422, "survey_missing");
        let words = ["老师很耐心。", "联系电话 13800138000 找我。", "按摩椅好用。", "盼着明年再来。", "时间有点短。"];
        for (account, text) in RESIDENTS.iter().zip(words) {
            let taken = answers(&mut bench, account, json!({ "answer": "satisfied", "text": text })).await.ok();
            assert_eq!(list(&taken, "/masked").len(), usize::from(text.contains("138")), "{text}");
        }
        third(&mut bench, "close_survey", early()).await.ok();
        let shown = bench.user("gong.mingyue").await.get(&at(&bench, "survey_texts")).await.ok();
        let texts: Vec<String> = list(&shown, "/items").iter().map(|one| text(one, "/text")).collect();
        assert_eq!(texts.len(), 5);
        assert!(!shown.to_string().contains("13800138000"), "{shown}");
        for one in ["老师很耐心。", "时间有点短。"] {
            assert!(texts.iter().any(|text| text == one), "{texts:?}");
        }
        bench.user("ning.jiayi").await.get(&at(&bench, "survey_texts")).await.refused(403, "forbidden");
        bench.user("an.xiaoning").await.get(&at(&bench, "survey_texts")).await.refused(404, "not_found");
    }

    async fn nobody_can_tie_five_residents_to_their_answers(bench: Bench from ReportAccepted) {
        asking(&mut bench).await;
        let before = (records(&bench).await, evaluation(&mut bench, "gong.mingyue").await["version"].clone());
        let steps = ["very_dissatisfied", "satisfied", "neutral", "very_satisfied", "dissatisfied"];
        let mut persons = Vec::new();
        for (account, step) in RESIDENTS.iter().zip(steps) {
            persons.push(person(&mut bench, account).await);
            let body = json!({ "answer": step, "text": format!("这是一条意见:{step}") });
            let path = public(&bench, "survey_answers");
            // the answer is not kept for a repetition, even when one asks for it
            let user = bench.user(account).await;
            let headers = [("idempotency-key", "0198f2a0-0000-7000-8000-000000000001"), ("content-type", "application/json")];
            let _ = user.call("POST", &path, &headers, Some(body.to_string().into_bytes())).await.ok();
        }
        // neither trace nor version tells that anybody was there, and in which order
        assert_eq!(before, (records(&bench).await, evaluation(&mut bench, "gong.mingyue").await["version"].clone()));
        assert_eq!((rows(&bench, "survey_voices").await.len(), rows(&bench, "survey_texts").await.len()), (5, 5));
        for table in ["survey_voices", "survey_tallies", "survey_texts"] {
            for row in rows(&bench, table).await {
                assert!(!persons.iter().any(|id| names(&row, id)), "{table}: {row}");
                // no instant stands beside it
                assert!(!row.contains("2026-"), "{table}: {row}");
            }
        }
        for table in ["outbox", "idempotency", "trace"] {
            for row in rows(&bench, table).await {
                let told = row.contains("survey_answers") || steps.iter().any(|step| row.contains(&format!("\"{step}\"")));
                assert!(!told, "{table}: {row}");
            }
        }
        third(&mut bench, "close_survey", early()).await.ok();
        assert_eq!(recorded(&bench, "evaluation.survey_closed", Some(&bench.play.ids.evaluation)).await, 1);
        for table in ["survey_voices", "survey_codes", "survey_tallies"] {
            assert!(rows(&bench, table).await.is_empty(), "{table} is empty after the closing");
        }
        assert_eq!(rows(&bench, "survey_texts").await.len(), 5, "the search is no blind one");
        // whoever looks: the answers are five counts, and no answer holds a resident
        for account in ["gong.mingyue", "wang.min", "he.zhengqing", "wei.guohua", "zhao.lei"] {
            let user = bench.user(account).await;
            for path in [at(&bench, "actions"), format!("/api/v1/evaluations/{}", bench.play.ids.evaluation), at(&bench, "survey_texts")] {
                let reply = user.get(&path).await;
                for (resident, id) in RESIDENTS.iter().zip(&persons) {
                    assert!(!reply.text.contains(id.as_str()), "{account} reads {resident} in {path}");
                }
            }
        }
    }

    async fn a_second_community_with_few_answers_hides_the_first_with_it(bench: Bench) {
        bench.play.retell("/posting/communities", json!([SERVED, BESIDE])).unwrap();
        asking(&mut bench).await;
        for (community, step, count) in [(SERVED, "satisfied", 6), (BESIDE, "very_dissatisfied", 3)] {
            let wanted = json!({ "community": community, "count": count });
            let issued = third(&mut bench, "issue_codes", wanted).await.ok();
            for code in list(&issued, "/codes") {
                by_code(&bench, code.as_str().unwrap(), step).await.ok();
            }
        }
        let closed = third(&mut bench, "close_survey", early()).await.ok();
        let survey = &closed["survey"];
        assert_eq!((&survey["answers"], &survey["counts"]["very_dissatisfied"]), (&json!(9), &json!(3)));
        // nine less six would be the three of the other community
        let shown = list(survey, "/communities");
        assert_eq!(shown.len(), 2);
        assert!(shown.iter().all(|one| one["answers"].is_null() && one["satisfaction"].is_null()), "{survey}");
    }

    async fn fewer_than_five_answers_are_not_counted_and_stay_hidden(bench: Bench from ReportAccepted) {
        asking(&mut bench).await;
        for (account, step) in RESIDENTS.iter().take(4).zip(["very_dissatisfied", "satisfied", "neutral", "satisfied"]) {
            answers(&mut bench, account, json!({ "answer": step, "text": "只有四个人作答。" })).await.ok();
        }
        let sheets = json!({ "very_dissatisfied": 0, "dissatisfied": 0, "neutral": 0, "satisfied": 20, "very_satisfied": 20, "kept_at": "街道档案室第 3 盒" });
        third(&mut bench, "paper_counts", sheets).await.ok();
        let closed = third(&mut bench, "close_survey", early()).await.ok();
        let survey = &closed["survey"];
        // who knows the paper cannot subtract it
        assert_eq!((&survey["answers"], &survey["uncounted"], &survey["digital_answers"]), (&json!(40), &json!(4), &json!(0)));
        assert_eq!((&survey["exact"], &survey["communities"][0]["answers"]), (&json!("175/2"), &Value::Null));
        let texts = bench.user("gong.mingyue").await.get(&at(&bench, "survey_texts")).await.ok();
        assert_eq!(texts["items"], json!([]));
        assert!(rows(&bench, "survey_texts").await.is_empty(), "they are forgotten");
    }

    async fn the_published_result_shows_where_its_answers_come_from(bench: Bench from ReportAccepted) {
        asking(&mut bench).await;
        let body = crate::evaluations::composition(&mut bench).await;
        let members = crate::evaluations::formed(&mut bench, body, &[]).await;
        crate::evaluations::declared(&mut bench, &members).await;
        for account in RESIDENTS {
            answers(&mut bench, account, json!({ "answer": "satisfied" })).await.ok();
        }
        third(&mut bench, "close_survey", early()).await.ok();
        third(&mut bench, "start_scoring", json!({})).await.ok();
        scored(&mut bench, &members, |_| 80).await;
        published(&mut bench).await;
        let shown = bench.nobody().get(&format!("/api/v1/public/evaluations/{}", bench.play.ids.evaluation)).await.ok();
        assert_eq!((&shown["survey"]["answers"], &shown["survey"]["minimum"], &shown["survey"]["shortfall_reason"]), (&json!(5), &json!(20), &json!(WHY)));
        assert_eq!(number(&shown, "/survey/counts/satisfied"), 5);
    }
}

#[test]
fn no_line_of_the_log_tells_who_answered_or_what() {
    crate::demo::block_on(async {
        let service = crate::peeking::Logging::start("survey-log").await;
        let client = Client::new(service.base.clone(), service.password.clone());
        let mut play = Play::new(client, false).unwrap();
        play.need_approved().await.unwrap();
        play.posting_open().await.unwrap();
        play.bids_submitted().await.unwrap();
        play.bids_qualified().await.unwrap();
        play.award_proposed().await.unwrap();
        play.award_noticed().await.unwrap();
        play.contract_signed().await.unwrap();
        play.work_done().await.unwrap();
        play.report_accepted().await.unwrap();
        play.evaluation_opened().await.unwrap();
        let at = |verb: &str| format!("/api/v1/evaluations/{}/{verb}", play.ids.evaluation);
        let (open, issue) = (at("open_survey"), at("issue_codes"));
        let answers = format!(
            "/api/v1/public/evaluations/{}/survey_answers",
            play.ids.evaluation
        );
        let tomorrow = play.client.now().await.unwrap().date_naive() + chrono::Days::new(1);
        let plan = json!({ "registered_beneficiaries": 100, "ends_on": tomorrow });
        play.client.post("gong.mingyue", &open, plan).await.unwrap();
        let wanted = json!({ "community": SERVED, "count": 2 });
        let issued = play.client.post("gong.mingyue", &issue, wanted).await;
        let codes = list(&issued.unwrap(), "/codes");
        for code in &codes {
            let body = json!({ "code": code, "answer": "very_dissatisfied", "text": "楼道灯一直没修好。" });
            play.client.post_unsigned(&answers, body).await.unwrap();
        }
        let mut persons = Vec::new();
        for (account, step) in RESIDENTS
            .iter()
            .zip(["dissatisfied", "neutral", "very_satisfied"])
        {
            persons.push(play.client.person(account).await.unwrap());
            let body = json!({ "answer": step, "text": "陪诊很及时。" });
            play.client.post(account, &answers, body).await.unwrap();
        }
        let all = String::from_utf8_lossy(&service.stop()).into_owned();
        let lines: Vec<&str> = all
            .lines()
            .filter(|line| line.contains("survey_answers"))
            .collect();
        assert!(lines.len() >= 5, "the log was written");
        for line in &lines {
            let told = persons
                .iter()
                .map(String::as_str)
                .chain(RESIDENTS)
                .any(|who| line.contains(who));
            assert!(!told && !line.contains(&play.ids.evaluation), "{line}");
        }
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
        let words = [
            "very_dissatisfied",
            "very_satisfied",
            "楼道灯",
            "陪诊很及时",
        ];
        for word in codes.chain(words.map(str::to_owned)) {
            assert!(!all.contains(&word), "the log holds {word}");
        }
    });
}
