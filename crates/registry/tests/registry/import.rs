//! Bundles and CSV files, and what is found in them.

use crate::code;
use crate::support::{World, district, system, text, world};
use wubang_kernel::Role;
use wubang_registry::import::import_district;
use wubang_registry::{divisions, experts, organisations, people};

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
    let pool = experts::pool(&view, &community).await.unwrap();
    assert!(!pool.is_empty() && pool.iter().all(|one| one.near && one.active));
    let elsewhere = experts::pool(&view, &code("110101001")).await.unwrap();
    assert!(elsewhere.len() == pool.len() && elsewhere.iter().all(|one| !one.near));
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
