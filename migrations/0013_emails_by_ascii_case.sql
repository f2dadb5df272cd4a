-- Emails differ by all but the case of A to Z, whatever the database's locale: lower() alone follows it.
drop index users_by_email;
create unique index users_by_email on users (lower(email collate "C"));
