//! The closed word lists of the registry: wire name, Chinese name, nothing else gets in.

use wubang_kernel::words;

/// Adds `stored`, for words that have a column of their own.
macro_rules! stored {
    ($($name:ident),+) => {
        $(impl $name {
            /// The word stored in a row.
            pub(crate) fn stored(wire: &str) -> Result<$name, wubang_store::Error> {
                $name::from_wire(wire).ok_or_else(|| wubang_store::Error::internal(format!(concat!("unknown ", stringify!($name), " {}"), wire)))
            }
        })+
    };
}

stored!(
    OrgForm,
    ManagementTier,
    OrgStatus,
    CreditStatus,
    AccountStatus,
    ExpertLevel,
    RelationKind,
    Kinship,
    KinPosition
);

words! {
    /// How an organisation is tied to another one (rulebook 2.4.4 (1), 2.9, 7 and 8).
    RelationKind {
        Custodian = "custodian", "资金代管机构";
        Incubator = "incubator", "孵化机构";
        AllianceCouncil = "alliance_council", "联盟理事单位";
        Controller = "controller", "控股或实际控制方";
        Manager = "manager", "管理方";
    }
}

impl RelationKind {
    /// Whether two organisations so related may not bid against each other (实施条例 art. 18).
    #[must_use]
    pub const fn binds(self) -> bool {
        matches!(self, RelationKind::Controller | RelationKind::Manager)
    }
}

words! {
    /// How a relative is related (rulebook 2.9, 3).
    Kinship {
        Spouse = "spouse", "配偶";
        DirectLine = "direct_line", "直系血亲";
        Collateral = "collateral", "三代以内旁系血亲";
        NearAffinity = "near_affinity", "近姻亲";
    }
}

words! {
    /// What a relative is in the organisation.
    KinPosition {
        Head = "head", "法定代表人或负责人";
        Staff = "staff", "工作人员";
    }
}

words! {
    /// What kind of organisation it is in law (组织形式).
    OrgForm {
        SocialGroup = "social_group", "社会团体";
        SocialServiceInstitution = "social_service_institution", "社会服务机构";
        Foundation = "foundation", "基金会";
        FiledCommunityOrg = "filed_community_org", "备案社区社会组织";
        SelfOrganisedGroup = "self_organised_group", "自组织";
        Enterprise = "enterprise", "企业";
        PublicInstitution = "public_institution", "事业单位";
        ResidentsCommittee = "residents_committee", "居民委员会";
        Other = "other", "其他";
    }
}

words! {
    /// Who looks after it (管理层级).
    ManagementTier {
        Registered = "registered", "登记";
        StreetFiled = "street_filed", "街道备案";
        CommunityGuided = "community_guided", "社区指导";
    }
}

words! {
    /// Where it stands in its life (rulebook 2.8.14).
    OrgStatus {
        Discovered = "discovered", "摸排";
        Ledgered = "ledgered", "入台账";
        FilingSubmitted = "filing_submitted", "已申请备案";
        Prechecked = "prechecked", "社区初审";
        Filed = "filed", "备案";
        Registered = "registered", "登记";
        Dormant = "dormant", "休眠";
        Suspended = "suspended", "暂停";
        Merged = "merged", "合并";
        Cancelled = "cancelled", "注销备案";
        Dissolved = "dissolved", "注销";
        Revoked = "revoked", "撤销";
    }
}

words! {
    /// What the credit lists of the civil-affairs authority say (rulebook 3.12).
    CreditStatus {
        Normal = "normal", "正常";
        AbnormalActivity = "abnormal_activity", "活动异常名录";
        SeriousDishonesty = "serious_dishonesty", "严重违法失信名单";
    }
}

words! {
    /// What authorities publish about organisations (rulebook 3.6, 3.12).
    AuthorityList {
        AbnormalActivity = "abnormal_activity", "活动异常名录";
        SeriousDishonesty = "serious_dishonesty", "严重违法失信名单";
        Grades = "grades", "评估等级";
    }
}

impl AuthorityList {
    /// The credit status of who stands on it.
    pub(crate) const fn status(self) -> Option<CreditStatus> {
        match self {
            AuthorityList::AbnormalActivity => Some(CreditStatus::AbnormalActivity),
            AuthorityList::SeriousDishonesty => Some(CreditStatus::SeriousDishonesty),
            AuthorityList::Grades => None,
        }
    }
}

words! {
    /// Evaluation grade of a social organisation (评估等级, rulebook 3.6).
    GradeLevel {
        A1 = "1A", "1A";
        A2 = "2A", "2A";
        A3 = "3A", "3A";
        A4 = "4A", "4A";
        A5 = "5A", "5A";
    }
}

words! {
    /// Standing of a person's account, or of a partner client.
    AccountStatus {
        Active = "active", "正常";
        Disabled = "disabled", "停用";
    }
}

words! {
    /// Professional level of an expert (职称层级).
    ExpertLevel {
        Junior = "junior", "初级";
        Intermediate = "intermediate", "中级";
        Senior = "senior", "高级";
    }
}

impl OrgStatus {
    /// Whether the organisation may take part (rulebook 2.4.4 (1): `active`).
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, OrgStatus::Filed | OrgStatus::Registered)
    }

    /// Whether no way leads out of it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            OrgStatus::Merged | OrgStatus::Cancelled | OrgStatus::Dissolved | OrgStatus::Revoked
        )
    }

    /// Whether an officer may record the change from this status to another (rulebook 2.8.14).
    #[must_use]
    pub const fn may_become(self, to: OrgStatus) -> bool {
        use OrgStatus::{
            Cancelled, Discovered, Dissolved, Dormant, Filed, FilingSubmitted, Ledgered, Merged,
            Prechecked, Registered, Revoked, Suspended,
        };
        matches!(
            (self, to),
            (Discovered | FilingSubmitted | Prechecked, Ledgered)
                | (Ledgered, FilingSubmitted)
                | (FilingSubmitted, Prechecked)
                | (Prechecked | Dormant | Suspended, Filed)
                | (Filed | Dormant | Suspended, Registered)
                | (Filed | Registered, Dormant | Suspended)
                | (
                    Discovered
                        | Ledgered
                        | FilingSubmitted
                        | Prechecked
                        | Filed
                        | Registered
                        | Dormant
                        | Suspended,
                    Merged
                )
                | (Filed | Dormant | Suspended, Cancelled)
                | (Registered | Dormant | Suspended, Dissolved | Revoked)
        )
    }
}
