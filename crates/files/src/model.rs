//! Domain and wire types of attachments.

use crate::flow::FileState;
use crate::kinds::{Kind, endings};
use sea_orm::{DeriveActiveEnum, EnumIter, FromJsonQueryResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use wubang_kernel::{Faults, RoleSet};
use wubang_web::{Instant, ListQuery};
use zeroize::Zeroize;

/// Who reads an attachment once its object is open (附件的公开范围).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum FileConfidentiality {
    /// 可随结果公开;公开之前同 `panel`。
    Public,
    /// 评审组、街道和监督部门可见。
    Panel,
    /// 仅提交方和监督部门可见。
    Owner,
}

impl FileConfidentiality {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "public" => Some(FileConfidentiality::Public),
            "panel" => Some(FileConfidentiality::Panel),
            "owner" => Some(FileConfidentiality::Owner),
            _ => None,
        }
    }
}

/// One attachment as it is handed in with its object, and covered by the hash of the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// Id.
    pub id: Uuid,
    /// 文件名。
    #[schema(example = "服务方案.pdf")]
    pub name: String,
    /// 内容的 SHA-256(小写十六进制)。
    pub sha256: String,
    /// 字节数。
    pub size: u64,
    /// 类型,由内容识别。
    #[schema(example = "application/pdf")]
    pub media_type: String,
    /// 公开范围。
    pub confidentiality: FileConfidentiality,
}

/// The attachments handed in with an object, in the order of their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Attachments(pub Vec<Attachment>);

/// An attachment for somebody who may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentOut {
    /// Id.
    pub id: Uuid,
    /// 文件名。
    #[schema(example = "服务方案.pdf")]
    pub name: String,
    /// 字节数。
    pub size: u64,
    /// 内容的 SHA-256(小写十六进制)。
    pub sha256: String,
    /// 类型,由内容识别。
    #[schema(example = "application/pdf")]
    pub media_type: String,
    /// 公开范围。
    pub confidentiality: FileConfidentiality,
    /// 第几版,从 1 起。
    pub revision: i32,
    /// 替换了哪一个附件。
    pub replaces: Option<Uuid>,
    /// 是否属于最近一次提交的内容。
    pub handed_in: bool,
    /// 状态:`clean` 为当前附件;已提交而后移除或替换的为 `removed`,仍随已提交的版本保留。
    pub state: FileState,
    /// 上传时间。
    pub created_at: Instant,
    /// Version, as in `ETag`.
    pub version: i32,
}

/// The attachments of one object; as few as the configuration allows, so that there is one page.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentsOut {
    /// 附件,按上传先后。
    pub items: Vec<AttachmentOut>,
}

/// The query of an upload; the body is the file itself.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// 文件名,1–120 字,扩展名须与内容相符。File name.
    #[param(example = "服务方案.pdf")]
    pub name: String,
    /// 公开范围,默认 `panel`。Who reads it after the opening.
    pub confidentiality: Option<FileConfidentiality>,
    /// 替换的附件(id),须为当前附件。The attachment that it replaces.
    pub replaces: Option<Uuid>,
}

/// A file that somebody wants to add, its query checked.
#[derive(Debug, Clone)]
pub(crate) struct NewFile {
    pub(crate) name: String,
    pub(crate) confidentiality: FileConfidentiality,
    pub(crate) replaces: Option<Uuid>,
}

/// The names in the query of an upload.
pub(crate) const UPLOAD_QUERY: &[&str] = &["name", "confidentiality", "replaces"];

impl NewFile {
    /// Reads the query and notes every fault.
    pub(crate) fn read(query: &ListQuery, faults: &mut Faults) -> Self {
        let name = match query.one("name") {
            Some(name) => faults.line("?name", name, 1..=120),
            None => {
                faults.missing("?name");
                String::new()
            }
        };
        if name.contains(['/', '\\']) {
            let (zh, en) = ("文件名不得含路径分隔符", "must not hold a path");
            faults.add("?name", "malformed", zh, en);
        } else if !name.is_empty() && Kind::named(&name).is_none() {
            let endings = endings();
            faults.add(
                "?name",
                "wrong_extension",
                format!("扩展名须为:{endings}"),
                format!("must end with one of: {endings}"),
            );
        }
        let confidentiality = match query.one("confidentiality") {
            Some(text) => FileConfidentiality::parse(text).unwrap_or_else(|| {
                let (zh, en) = (
                    "须为 public、panel 或 owner",
                    "must be public, panel or owner",
                );
                faults.add("?confidentiality", "unknown_value", zh, en);
                FileConfidentiality::Panel
            }),
            None => FileConfidentiality::Panel,
        };
        let replaces = query.one("replaces").map(Uuid::parse_str).transpose();
        NewFile {
            name,
            confidentiality,
            replaces: replaces.unwrap_or_else(|_| {
                faults.add("?replaces", "malformed", "须为 id", "must be an id");
                None
            }),
        }
    }
}

/// The object that attachments belong to, and what the caller is to it.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// Object (`bid`).
    pub object: &'static str,
    /// Its id.
    pub object_id: Uuid,
    /// Its division.
    pub division: String,
    /// Roles of the caller.
    pub roles: RoleSet,
}

/// What stands locked in the row: without a master key nobody learns name, size, hash or content.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Secret {
    /// The `age` key of the envelope.
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}
