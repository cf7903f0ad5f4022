//! 需求清单 and 需求台账 over HTTP: filters, search, export.

use crate::needs::{
    because, drafted, new_need, plain, reviewed, secretary, street, submitted, under_review,
};
use crate::scenes::text;
use sea_orm::{ConnectionTrait, Database, DbBackend};
use serde_json::{Value, json};
use std::collections::HashMap;
use wubang_testkit::{Bench, Caller, Reply, on_both};

async fn export(caller: &Caller, query: &str) -> Reply {
    caller.get(&format!("/api/v1/exports/needs?{query}")).await
}

/// The rows of an exported table: column → cell.
fn rows(reply: &Reply) -> Vec<HashMap<String, String>> {
    assert_eq!(
        (reply.status, reply.headers["content-type"].as_str()),
        (200, "text/csv; charset=utf-8"),
        "{}",
        reply.text
    );
    let text = reply.text.trim_start_matches('\u{FEFF}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn column(rows: &[HashMap<String, String>], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].clone()).collect()
}

async fn raw_export(bench: &mut Bench, account: &str) -> Vec<u8> {
    let caller = bench.user(account).await;
    let url = format!("{}/api/v1/exports/needs?kind=ledger", bench.base());
    let request = reqwest::Client::new()
        .get(url)
        .bearer_auth(caller.token().unwrap());
    request
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap()
        .to_vec()
}

/// Puts copies of a need into the table past the service, and takes them away.
struct Crowd(sea_orm::DatabaseConnection);

impl Crowd {
    async fn of(bench: &Bench) -> Self {
        Crowd(Database::connect(&bench.url).await.unwrap())
    }

    async fn grow(&self, id: &str, count: u32) {
        let postgres = self.0.get_database_backend() == DbBackend::Postgres;
        let (fresh, own) = if postgres {
            ("gen_random_uuid()", format!("'{id}'::uuid"))
        } else {
            ("randomblob(16)", format!("X'{}'", id.replace('-', "")))
        };
        let one = self
            .0
            .query_one_raw(sea_orm::Statement::from_string(
                self.0.get_database_backend(),
                "SELECT * FROM needs LIMIT 1".to_owned(),
            ))
            .await
            .unwrap()
            .unwrap();
        let names = one.column_names();
        let values: Vec<String> = names
            .iter()
            .map(|name| match name.as_str() {
                "id" => fresh.to_owned(),
                "number" => "'KAOBEI-' || n".to_owned(),
                other => format!("needs.{other}"),
            })
            .collect();
        let sql = format!(
            "WITH RECURSIVE row(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row WHERE n < {count}) \
             INSERT INTO needs ({}) SELECT {} FROM row, needs WHERE needs.id = {own}",
            names.join(", "),
            values.join(", ")
        );
        self.0.execute_unprepared(&sql).await.unwrap();
    }

    async fn shrink(&self) {
        let sql = "DELETE FROM needs WHERE number LIKE 'KAOBEI-%'";
        self.0.execute_unprepared(sql).await.unwrap();
    }
}

on_both! {
    async fn needs_are_filtered_by_every_column_a_clerk_asks_for(bench: Bench) {
        let first = submitted(&mut bench, new_need()).await;
        let mut other = new_need();
        for (key, value) in [("title", json!("合唱团专业提升100%计划")), ("source", json!("hotline")), ("urgency", json!("normal")), ("field", json!("E01")),
            ("affected_count", json!(40)), ("target_groups", json!(["all_residents"]))] {
            other[key] = value;
        }
        let second = submitted(&mut bench, other).await;
        let street = street(&mut bench).await;
        let both = [&second, &first];
        for (query, wanted) in [
            ("source=grid", &both[1..]), ("source=hotline", &both[..1]), ("source=grid&source=hotline", &both[..]),
            ("urgency=high", &both[1..]), ("target_group=elderly", &both[1..]), ("target_group=elder", &[]),
            ("affected_count_min=41", &both[1..]), ("affected_count_max=40", &both[..1]), ("affected_count_min=40&affected_count_max=120", &both[..]),
            ("q=%E5%90%88%E5%94%B1", &both[..1]), ("q=100%25", &both[..1]), ("q=_", &[]), ("q=%E5%90%88%E5%94%B1%20%E6%A5%BC%E9%81%93", &both[..1]),
            ("state=submitted&field=A01", &both[1..]), ("priority=high", &[]),
        ] {
            let page = street.get(&format!("/api/v1/needs?division=410108005003&state=submitted&{query}")).await.ok();
            let ids: Vec<String> = page["items"].as_array().unwrap().iter().map(|row| text(row, "/id")).collect();
            assert_eq!(ids.iter().collect::<Vec<_>>(), wanted, "{query}");
        }
        let reply = street.get("/api/v1/needs?affected_count_min=x&affected_count_max=-1&division=1").await;
        assert_eq!(reply.pointers(), ["?division", "?affected_count_min", "?affected_count_max"]);
        reply.refused(422, "invalid");
    }

    async fn a_changed_draft_is_found_by_its_new_words(bench: Bench) {
        let id = drafted(&mut bench, new_need()).await;
        let secretary = secretary(&mut bench).await;
        secretary.patch(&format!("/api/v1/needs/{id}"), 1, json!({ "title": "楼院花坛改造议事", "target_groups": ["child"] })).await.ok();
        for (query, found) in [("q=%E8%8A%B1%E5%9D%9B", true), ("q=%E5%A4%9C%E9%97%B4%E5%87%BA%E8%A1%8C", false), ("target_group=child", true), ("target_group=elderly", false)] {
            let page = secretary.get(&format!("/api/v1/needs?{query}&limit=100")).await.ok();
            assert_eq!(page.to_string().contains(&id), found, "{query}");
        }
    }

    async fn the_list_holds_what_was_approved_and_the_ledger_everything_with_its_dates(bench: Bench) {
        let approved = reviewed(&mut bench, 90, 90).await;
        plain(&street(&mut bench).await, &approved, "approve").await.ok();
        let waiting = submitted(&mut bench, new_need()).await;
        because(&secretary(&mut bench).await, &waiting, "withdraw").await.ok();
        bench.user("xue.chunmei").await.post(&format!("/api/v1/needs/{approved}/support"), json!({})).await.ok();
        let street = street(&mut bench).await;
        let list = export(&street, "").await;
        assert_eq!(list.headers["content-disposition"],
            "attachment; filename=\"export.csv\"; filename*=UTF-8''%E9%9C%80%E6%B1%82%E6%B8%85%E5%8D%95%5F%32%30%32%36%30%33%30%32.csv");
        let list = rows(&list);
        assert_eq!((column(&list, "状态"), column(&list, "立项日期"), column(&list, "附议人数")), (vec!["待发榜".to_owned()], vec!["2026-03-02".to_owned()], vec!["1".to_owned()]));
        assert_eq!((list[0]["领域"].as_str(), list[0]["来源渠道"].as_str(), list[0]["紧急程度"].as_str(), list[0]["评榜得分"].as_str(), list[0]["优先级"].as_str()),
            ("A01 为老服务", "网格上报", "较急", "90.00", "高"));
        let ledger = rows(&export(&street, "kind=ledger&format=csv&source=grid&q=%E6%A5%BC%E9%81%93").await);
        assert_eq!((column(&ledger, "状态"), column(&ledger, "撤回日期")), (vec!["待发榜".to_owned(), "撤回".to_owned()], vec![String::new(), "2026-03-02".to_owned()]));
        for step in ["提交日期", "受理日期", "开始评审日期", "立项日期"] {
            assert_eq!(ledger[0][step], "2026-03-02", "{step}");
        }
        let bytes = raw_export(&mut bench, "wang.min").await;
        assert_eq!(&bytes[..3], "\u{FEFF}".as_bytes(), "Excel wants the mark");
    }

    async fn an_export_shows_what_its_viewer_may_see_and_no_formula(bench: Bench) {
        let mut sly = new_need();
        sly["title"] = json!("=HYPERLINK(\"http://x\",\"点我\")");
        let id = drafted(&mut bench, sly).await;
        let mine = rows(&export(&secretary(&mut bench).await, "kind=ledger").await);
        assert!(column(&mine, "标题").contains(&"'=HYPERLINK(\"http://x\",\"点我\")".to_owned()), "{mine:?}");
        let foreign = rows(&export(&bench.user("han.wenjing").await, "kind=ledger").await);
        assert!(!foreign.is_empty() && column(&foreign, "社区代码").iter().all(|code| code == "410108001001"));
        assert_eq!(rows(&export(&bench.user("xue.chunmei").await, "kind=ledger").await), [], "a resident has no ledger");
        // an expert exports what he may see: needs under review
        let review = under_review(&mut bench, new_need()).await;
        let expert = rows(&export(&bench.user("qin.shuyao").await, "kind=ledger").await);
        assert_eq!(column(&expert, "状态"), ["评审中"]);
        assert_ne!(id, review);
        bench.nobody().get("/api/v1/exports/needs").await.refused(401, "unauthenticated");
        let reply = export(&street(&mut bench).await, "kind=all&format=xlsx").await;
        assert_eq!(reply.pointers(), ["?kind", "?format"]);
        reply.refused(422, "invalid");
        export(&street(&mut bench).await, "sort=title").await.refused(400, "unknown_parameter");
        let reply = export(&street(&mut bench).await, "affected_count_min=many").await;
        assert_eq!(reply.pointers(), ["?affected_count_min"]);
        reply.refused(422, "invalid");
    }

    async fn an_export_ends_at_ten_thousand_rows(bench: Bench) {
        let id = submitted(&mut bench, new_need()).await;
        let crowd = Crowd::of(&bench).await;
        let street = street(&mut bench).await;
        crowd.grow(&id, 9_999).await;
        let most = rows(&export(&street, "kind=ledger&state=submitted").await);
        let mut numbers = column(&most, "编号");
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 10_000, "each row once, over all portions");
        crowd.shrink().await;
        crowd.grow(&id, 10_000).await;
        export(&street, "kind=ledger&state=submitted").await.refused(422, "too_many_rows");
        let narrow: Value = street.get("/api/v1/needs?limit=1&state=submitted").await.ok();
        assert!(narrow["next"].is_string());
        crowd.shrink().await;
    }
}
