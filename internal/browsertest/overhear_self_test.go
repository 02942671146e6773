package browsertest

import (
	"encoding/binary"
	"fmt"
	"testing"
)

// socket is a message as Jupyter's web sockets have it.
func socket(parts ...string) string {
	text := binary.LittleEndian.AppendUint64(nil, uint64(len(parts)+1))
	at := uint64(8 * (len(parts) + 2))
	for _, p := range append(parts, "") {
		text = binary.LittleEndian.AppendUint64(text, at)
		at += uint64(len(p))
	}
	for _, p := range parts {
		text = append(text, p...)
	}
	return string(text)
}

func TestComms(t *testing.T) {
	comm := func(kind, data string) string {
		return socket("shell", `{"msg_type":"`+kind+`"}`, "{}", "{}", `{"comm_id":"c","data":`+data+`}`, "a buffer")
	}
	got := Comms([]Heard{
		{true, comm("comm_open", `{"version":1}`)},
		{true, socket("shell", `{"msg_type":"execute_request"}`, "{}", "{}", `{"code":"1"}`)},
		{false, `{"msg_type":"comm_open"}`},
		{false, ""},
		{false, string(make([]byte, 100))},
		{false, comm("comm_msg", `{"t":"several","messages":[{"t":"schema","view":"v","viewer":"x"},{"t":"frame","view":"w","viewer":"y"}],"buffers":[0,1]}`)},
		{true, comm("comm_close", `{}`)},
	})
	want := []Said{
		{true, "comm_open", "c", "", "", ""},
		{false, "comm_msg", "c", "schema", "v", "x"},
		{false, "comm_msg", "c", "frame", "w", "y"},
		{true, "comm_close", "c", "", "", ""},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}
