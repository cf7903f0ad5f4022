//! Organisations.

use crate::support::{district, text, world};
use serde_json::json;
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_registry::engagements::{self, Begun};
use wubang_registry::{OrgStatus, organisations};

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
    // it carries an agreement from its signature to its end, once
    let lelin = report.organisations["lelin"];
    let contract = Uuid::from_u128(77);
    let begun = Begun {
        contract_id: contract,
        number: "XY-410108-2026-0001".to_owned(),
        title: "独居老人结对陪伴".to_owned(),
        division: DivisionCode::parse("410108005003").unwrap(),
        communities: vec!["410108005003".to_owned()],
        field: "A01".to_owned(),
        price_fen: 4_680_000,
        bid_id: None,
        days: ("2026-06-01".parse().unwrap(), "2027-05-31".parse().unwrap()),
        parts: vec![(lelin, 4_680_000)],
    };
    for (step, carried) in [("begin", 1), ("end", 0), ("end", 0)] {
        world
            .act(async |tx| {
                match step {
                    "begin" => engagements::begin(tx, &begun).await.unwrap(),
                    _ => engagements::end(tx, contract).await.unwrap(),
                }
                let now = organisations::load(tx, lelin).await.unwrap();
                assert_eq!(now.active_contracts, carried, "{step}");
            })
            .await;
    }
    world.end().await;
}
