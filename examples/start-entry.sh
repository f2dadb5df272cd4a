#!/bin/sh
# Sends a user into a journey with Temporal's own command line, and waits for its end:
#   sh examples/start-entry.sh 1001 test.user@example.com
# TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TASK_QUEUE may be set. Exit code 1 if a webhook failed and the user exited.
set -eu

journey_id=${1:-1001}
email=${2:-test.user@example.com}

temporal workflow execute \
  --type journey \
  --task-queue "${TASK_QUEUE:-wayhook}" \
  --workflow-id "example-$$-$(date +%s)" \
  --input "{\"journeyId\": $journey_id, \"email\": \"$email\", \"dataFields\": {\"promotionId\": 123, \"color\": \"red\"}}"
