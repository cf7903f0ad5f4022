//! Attachments (附件) of any object: who owns them, what became of them. What they are called, how large they are
//! and their hashes stand here locked only, like the keys of their envelopes.

use crate::table::{T, step};

step!("m0014_files", ["files", "file_shelves"], |manager| {
    T::new("files")
        .id()
        .text("object")
        .uuid("object_id")
        .text("division")
        // which attachment this one replaced, and how many came before it
        .uuid_opt("replaces")
        .int("revision")
        .text("confidentiality")
        // the name of the envelope in the folder or bucket; tells its time and nothing else
        .uuid("blob")
        // key, name, type, size and hash, locked with a master key; empty until the whole file is there
        .text_opt("locked")
        // handed in with its object: kept for good
        .at_opt("handed_in_at")
        .at_opt("removed_at")
        // the envelope is gone
        .at_opt("dropped_at")
        .uuid("created_by")
        .stateful(&["pending_scan", "clean", "infected", "removed"])
        .unique(&["blob"])
        .index(&["object_id", "id"])
        .index(&["state", "id"])
        .make(manager)
        .await?;
    // whoever adds to the files of an object touches its shelf first, so that they are counted one after another
    T::new("file_shelves")
        .text("object")
        .uuid("object_id")
        .big("entries")
        .key(&["object", "object_id"])
        .make(manager)
        .await
});
