-- Callbacks have a table of their own: every wait is for an event or a condition.
alter table waits drop column kind;
