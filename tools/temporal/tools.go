//go:build tools

// Package tools pins the Temporal CLI, which bundles the server and its Web UI.
package tools

import _ "github.com/temporalio/cli/cmd/temporal"
