package install

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// SetupError says why JupyterLab could not be set up, and what to type to mend it.
type SetupError struct {
	Problem  string   // one sentence
	Output   string   // the end of the failed tool's own output; may be empty
	Commands []string // what to type, in this order
	Err      error    // may be nil
}

// Error is the problem, the output and the commands, on several lines for a terminal.
func (e *SetupError) Error() string {
	var b strings.Builder
	b.WriteString(e.Problem)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Output != "" {
		b.WriteString("\n\n" + indent(e.Output, "  | "))
	}
	if len(e.Commands) > 0 {
		b.WriteString("\n\ntype:\n\n" + indent(strings.Join(e.Commands, "\n"), "    ") + "\n")
	}
	return b.String()
}

// Unwrap is the cause.
func (e *SetupError) Unwrap() error { return e.Err }

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by)
}

// host is what the advice depends on.
type host struct {
	goos   string
	distro []string // ID and ID_LIKE of os-release
	root   bool
}

func thisHost() host {
	h := host{goos: runtime.GOOS, root: os.Geteuid() == 0}
	if text, err := os.ReadFile("/etc/os-release"); err == nil {
		h.distro = distroIDs(string(text))
	}
	return h
}

// distroIDs reads ID and ID_LIKE from the text of os-release.
func distroIDs(text string) []string {
	var ids []string
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key == "ID" || key == "ID_LIKE" {
			ids = append(ids, strings.Fields(strings.Trim(value, `"'`))...)
		}
	}
	return ids
}

// pythonCommands is what installs a Python good enough for JupyterLab, venv included.
func (h host) pythonCommands() []string {
	is := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(h.distro, n) })
	}
	switch {
	case h.goos == "darwin":
		return []string{"brew install python"}
	case h.goos == "windows":
		return []string{"winget install Python.Python.3.13"}
	case is("debian", "ubuntu"):
		return h.sudo("apt install python3 python3-venv")
	case is("fedora", "rhel", "centos"):
		return h.sudo("dnf install python3 python3-pip")
	case is("arch"):
		return h.sudo("pacman -S python")
	case is("suse", "opensuse"):
		return h.sudo("zypper install python3 python3-pip")
	case is("alpine"):
		return h.sudo("apk add python3 py3-pip")
	default:
		return []string{"# install Python 3.10 or later, with its venv module, by your system's package manager"}
	}
}

// venvCommands is what adds the venv module to a Python that is there.
func (h host) venvCommands() []string {
	for _, id := range h.distro {
		if id == "debian" || id == "ubuntu" {
			return h.sudo("apt install python3-venv")
		}
	}
	return h.pythonCommands()
}

func (h host) sudo(command string) []string {
	if h.root {
		return []string{command}
	}
	return []string{"sudo " + command}
}

// thisCommand is what the user typed to start us, as far as it can be told: "go run ." or the binary's name.
func thisCommand(arg string) string {
	exe, err := os.Executable()
	if err == nil && isTemporaryBuild(exe) {
		return "go run . " + arg
	}
	return strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") + " " + arg
}
