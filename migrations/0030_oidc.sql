-- Whom the identity provider knows a person as. Set when they first sign in there, cleared with another email.
alter table people add column oidc_issuer text;
alter table people add column oidc_subject text;
create unique index people_by_identity on people (oidc_issuer, oidc_subject);
