#!/bin/sh
# Creates the namespace TEMPORAL_NAMESPACE where it is missing, sets how many days it keeps closed entries, and
# adds the search attributes of src/temporal/dev-server.ts. Takes the server's address from TEMPORAL_ADDRESS.
set -eu

until temporal operator cluster health; do sleep 1; done

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "${RETENTION_DAYS}d"
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "${RETENTION_DAYS}d"
fi

# The server's parts hear of a new namespace one after the other.
tries=30
until temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
  --name WayhookJourneyId --type Int \
  --name WayhookVersion --type Int \
  --name WayhookTile --type Keyword \
  --name WayhookReason --type Keyword; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ]
  sleep 1
done
