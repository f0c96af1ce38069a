package voice

import "os/exec"

// runGroup runs a program, which ends with its context.
func runGroup(cmd *exec.Cmd) error { return cmd.Run() }
