package keymap

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestMap compares with a Go map: numbers in order of appearance, never given twice, removed keys forgotten.
func TestMap(t *testing.T) {
	for k := range 4 {
		for seed := range uint64(9) {
			r := rand.New(rand.NewPCG(seed, uint64(k)))
			m, want, next := New(k), map[string]uint32{}, uint32(0)
			span := []uint64{3, 40, 3000}[seed%3]
			for range 60 {
				n := 1 + r.IntN(300)
				words, out := make([]uint64, n*k), make([]uint32, n)
				var nulls []uint32
				if seed%2 == 1 && k > 0 {
					nulls = make([]uint32, n)
				}
				for i := range n {
					for j := range k {
						words[i*k+j] = r.Uint64N(span)
						if seed >= 4 && r.IntN(2+j) == 0 {
							words[i*k+j] <<= 40 // beyond the shortcuts of small words
						}
						if nulls != nil && r.IntN(5) == 0 {
							nulls[i] |= 1 << j
							words[i*k+j] = 0
						}
					}
				}
				create := r.IntN(3) > 0
				m.Numbers(words, nulls, n, create, out)
				for i := range n {
					name := fmt.Sprint(words[i*k : i*k+k])
					if nulls != nil && nulls[i] != 0 {
						name += fmt.Sprint(nulls[i])
					}
					id, ok := want[name]
					switch {
					case !ok && create:
						id = next
						want[name] = id
						next++
					case !ok:
						id = None
					}
					if out[i] != id {
						t.Fatalf("k %d seed %d: number of %s is %d, want %d", k, seed, name, out[i], id)
					}
					for j := range k {
						if id != None && m.Word(id, j) != words[i*k+j] {
							t.Fatalf("k %d seed %d: word %d of %d differs", k, seed, j, id)
						}
					}
				}
				for name, id := range want {
					if r.IntN(4) == 0 {
						m.Remove(id)
						delete(want, name)
					}
				}
			}
			if m.Len() != int(next) {
				t.Errorf("Len() = %d, want %d", m.Len(), next)
			}
		}
	}
}

// TestForget: blocks of numbers that are all gone hold no memory, and the tables don't grow with what came and went.
func TestForget(t *testing.T) {
	m := New(1)
	freed, slots := 0, 0
	for i := range uint64(20 * BlockLen) {
		id := m.Number([]uint64{i << 30}, 0, true)
		if id >= 100 && m.Remove(id-100) {
			freed++
		}
	}
	for _, s := range m.subs {
		slots += len(s.slots)
	}
	if freed < 19 || slots > 2048 {
		t.Errorf("%d blocks freed, want 19; %d slots for 100 keys", freed, slots)
	}
	for b, w := range m.words[:19] {
		if w != nil {
			t.Errorf("block %d is still there", b)
		}
	}
}

func BenchmarkNumbers(b *testing.B) {
	const n, syms = 2048, 100
	words, out := make([]uint64, 2*n), make([]uint32, n)
	m := New(2)
	r := rand.New(rand.NewPCG(1, 1))
	for j := range n {
		words[2*j] = r.Uint64N(syms)
	}
	for i := 0; i < b.N; i += n {
		if i%(25*n) == 0 {
			for j := range n {
				words[2*j+1] = uint64(i) * 60_000_000_000
			}
		}
		m.Numbers(words, nil, n, true, out)
	}
}
