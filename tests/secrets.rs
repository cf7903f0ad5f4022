//! The public reads nothing of what rulebook 2.6 keeps from it: words are planted in every field that is
//! never public or not yet, and at each stage of a project nobody known reads every public answer.

use crate::needs::{
    analyse, drafted, new_need, opinion, plain, secretary, street, submitted, under_review,
};
use crate::needs_voices::act;
use crate::scenes::{list, story, text};
use crate::strangers::operations;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Reply, on_both};

/// How far the project has come; later is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Planted,
    Approved,
    Open,
    Answered,
    Submitted,
    Closed,
    Scored,
    Proposed,
    Noticed,
    Signed,
    Done,
    Evaluated,
    Confirmed,
}

/// A word that must not be read before its stage, or never.
struct Secret {
    word: String,
    what: &'static str,
    from: Option<Stage>,
}

/// What is planted, and the ids that nobody should be able to use.
#[derive(Default)]
struct World {
    secrets: Vec<Secret>,
    ids: Vec<String>,
    /// Everything that nobody has read so far.
    read: String,
    /// Answers that were no refusal.
    answered: usize,
}

/// A sentence that stands nowhere else.
fn mark(what: &str) -> String {
    format!("暗记{what}一处不得公开见光")
}

impl World {
    fn never(&mut self, what: &'static str, word: impl Into<String>) {
        self.secret(what, word, None);
    }

    fn secret(&mut self, what: &'static str, word: impl Into<String>, from: Option<Stage>) {
        let word = word.into();
        assert!(
            word.chars().count() > 2,
            "{what}: {word} is too short to be found"
        );
        self.secrets.push(Secret { word, what, from });
    }

    /// Every text of a value that is long enough to be its own.
    fn texts(&mut self, what: &'static str, value: &Value, from: Option<Stage>, open: &str) {
        match value {
            Value::String(word)
                if word.chars().count() > 9
                    && !word.is_ascii()
                    && !open.contains(word.as_str()) =>
            {
                self.secret(what, word.clone(), from);
            }
            Value::Array(rows) => rows
                .iter()
                .for_each(|row| self.texts(what, row, from, open)),
            Value::Object(rows) => rows
                .values()
                .for_each(|row| self.texts(what, row, from, open)),
            _ => {}
        }
    }

    fn hidden(&self, stage: Stage) -> impl Iterator<Item = &Secret> {
        self.secrets
            .iter()
            .filter(move |secret| secret.from.is_none_or(|from| stage < from))
    }

    /// One answer holds nothing that is hidden at the stage, neither in its body nor in a header.
    fn look(&mut self, stage: Stage, address: &str, reply: &Reply) {
        assert!(reply.status < 500, "{address}: {}", reply.text);
        let whole = format!("{}\n{:?}", reply.text, reply.headers);
        for secret in self.hidden(stage) {
            assert!(
                !whole.contains(&secret.word),
                "{stage:?} {address} shows {}: {}",
                secret.what,
                secret.word
            );
        }
        if reply.status < 300 {
            self.answered += 1;
            self.read.push_str(&reply.text);
        }
    }
}

/// The people of the district: nobody's name, address or number is public; names of the panel are, with
/// the result.
fn people(world: &mut World) {
    let district: Value = serde_json::from_str(wubang_server::bundle::DEMO_DISTRICT).unwrap();
    for person in list(&district, "/people") {
        // a name of two characters may stand in any sentence
        if text(&person, "/name").chars().count() > 2 {
            world.never("a name", text(&person, "/name"));
        }
        world.never("an address", text(&person, "/email"));
        world.never("an account", format!("\"{}\"", text(&person, "/account")));
        if let Some(phone) = person["phone"].as_str() {
            world.never("a number", phone);
        }
    }
}

/// Bids, sheets and drafts of the story; whose bid wins is known from the story.
fn papers(world: &mut World) {
    let story = story();
    let open = format!("{}{}", story["posting"], story["need"]);
    for bid in list(&story, "/bids") {
        let wins = bid["organisation"] == story["cast"]["winner"];
        let from = wins.then_some(Stage::Proposed);
        world.secret("a price", bid["price_fen"].to_string(), from);
        let mut rest = bid.clone();
        let activities = rest["service_plan"]["activities"].take();
        // what the awardee will do is shown by name, frequency and quantity, and nothing else of a bid
        world.texts("an activity", &activities, from, &open);
        world.texts("a bid", &rest, None, &open);
    }
    for sheet in list(&story, "/score_sheets") {
        for one in list(&sheet, "/sheets") {
            world.texts("a score sheet", &one["comment"], None, &open);
            world.texts("a score sheet", &one["reasons"], None, &open);
        }
    }
    world.texts("an opinion", &story["opinions"], None, &open);
    world.texts(
        "an evaluation sheet",
        &story["evaluation_sheets"],
        None,
        &open,
    );
    world.texts(
        "the draft of a result",
        &story["evaluation_draft"],
        None,
        &open,
    );
    world.never("a payment", "国库支付 2026-");
    world.never("an invoice", "发票 0410");
}

/// Names of the bidders, their totals, the ids of people.
async fn bidders(bench: &mut Bench, world: &mut World) {
    let district: Value = serde_json::from_str(wubang_server::bundle::DEMO_DISTRICT).unwrap();
    for bid in list(&story(), "/bids") {
        let known = list(&district, "/organisations");
        let of = known
            .iter()
            .find(|one| one["key"] == bid["organisation"])
            .unwrap();
        world.secret("a bidder", text(of, "/name"), Some(Stage::Proposed));
        let id = bench.organisation(&text(&bid, "/organisation")).await;
        world.secret("a bidder's id", id, None);
    }
    for (_, total) in bench.play.expected().unwrap().totals {
        world.secret("a total", format!("\"{total}\""), Some(Stage::Proposed));
    }
    for account in [
        "zhao.lei",
        "wang.min",
        "qin.shuyao",
        "gu.lanting",
        "xue.chunmei",
        "gong.mingyue",
        "ning.jiayi",
    ] {
        let id = bench.person(account).await;
        world.never("the id of a person", id);
    }
}

/// Needs that are nobody's business: a draft, and one that was rejected and asked about.
async fn hidden_needs(bench: &mut Bench, world: &mut World) {
    for rejected in [false, true] {
        let (title, description) = (mark("标题"), mark("详情").repeat(2));
        let mut need = new_need();
        need["title"] = json!(format!("{title}{rejected}"));
        need["description"] = json!(description);
        world.never("the title of a hidden need", title);
        world.never("a hidden need", description);
        if !rejected {
            world.ids.push(drafted(bench, need).await);
            continue;
        }
        let id = submitted(bench, need).await;
        let ask = json!({ "reason": mark("补正") });
        act(bench, "wang.min", &id, "request_supplement", ask)
            .await
            .ok();
        plain(&secretary(bench).await, &id, "supplement").await.ok();
        let no = json!({ "ground": "market_service", "reason": mark("不予立项") });
        act(bench, "wang.min", &id, "reject", no).await.ok();
        act(
            bench,
            "zhao.lei",
            &id,
            "appeal",
            json!({ "reason": mark("申请复核") }),
        )
        .await
        .ok();
        let answer = json!({ "upheld": false, "reason": mark("复核答复") });
        act(bench, "wei.guohua", &id, "decide_appeal", answer)
            .await
            .ok();
        world.ids.push(id);
    }
    for what in ["补正", "不予立项", "申请复核", "复核答复"] {
        world.never("a reason", mark(what));
    }
}

/// A need that becomes public, with everything about it that does not.
async fn public_need(bench: &mut Bench, world: &mut World) {
    let id = under_review(bench, new_need()).await;
    analyse(bench, &id).await.ok();
    let person = bench.person("yu.haichuan").await;
    let demand = json!({ "person_id": person, "reason": mark("回避") });
    act(bench, "he.zhengqing", &id, "recusals", demand)
        .await
        .ok();
    for (expert, speciality) in [("qin.shuyao", "A01"), ("gu.lanting", "A06")] {
        let mut opinion = opinion(speciality, 70, true);
        opinion["opinion"] = json!(mark("专家意见"));
        act(bench, expert, &id, "opinions", opinion).await.ok();
    }
    plain(&street(bench).await, &id, "open_comment").await.ok();
    let comment = json!({ "stance": "support", "text": mark("居民意见") });
    act(bench, "xue.chunmei", &id, "comments", comment)
        .await
        .ok();
    for what in ["回避", "专家意见", "居民意见"] {
        world.never("what was said about a need", mark(what));
    }
    world.ids.push(id);
}

/// A resident's request and an answer to a campaign.
async fn voices(bench: &mut Bench, world: &mut World) {
    let campaign = crate::campaigns::open_today(bench).await;
    let request = json!({ "community": "410108005003", "channel": "micro_wish", "title": mark("心愿"), "description": mark("诉求").repeat(2),
        "affected_count": 12, "target_groups": ["elderly"], "field": "A01", "personal_data_notice": "2026-1" });
    let made = bench
        .nobody()
        .post("/api/v1/public/requests", request)
        .await
        .ok();
    world.never("the code of a receipt", text(&made, "/code"));
    world.never("a request", mark("心愿"));
    world.never("a request", mark("诉求"));
    let answer = json!({ "community": "410108005003", "answers": { "wish": "meals", "more": mark("问卷") } });
    let path = format!("/api/v1/public/campaigns/{campaign}/answers");
    bench.nobody().post(&path, answer).await.ok();
    world.never("an answer to a campaign", mark("问卷"));
    world.ids.extend([campaign, text(&made, "/number")]);
}

/// Every public address with every id that is known, page by page, with filters and words to search for.
async fn addresses(bench: &Bench, world: &World) -> BTreeSet<String> {
    let document = bench.nobody().get("/openapi.json").await.ok();
    let ids = [
        bench.play.ids.need.as_str(),
        &bench.play.ids.posting,
        &bench.play.ids.award,
        &bench.play.ids.contract,
        &bench.play.ids.evaluation,
        &bench.play.ids.project,
        "410108005003",
        "2026",
        "need",
        "forbidden",
    ];
    let ids = ids
        .into_iter()
        .map(str::to_owned)
        .chain(world.ids.iter().cloned())
        .chain(bench.play.ids.bids.values().cloned());
    let ids: Vec<String> = ids.filter(|id| !id.is_empty()).collect();
    let mut found = BTreeSet::new();
    for operation in operations(&document)
        .iter()
        .filter(|one| one.method == "GET" && !one.secured)
    {
        let Some((before, rest)) = operation.path.split_once('{') else {
            let takes = |name: &str| {
                operation.of["parameters"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|one| one["name"] == json!(name)))
            };
            found.insert(operation.path.clone());
            for (name, value) in [
                ("limit", "1"),
                ("limit", "100"),
                ("division", "410108000000"),
                ("field", "A01"),
            ] {
                if takes(name) {
                    found.insert(format!("{}?{name}={value}", operation.path));
                }
            }
            continue;
        };
        let (_, after) = rest.split_once('}').unwrap();
        found.extend(ids.iter().map(|id| format!("{before}{id}{after}")));
    }
    assert!(found.len() > 100, "{found:?}");
    found
}

/// Nobody known reads everything; lists to their last page.
async fn walk(bench: &Bench, world: &mut World, stage: Stage) {
    let nobody = bench.nobody();
    for address in addresses(bench, world).await {
        let mut next = address.clone();
        loop {
            let reply = nobody.get(&next).await;
            world.look(stage, &next, &reply);
            let Some(cursor) = reply.body["next_cursor"].as_str() else {
                break;
            };
            let sign = if address.contains('?') { '&' } else { '?' };
            next = format!("{address}{sign}cursor={cursor}");
        }
    }
    // a hidden word finds nothing
    for word in [
        mark("标题"),
        mark("详情"),
        mark("心愿"),
        mark("居民意见"),
        mark("提问"),
    ] {
        for list in ["needs", "postings"] {
            let found = nobody
                .get(&format!("/api/v1/public/{list}?q={word}"))
                .await
                .ok();
            let hidden = world.hidden(stage).any(|secret| secret.word == word);
            assert!(
                !hidden || found["items"] == json!([]),
                "{word} finds {found}"
            );
        }
    }
}

/// The award is proposed as the story says.
async fn proposed(bench: &mut Bench) {
    bench.forget();
    let story = story();
    let winner = text(&story, "/cast/winner");
    let body = json!({ "bid_id": bench.play.ids.bids[&winner], "reason": story["award"]["decision_reason"] });
    let path = format!("/api/v1/postings/{}/propose_award", bench.play.ids.posting);
    let award = street(bench).await.post(&path, body).await.ok();
    bench.play.ids.award = text(&award, "/id");
}

/// From now on the names of the panel are public.
async fn panel_is_public(bench: &Bench, world: &mut World) {
    let path = format!("/api/v1/public/awards/{}", bench.play.ids.award);
    let shown = bench.nobody().get(&path).await.ok();
    let names: Vec<String> = list(&shown, "/panel_names")
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 5, "{shown}");
    world
        .secrets
        .retain(|secret| secret.what != "a name" || !names.contains(&secret.word));
}

async fn asked(bench: &mut Bench, world: &mut World) -> String {
    let agent = bench.user(&agent_of("yinxing", "org_agent").unwrap()).await;
    let path = format!("/api/v1/postings/{}/questions", bench.play.ids.posting);
    let id = text(
        &agent
            .post(&path, json!({ "text": mark("提问") }))
            .await
            .ok(),
        "/id",
    );
    world.secret("a question", mark("提问"), Some(Stage::Answered));
    world.ids.push(id.clone());
    id
}

on_both! {
    async fn no_public_answer_holds_what_is_not_public(bench: Bench) {
        let mut world = World::default();
        people(&mut world);
        papers(&mut world);
        bidders(&mut bench, &mut world).await;
        hidden_needs(&mut bench, &mut world).await;
        public_need(&mut bench, &mut world).await;
        voices(&mut bench, &mut world).await;
        walk(&bench, &mut world, Stage::Planted).await;
        bench.play.need_approved().await.unwrap();
        walk(&bench, &mut world, Stage::Approved).await;
        bench.play.posting_open().await.unwrap();
        let question = asked(&mut bench, &mut world).await;
        walk(&bench, &mut world, Stage::Open).await;
        let answer = json!({ "text": "场地由社区无偿提供,水电费用由社区承担。" });
        street(&mut bench).await.post(&format!("/api/v1/questions/{question}/answer"), answer).await.ok();
        walk(&bench, &mut world, Stage::Answered).await;
        bench.play.bids_submitted().await.unwrap();
        for id in bench.play.ids.bids.values() {
            world.never("the id of a bid", id.clone());
        }
        walk(&bench, &mut world, Stage::Submitted).await;
        bench.play.bids_qualified().await.unwrap();
        walk(&bench, &mut world, Stage::Closed).await;
        bench.play.panel_formed().await.unwrap();
        bench.play.bids_scored().await.unwrap();
        walk(&bench, &mut world, Stage::Scored).await;
        proposed(&mut bench).await;
        walk(&bench, &mut world, Stage::Proposed).await;
        bench.play.award_noticed().await.unwrap();
        panel_is_public(&bench, &mut world).await;
        walk(&bench, &mut world, Stage::Noticed).await;
        bench.play.contract_signed().await.unwrap();
        walk(&bench, &mut world, Stage::Signed).await;
        bench.play.work_done().await.unwrap();
        bench.play.report_accepted().await.unwrap();
        walk(&bench, &mut world, Stage::Done).await;
        bench.play.evaluation_scored().await.unwrap();
        walk(&bench, &mut world, Stage::Evaluated).await;
        bench.play.evaluation_confirmed().await.unwrap();
        walk(&bench, &mut world, Stage::Confirmed).await;
        // the walk has read what is public: every secret with a stage was found once its stage had come
        for secret in world.secrets.iter().filter(|secret| secret.from.is_some() && secret.what != "an activity") {
            assert!(world.read.contains(&secret.word), "nobody has read {}: {}", secret.what, secret.word);
        }
        assert!(world.answered > 300, "{} answers only", world.answered);
    }

    async fn an_order_and_a_procurement_show_nothing_of_their_papers(bench: Bench) {
        let mut world = World::default();
        people(&mut world);
        let open = crate::orders::ordered(&mut bench, "directed").await;
        bench.play.ids.posting = text(&open, "/id");
        let mut letter = crate::orders::acceptance(791_357);
        letter["service_plan"]["schedule"] = json!(mark("接单安排"));
        letter["budget"][0]["description"] = json!(mark("接单预算"));
        world.never("an acceptance", mark("接单安排"));
        world.never("an acceptance", mark("接单预算"));
        world.secret("the price of an acceptance", "791357", Some(Stage::Proposed));
        let organisation = bench.organisation("lelin").await;
        let body = json!({ "posting_id": open["id"], "organisation_id": organisation, "price_fen": 791_357, "letter": letter });
        let head = bench.user(&agent_of("lelin", "org_legal_rep").unwrap()).await;
        let bid = head.post("/api/v1/bids", body).await.ok();
        world.ids.push(text(&bid, "/id"));
        walk(&bench, &mut world, Stage::Open).await;
        let accepted = head.post(&format!("/api/v1/bids/{}/submit", text(&bid, "/id")), json!({})).await.ok();
        walk(&bench, &mut world, Stage::Closed).await;
        let award = crate::orders::proposed(&mut bench, &open, &accepted).await.ok();
        bench.play.ids.award = text(&award, "/id");
        walk(&bench, &mut world, Stage::Proposed).await;
        // beside it a procurement whose result is public and whose agreement is not
        bench.play.ids.award.clear();
        crate::procurement::decided(&mut bench).await;
        walk(&bench, &mut world, Stage::Noticed).await;
        let made = crate::procurement::draft_agreement(&mut bench, "street_officer").await.ok();
        bench.play.ids.contract = text(&made, "/id");
        world.never("the number of an agreement", text(&made, "/number"));
        world.never("the hash of an agreement", text(&made, "/content_hash"));
        walk(&bench, &mut world, Stage::Noticed).await;
        for shown in ["791357", "郑财磋商采购-2026-118-成交"] {
            assert!(world.read.contains(shown), "nobody has read {shown}");
        }
    }

    async fn a_call_shows_of_its_proposals_what_was_picked_and_no_more(bench: Bench) {
        let mut world = World::default();
        let call = crate::calls::called(&mut bench, 1, 4_000_000).await;
        let mut bids = Vec::new();
        for (i, head) in crate::calls::heads().into_iter().take(3).enumerate() {
            // the third is the best, and the only one that is picked
            let (picked, price) = (i == 2, crate::calls::price(i) + 357);
            let mut letter = crate::calls::letter(&call, i, price);
            for (what, pointer) in [("理解", "/understanding"), ("风险", "/risk_plan"), ("能力", "/capability_statement"), ("预算", "/budget/0/description")] {
                let word = mark(&format!("{what}{i}"));
                *letter.pointer_mut(pointer).unwrap() = json!(format!("{word},供评审组审阅的申报内容。"));
                world.never("a part of a letter", word);
            }
            for (what, pointer) in [("名称", "/proposal/title"), ("需求", "/proposal/need"), ("内容", "/proposal/service_content")] {
                let word = mark(&format!("{what}{i}"));
                *letter.pointer_mut(pointer).unwrap() = json!(format!("{word},申报项目的公开内容说明"));
                world.secret("a proposed project", word, picked.then_some(Stage::Proposed));
            }
            world.secret("the price of a proposal", price.to_string(), picked.then_some(Stage::Proposed));
            let organisation = crate::calls::founded(&mut bench, i, &head).await;
            let body = json!({ "posting_id": call["id"], "organisation_id": organisation, "price_fen": price, "letter": letter });
            let head = bench.user(&head).await;
            let id = text(&head.post("/api/v1/bids", body).await.ok(), "/id");
            let _ = head.post(&format!("/api/v1/bids/{id}/submit"), json!({})).await.ok();
            world.ids.push(id.clone());
            bids.push(id);
        }
        walk(&bench, &mut world, Stage::Submitted).await;
        let ranking = crate::calls::judged(&mut bench, &call, &bids).await;
        walk(&bench, &mut world, Stage::Scored).await;
        assert_eq!(ranking[0].0, bids[2]);
        let picked = crate::calls::pick(&mut bench, &call, &bids[2..]).await.ok();
        walk(&bench, &mut world, Stage::Proposed).await;
        bench.play.ids.posting = text(&picked, "/items/0/posting_id");
        bench.play.ids.project = text(&picked, "/items/0/project_id");
        bench.play.ids.award = text(&picked, "/items/0/award_id");
        walk(&bench, &mut world, Stage::Proposed).await;
        assert!(world.read.contains(&mark("名称2")), "nobody has read what was picked");
    }
}
