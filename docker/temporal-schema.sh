#!/bin/sh
# Creates Temporal's two databases where they are missing and brings their schemas up to date.
# Takes the server's address, user and password from SQL_*.
set -eu

for schema in temporal visibility; do
  case $schema in
    temporal) database=temporal ;;
    visibility) database=temporal_visibility ;;
  esac
  temporal-sql-tool --database "$database" create-database --defaultdb wayhook
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema --schema-name "postgresql/v12/$schema"
done
