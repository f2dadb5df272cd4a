-- Users are searched by how their userId begins; users_by_email serves that of emails.
create index users_by_user_id_bytes on users (user_id collate "C");
