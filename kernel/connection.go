package kernel

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
)

// connectionInfo is the content of a connection file.
type connectionInfo struct {
	Transport  string `json:"transport"`
	IP         string `json:"ip"`
	Shell      int    `json:"shell_port"`
	Control    int    `json:"control_port"`
	Stdin      int    `json:"stdin_port"`
	Heartbeat  int    `json:"hb_port"`
	IOPub      int    `json:"iopub_port"`
	Scheme     string `json:"signature_scheme"`
	Key        string `json:"key"`
	KernelName string `json:"kernel_name,omitempty"`
}

// readConnection reads a connection file. Sockets listen on loopback unless it says otherwise.
func readConnection(file string) (connectionInfo, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return connectionInfo{}, fmt.Errorf("connection file: %w", err)
	}
	info, err := parseConnection(text)
	if err != nil {
		return info, fmt.Errorf("connection file %s: %w", file, err)
	}
	for _, port := range info.ports() {
		if port == 0 {
			return info, fmt.Errorf("connection file %s: want five ports (shell_port, control_port, stdin_port, hb_port, iopub_port)", file)
		}
	}
	return info, nil
}

func parseConnection(text []byte) (connectionInfo, error) {
	info := connectionInfo{Transport: "tcp", IP: "127.0.0.1", Scheme: "hmac-sha256"}
	if err := json.Unmarshal(text, &info); err != nil {
		return info, err
	}
	if info.IP == "" || info.IP == "localhost" {
		info.IP = "127.0.0.1"
	}
	switch {
	case info.Transport != "tcp" && info.Transport != "ipc":
		return info, fmt.Errorf("transport %q, want tcp or ipc", info.Transport)
	case info.Transport == "tcp" && net.ParseIP(info.IP) == nil:
		return info, fmt.Errorf("ip %q, want a numeric address", info.IP)
	case info.Scheme != "" && info.Scheme != "hmac-sha256":
		return info, fmt.Errorf("signature_scheme %q, want hmac-sha256", info.Scheme)
	}
	for _, port := range info.ports() {
		if port < 0 || port > 65535 {
			return info, fmt.Errorf("port %d, want 0 to 65535", port)
		}
	}
	return info, nil
}

func (c connectionInfo) ports() []int {
	return []int{c.Shell, c.Control, c.Stdin, c.Heartbeat, c.IOPub}
}

// endpoint is where a socket listens, in the words of the socket library and our transport.
func (c connectionInfo) endpoint(port int) string {
	if c.Transport == "ipc" {
		return fmt.Sprintf("%s://%s-%d", transportUnix, c.IP, port)
	}
	return transportTCP + "://" + net.JoinHostPort(c.IP, strconv.Itoa(port))
}
