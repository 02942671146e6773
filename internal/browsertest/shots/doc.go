// Package shots takes the pictures of docs/images: go test ./internal/browsertest/shots -images ../../../docs/images. Without the flag its tests take
// the same pictures, check them and throw them away. Look at each before it is committed.
package shots
