//! The life cycle of an attachment.

wubang_kernel::machine! {
    /// 附件 file.
    pub File (FileState, FileEvent, FileGuard) = "file" "files" "附件",
    start PendingScan "file.begun" by [OrgLegalRep, OrgAgent];
    states {
        PendingScan = "pending_scan" "上传核验中",
        Clean = "clean" "可用",
        Infected = "infected" "含恶意代码",
        Removed = "removed" "已移除",
    }
    events {
        Keep = "file.kept" "" "上传完成" "Kept",
        Refuse = "file.infected" "" "含恶意代码,未予保存" "Found to be infected and not kept",
        GiveUp = "file.given_up" "" "上传未完成" "The upload was given up",
        HandIn = "file.handed_in" "" "随正文提交" "Handed in with its object",
        Remove = "file.removed" "" "移除" "Removed",
        Clear = "file.cleared" "" "逾期清理" "Cleared away after its time",
    }
    guards {
        Loose = InvalidTransition "not_handed_in",
    }
    rows {
        PendingScan on Keep [] by [OrgLegalRep, OrgAgent] => Clean;
        PendingScan on Refuse [] by [System] => Infected;
        PendingScan on GiveUp [] by [System] => Removed;
        Clean on HandIn [] by [OrgLegalRep, OrgAgent] => Clean;
        Clean on Remove [] by [OrgLegalRep, OrgAgent] => Removed;
        Clean on Clear [Loose] by [System] => Removed;
    }
}
